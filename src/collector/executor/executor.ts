import { performance } from 'node:perf_hooks'
import type { Clock } from '../../base/clock.ts'
import type { Instant } from '../../base/instant.ts'
import { after } from '../../base/instant.ts'
import type { Log } from '../../base/log.ts'
import { gauge, type Metric } from '../../base/metrics.ts'
import type { BuiltinName, CheckCommand } from '../../domain/check.ts'
import type { CheckOutcome } from '../../domain/check-result.ts'
import { fillRuntimeMacros } from '../../domain/macros.ts'
import type { Executor, Finished, Job, Places } from '../ports.ts'
import type { Builtin, BuiltinAnswer } from './builtin/builtin.ts'
import { Deadlines, type Deadlined } from './deadlines.ts'
import { FlowWindow } from './flow-window.ts'
import { executorMetrics, type ExecutorCounts } from './executor-metrics.ts'
import { timeoutText } from './plugin-outcome.ts'
import type { PluginCommand } from './command-text.ts'
import { ShellPool, type PluginPool, type PluginPoolSettings } from './plugin-pool.ts'

export interface ExecutorSettings extends PluginPoolSettings {
  readonly builtinSlots: number
}

export const DEFAULT_EXECUTOR: ExecutorSettings = {
  shells: ['/bin/dash', '/usr/bin/dash', '/bin/sh'],
  slots: 128,
  builtinSlots: 512,
  killGraceMs: 1000,
  outputBytesMax: 65_536,
  fileBytesMax: 16_777_216,
  shellBurst: 16,
  shellsPerSecond: 50,
  environment: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
}

export interface ExecutorParts {
  readonly clock: Clock
  readonly log: Log
  readonly builtins: Readonly<Record<BuiltinName, Builtin>>
  readonly settings: ExecutorSettings
  /** Called once for every job that was started, never from within `start`. */
  readonly onFinished: (finished: Finished) => void
}

export interface PluginExecutor extends Executor {
  readonly metrics: readonly Metric[]
}

type BuiltinCommand = Extract<CheckCommand, { kind: 'builtin' }>

interface Run extends Deadlined {
  readonly job: Job
  readonly startedAt: Instant
  readonly startedMs: number
  readonly isBuiltin: boolean
  cancel: () => void
}

/** Runs plugins in the pool and built-in checks in the process, and ends both in time. Rules PX1 to PX19 of docs/spec/plugin-execution.md. */
export function createExecutor(parts: ExecutorParts): PluginExecutor {
  return new TimedExecutor(parts)
}

