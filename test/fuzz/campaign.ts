import { Worker } from 'node:worker_threads'
import type { InputAt } from './inputs.ts'

/** One input may take this long; longer is a hang. */
const HANG_MS = 10_000
/** Memory of one reader. More is a crash. */
const HEAP_MB_MAX = 512
/** Findings after which a run ends. */
const FINDINGS_MAX = 20

export interface CampaignOptions {
  readonly seedNumber: number
  readonly count: number
  readonly jobs: number
  /** Gives the text of a finding. */
  readonly inputAt: InputAt
  onProgress?(done: number): void
}

export interface Finding {
  readonly kind: 'crash' | 'hang'
  readonly index: number
  /** What the reader threw, or how it ended. */
  readonly said: string
  readonly from: string
  readonly text: string
}

export interface CampaignReport {
  readonly inputs: number
  readonly seconds: number
  /** ms */
  readonly slowest: { readonly ms: number; readonly index: number }
  /** By reader: how many, and CPU ms of all together. */
  readonly byLanguage: Readonly<Record<'yaml' | 'nagios', { count: number; ms: number }>>
  /** Largest heap of a job, and largest resident memory of the whole process. */
  readonly heapMbMax: number
  readonly rssMbMax: number
  readonly findings: readonly Finding[]
}

/** What a job says when it is through with its share. */
export interface JobReport {
  readonly slowest: { readonly ms: number; readonly index: number }
  readonly byLanguage: CampaignReport['byLanguage']
  readonly heapMbMax: number
  readonly failed: readonly { readonly index: number; readonly said: string }[]
}

export interface JobOrder {
  readonly seedNumber: number
  /** Indices from, from + step, ... below until. */
  readonly from: number
  readonly step: number
  readonly until: number
  /** [0]: the index that is being read plus one; [1]: how many are done. */
  readonly progress: Int32Array<SharedArrayBuffer>
}

/**
 * Reads `count` inputs in `jobs` threads. A thread that hangs or runs out of memory is ended, its input is a finding, and another
 * one goes on behind it.
 */
export async function runCampaign(options: CampaignOptions): Promise<CampaignReport> {
  const began = performance.now()
  const findings: Finding[] = []
  const reports: JobReport[] = []
  let rssMbMax = 0
  const progresses = Array.from(
    { length: options.jobs },
    () => new Int32Array(new SharedArrayBuffer(8)),
  )
  const watch = setInterval(() => {
    rssMbMax = Math.max(rssMbMax, process.memoryUsage.rss() / 1e6)
    options.onProgress?.(progresses.reduce((sum, progress) => sum + (progress[1] as number), 0))
  }, 500)
  const find = (kind: Finding['kind'], index: number, said: string): void => {
    const { from, text } = options.inputAt(index)
    findings.push({ kind, index, said, from, text })
  }
  const line = async (job: number): Promise<void> => {
    const progress = progresses[job] as Int32Array<SharedArrayBuffer>
    let from = job
    while (from < options.count && findings.length < FINDINGS_MAX) {
      const { seedNumber, count, jobs } = options
      const ended = await runJob({ seedNumber, from, step: jobs, until: count, progress })
      if (ended.kind === 'done') {
        reports.push(ended.report)
        for (const { index, said } of ended.report.failed) find('crash', index, said)
        return
      }
      find(ended.kind, ended.index, ended.said)
      from = ended.index + jobs
    }
  }
  try {
    await Promise.all(progresses.map((_, job) => line(job)))
  } finally {
    clearInterval(watch)
  }
  const done = progresses.reduce((sum, progress) => sum + (progress[1] as number), 0)
  const seconds = (performance.now() - began) / 1000
  return { inputs: done, seconds, rssMbMax, findings, ...together(reports) }
}

function together(
  reports: readonly JobReport[],
): Pick<CampaignReport, 'slowest' | 'byLanguage' | 'heapMbMax'> {
  const sum = (language: 'yaml' | 'nagios'): { count: number; ms: number } => ({
    count: reports.reduce((total, { byLanguage }) => total + byLanguage[language].count, 0),
    ms: reports.reduce((total, { byLanguage }) => total + byLanguage[language].ms, 0),
  })
  return {
    slowest: reports.reduce((worst, { slowest }) => (slowest.ms > worst.ms ? slowest : worst), {
      ms: 0,
      index: -1,
    }),
    byLanguage: { yaml: sum('yaml'), nagios: sum('nagios') },
    heapMbMax: reports.reduce((most, { heapMbMax }) => Math.max(most, heapMbMax), 0),
  }
}

type JobEnd =
  | { readonly kind: 'done'; readonly report: JobReport }
  | { readonly kind: 'crash' | 'hang'; readonly index: number; readonly said: string }

function runJob(order: JobOrder): Promise<JobEnd> {
  const worker = new Worker(new URL('job.ts', import.meta.url), {
    workerData: order,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX },
  })
  const reading = (): number => Atomics.load(order.progress, 0) - 1
  return new Promise((resolve) => {
    let seen = { index: -1, at: performance.now() }
    const end = (result: JobEnd): void => {
      clearInterval(watch)
      resolve(result)
      void worker.terminate()
    }
    const watch = setInterval(() => {
      const index = reading()
      if (index !== seen.index) seen = { index, at: performance.now() }
      else if (performance.now() - seen.at > HANG_MS)
        end({ kind: 'hang', index, said: `it took more than ${HANG_MS} ms` })
    }, 250)
    worker.once('message', (report: JobReport) => end({ kind: 'done', report }))
    worker.once('error', (error) =>
      end({
        kind: 'crash',
        index: reading(),
        said: error instanceof Error ? (error.stack ?? error.message) : String(error),
      }),
    )
  })
}
