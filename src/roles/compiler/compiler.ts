import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { assert } from '../../base/assert.ts'
import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import type { CompilerAnswer, CompilerRequest, CompilerSettings } from './protocol.ts'

/** The thread crashed, took too long, or ran out of memory; it is replaced, and nothing but this request suffers. */
export class CompilerFailed extends Error {
  override readonly name = 'CompilerFailed'
}

/** More callers wait than are let in. */
export class CompilerBusy extends Error {
  override readonly name = 'CompilerBusy'
}

export interface CompilerParts {
  readonly settings: CompilerSettings
  readonly clock: Clock
  readonly log: Log
  readonly limits?: Partial<CompilerLimits>
}

export interface CompilerLimits {
  /** An answer that takes longer is given up, and the thread with it. */
  readonly answerMaxMs: number
  /** Of the thread's heap. A proposal of 16 MB needs about 1 GB while it is read. */
  readonly memoryMb: number
  /** When nobody needed it for so long, the thread gives back memory, */
  readonly restMs: number
  /** and after so long it ends. */
  readonly idleMs: number
  /** Callers that may wait for their turn. */
  readonly waitingMax: number
}

const DEFAULT_LIMITS: CompilerLimits = {
  answerMaxMs: 120_000,
  memoryMb: 3_072,
  restMs: 10_000,
  idleMs: 300_000,
  waitingMax: 32,
}

/** Sends one request after the other. @throws CompilerFailed */
export type Ask = <K extends CompilerRequest['kind']>(
  request: Extract<CompilerRequest, { kind: K }>,
) => Promise<Exclude<CompilerAnswer, { kind: 'failed' }>>

export interface Compiler {
  /** The thread for one caller alone, as long as `work` takes. @throws CompilerBusy, CompilerFailed */
  alone<T>(work: (ask: Ask) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** Compiles in a thread of its own, which is started when somebody needs it: no check waits for a configuration. */
export function createCompiler({ settings, clock, log, limits }: CompilerParts): Compiler {
  const bounds = { ...DEFAULT_LIMITS, ...limits }
  let thread: CompilerThread | undefined
  let last: Promise<unknown> = Promise.resolve()
  let waiting = 0
  let cancelIdle: () => void = () => undefined
  let isClosed = false

  const drop = async (): Promise<void> => {
    const gone = thread
    thread = undefined
    await gone?.end()
  }
  const ask: Ask = async (request) => {
    if (isClosed) throw new CompilerFailed('the hub is ending')
    thread ??= new CompilerThread(settings, bounds.memoryMb)
    const asked = thread
    const cancel = clock.timer(bounds.answerMaxMs, () =>
      asked.fail(new CompilerFailed(`no answer within ${bounds.answerMaxMs / 1000} s`)),
    )
    try {
      const answer = await asked.ask(request)
      if (answer.kind !== 'failed') return answer
      log.error('the compiler failed', { reason: answer.reason })
      throw new CompilerFailed(answer.reason.split('\n')[0] ?? 'a fault of the program')
    } catch (error) {
      if (thread === asked) await drop()
      throw error
    } finally {
      cancel()
    }
  }
  const alone = async <T>(work: (ask: Ask) => Promise<T>): Promise<T> => {
    if (waiting >= bounds.waitingMax)
      throw new CompilerBusy(`${waiting} requests wait for the compiler already`)
    waiting++
    cancelIdle()
    const turn = last.then(() => work(ask))
    last = turn.catch(() => undefined) // its caller hears of it
    try {
      return await turn
    } finally {
      waiting--
      if (waiting === 0 && !isClosed) beIdle()
    }
  }
  const beIdle = (): void => {
    cancelIdle()
    const cancelRest = clock.timer(bounds.restMs, () => {
      const resting = thread
      if (resting === undefined) return
      last = last.then(() => resting.ask({ kind: 'rest' })).catch(() => undefined) // it failed, and says so to the next
    })
    const cancelEnd = clock.timer(bounds.idleMs, () => void drop())
    cancelIdle = () => {
      cancelRest()
      cancelEnd()
    }
  }
  return {
    alone,
    async close() {
      isClosed = true
      cancelIdle()
      await drop()
      await last
    },
  }
}

/** One thread. It answers one request at a time; once it failed it is of no use. */
class CompilerThread {
  readonly #worker: Worker
  #waiting: PromiseWithResolvers<CompilerAnswer> | undefined
  #failure: CompilerFailed | undefined

  constructor(settings: CompilerSettings, memoryMb: number) {
    // The published package has its files with another ending.
    const entry = new URL(`./thread${extname(import.meta.filename)}`, import.meta.url)
    this.#worker = new Worker(entry, {
      name: 'parallax-compiler',
      workerData: settings,
      resourceLimits: { maxOldGenerationSizeMb: memoryMb },
    })
    this.#worker.unref()
    this.#worker.on('message', (answer: CompilerAnswer) => {
      const waiting = this.#waiting
      this.#waiting = undefined
      waiting?.resolve(answer)
    })
    this.#worker.on('error', (error) => this.fail(failureOf(error)))
    this.#worker.on('exit', () => this.fail(new CompilerFailed('its thread ended')))
  }

  ask(request: CompilerRequest): Promise<CompilerAnswer> {
    assert(this.#waiting === undefined, 'one request at a time')
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    this.#waiting = Promise.withResolvers()
    const { promise } = this.#waiting
    this.#worker.postMessage(request, [])
    return promise
  }

  fail(reason: CompilerFailed): void {
    this.#failure ??= reason
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.reject(this.#failure)
  }

  async end(): Promise<void> {
    this.fail(new CompilerFailed('the hub is ending'))
    await this.#worker.terminate()
  }
}

function failureOf(error: unknown): CompilerFailed {
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return new CompilerFailed('the configuration needs more memory than the compiler has', {
      cause: error,
    })
  }
  return new CompilerFailed((error as Error).message, { cause: error })
}
