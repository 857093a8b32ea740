import { getHeapStatistics } from 'node:v8'
import { parentPort, workerData } from 'node:worker_threads'
import type { JobOrder, JobReport } from './campaign.ts'
import { createInputs } from './inputs.ts'
import { readMutant } from './targets.ts'

/** Failures after which a job ends: one fault often has many inputs. */
const FAILED_MAX = 20

const { seedNumber, from, step, until, progress } = workerData as JobOrder

function run(): JobReport {
  const inputAt = createInputs(seedNumber)
  const byLanguage = { yaml: { count: 0, ms: 0 }, nagios: { count: 0, ms: 0 } }
  const failed: { index: number; said: string }[] = []
  let slowest = { ms: 0, index: -1 }
  let heapMbMax = 0
  // The stacks of errors that are handled cost more than the reading; one that is found is thrown again with its stack.
  Error.stackTraceLimit = 0
  for (let index = from; index < until && failed.length < FAILED_MAX; index += step) {
    const { language, text } = inputAt(index)
    Atomics.store(progress, 0, index + 1)
    const began = performance.now()
    try {
      readMutant(language, text)
    } catch {
      failed.push({ index, said: stackOf(() => readMutant(language, text)) })
    }
    const ms = performance.now() - began
    byLanguage[language].count++
    byLanguage[language].ms += ms
    if (ms > slowest.ms) slowest = { ms, index }
    Atomics.add(progress, 1, 1)
    if (byLanguage[language].count % 500 === 0)
      heapMbMax = Math.max(heapMbMax, getHeapStatistics().used_heap_size / 1e6)
  }
  return { slowest, byLanguage, heapMbMax, failed }
}

function stackOf(fail: () => void): string {
  Error.stackTraceLimit = 20
  try {
    fail()
    return 'it failed the first time only'
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error)
  } finally {
    Error.stackTraceLimit = 0
  }
}

parentPort?.postMessage(run(), [])