class TimedExecutor implements PluginExecutor {
  readonly slots: number
  readonly metrics: readonly Metric[]
  readonly #parts: ExecutorParts
  readonly #pool: PluginPool
  readonly #deadlines: Deadlines<Run>
  readonly #counts: ExecutorCounts = {
    started: 0,
    finished: 0,
    timedOut: 0,
    refused: 0,
    builtinFaults: 0,
  }
  readonly #faulty = new Set<BuiltinName>()
  readonly #flow: FlowWindow
  #builtinsRunning = 0
  #isClosed = false

  constructor(parts: ExecutorParts) {
    this.#parts = parts
    this.#flow = new FlowWindow(parts.settings.builtinSlots, busyShareMeter())
    this.#pool = new ShellPool(parts.clock, parts.settings)
    this.#deadlines = new Deadlines<Run>(parts.clock, (run) => this.#expire(run))
    this.slots = parts.settings.slots + parts.settings.builtinSlots
    this.metrics = [
      ...executorMetrics(this.#counts, this.#pool, () => this.#builtinsRunning),
      gauge('parallax_executor_slots', 'Checks that can run at once.', () => this.slots),
      gauge('parallax_executor_running', 'Checks that run now.', () => this.running),
    ]
  }

  get running(): number {
    return this.#pool.running + this.#builtinsRunning
  }

  get plugins(): Places {
    return { slots: this.#parts.settings.slots, running: this.#pool.running }
  }

  start(job: Job): boolean {
    const { command } = job.check
    if (this.#isClosed || command.kind === 'passive') return false
    const isStarted =
      command.kind === 'builtin'
        ? this.#startBuiltin(job, command)
        : this.#startPlugin(job, command)
    if (isStarted) this.#counts.started++
    else this.#counts.refused++
    return isStarted
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#deadlines.close()
    await this.#pool.close()
  }

  #startPlugin(job: Job, given: PluginCommand): boolean {
    const command = given.hasRuntimeMacros ? fillRuntimeMacros(given, job.macros()) : given
    if (command.kind !== 'shell-line' && command.kind !== 'arguments') return false
    const run = this.#begin(job, false)
    const started = this.#pool.start(command, job.check, (outcome) => this.#finish(run, outcome))
    if (started === undefined) return false
    run.cancel = () => started.cancel()
    this.#deadlines.add(run, job.check.timeoutMs)
    return true
  }

  #startBuiltin(job: Job, { builtin, options }: BuiltinCommand): boolean {
    const { clock, builtins } = this.#parts
    if (!this.#flow.admits(this.#builtinsRunning, clock.monotonicMs())) return false
    this.#builtinsRunning++
    const run = this.#begin(job, true)
    this.#deadlines.add(run, job.check.timeoutMs)
    let isStarting = true
    let isDone = false
    const done = (answer: BuiltinAnswer): void => {
      if (isDone) return
      isDone = true
      const outcome = outcomeOfBuiltin(answer)
      const finish = (): void => this.#finish(run, outcome, answer.isWithheld)
      if (isStarting) queueMicrotask(finish)
      else finish()
    }
    try {
      const context = { clock, timeoutMs: job.check.timeoutMs }
      const started = builtins[builtin].start(options, context, done)
      run.cancel = () => {
        isDone = true
        started.cancel()
      }
    } catch (error) {
      done(this.#faultOf(job, builtin, error))
    }
    isStarting = false
    return true
  }

  /** A fault of ours in one check must not end all others. Each is counted, the first of its kind is logged. */
  #faultOf(job: Job, builtin: BuiltinName, error: unknown): BuiltinAnswer {
    this.#counts.builtinFaults++
    if (!this.#faulty.has(builtin))
      this.#parts.log.error('a built-in check failed', { builtin, check: job.check.id, error })
    this.#faulty.add(builtin)
    const reason = error instanceof Error ? error.message : String(error)
    return { code: 3, output: `(The built-in check ${builtin} failed: ${reason})`, perfdata: '' }
  }

  #begin(job: Job, isBuiltin: boolean): Run {
    const { clock } = this.#parts
    return {
      job,
      isBuiltin,
      startedAt: clock.now(),
      startedMs: clock.monotonicMs(),
      deadlineBucket: -1,
      cancel: () => undefined,
    }
  }

  #expire(run: Run): void {
    this.#counts.timedOut++
    run.cancel()
    const afterMs = Math.round(this.#parts.clock.monotonicMs() - run.startedMs)
    const output = timeoutText(afterMs, run.job.check)
    this.#finish(run, { kind: 'timed-out', afterMs, output })
  }

  #finish(run: Run, outcome: CheckOutcome, isWithheld?: true): void {
    this.#deadlines.remove(run)
    if (run.isBuiltin) this.#builtinsRunning--
    if (this.#isClosed) return
    this.#counts.finished++
    const tookMs = Math.round(this.#parts.clock.monotonicMs() - run.startedMs)
    const { job, startedAt } = run
    const finished = { job, startedAt, finishedAt: after(startedAt, tookMs), outcome }
    this.#parts.onFinished(isWithheld ? { ...finished, isWithheld } : finished)
  }
}

/** How busy the event loop was since it was asked last. */
function busyShareMeter(): () => number {
  let last = performance.eventLoopUtilization()
  return () => {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, last)
    last = now
    return utilization
  }
}

function outcomeOfBuiltin({ code, output, longOutput, perfdata }: BuiltinAnswer): CheckOutcome {
  return { kind: 'exited', code, output, longOutput: longOutput ?? '', perfdata }
}
