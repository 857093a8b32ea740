import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import { counter, type Metric } from '../../base/metrics.ts'
import { hintsTo, probesOf, type Hints } from '../../wire/asking.ts'
import type { Bus } from '../../wire/bus.ts'
import { MESSAGE_VERSION } from '../../wire/subjects.ts'
import type { CheckLoop } from '../check-loop.ts'
import type { Executor, Finished } from '../ports.ts'
import { EarlyHints } from './early-hints.ts'
import { ProbeRuns } from './probe-runs.ts'

export interface AskingParts {
  /** `cluster.name` of this collector. */
  readonly name: string
  readonly hubs: readonly string[]
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Log
  readonly executor: Pick<Executor, 'start'>
  readonly loop: CheckLoop
}

/** A collector's part in what hubs are in doubt about: it answers their questions, and tells them early of runs without an answer. */
export interface Asking {
  readonly hints: EarlyHints
  readonly metrics: readonly Metric[]
  /** Whether it was the run of a question. */
  takeEnd(finished: Finished): boolean
  /** Takes no more questions. */
  close(): void
}

export function createAsking({ name, hubs, bus, clock, log, executor, loop }: AskingParts): Asking {
  let hinted = 0
  const runs = new ProbeRuns({
    executor,
    clock,
    check: (id) => loop.checkOf(id),
    macros: (check) => loop.macrosFor(check),
    report: (result) => loop.report(result),
  })
  const tell = (waiting: Hints['runs']): void => {
    hinted += waiting.length
    const message: Hints = { version: MESSAGE_VERSION, collector: name, runs: waiting }
    for (const hub of hubs)
      bus.publish(hintsTo(hub, name), message).catch((error: unknown) => {
        // It would be worth nothing later.
        log.debug('a hub hears no early hints', { hub, error })
      })
  }
  const subscription = bus.subscribe(probesOf(name), (probes) => runs.take(probes))
  return {
    hints: new EarlyHints(tell),
    metrics: [
      counter(
        'parallax_probes_run_total',
        'Checks run because a hub was in doubt.',
        () => runs.counts.ran,
      ),
      counter(
        'parallax_probes_refused_total',
        'Questions of hubs for which there was no place.',
        () => runs.counts.refused,
      ),
      counter(
        'parallax_early_hints_total',
        'Runs that hubs were told of because they had no answer for some seconds.',
        () => hinted,
      ),
    ],
    takeEnd: (finished) => runs.takeEnd(finished),
    close() {
      subscription.close()
      runs.stop()
    },
  }
}
