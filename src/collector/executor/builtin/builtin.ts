import type { BuiltinOptions } from '../../../domain/check.ts'
import type { Clock } from '../../../base/clock.ts'
import type { ReturnCode } from '../../../domain/state-names.ts'

/** A check that runs inside the collector, without a process. */
export interface Builtin {
  /**
   * Begins one run and calls `done` exactly once, unless cancelled first. It sets no timer of its own: the executor watches the
   * deadline, calls `cancel` and reports a timeout. `options` were validated by `domain/builtin-options.ts`.
   */
  start(
    options: BuiltinOptions,
    context: BuiltinContext,
    done: (answer: BuiltinAnswer) => void,
  ): BuiltinRun
}

export interface BuiltinContext {
  readonly clock: Clock
  readonly timeoutMs: number
}

export interface BuiltinRun {
  /** Releases sockets and the like; `done` is not called after it. */
  cancel(): void
}

export interface BuiltinAnswer {
  readonly code: ReturnCode
  readonly output: string
  readonly longOutput?: string
  readonly perfdata: string
  /** Nothing new is known: only who asked for this run hears of it, it is no result. */
  readonly isWithheld?: true
}
