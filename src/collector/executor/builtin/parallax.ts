import { BUILTIN_OPTIONS, type ParallaxOptions } from '../../../domain/builtin-options.ts'
import type { BuiltinOptions } from '../../../domain/check.ts'
import type { ReturnCode } from '../../../domain/state-names.ts'
import type { SystemStatus } from '../../../wire/api/actions.ts'
import { answer, STATE_WORDS, worst } from './answer.ts'
import type { Builtin, BuiltinAnswer } from './builtin.ts'
import { localRun } from './local-run.ts'
import { createComponentCheck } from './parallax-component.ts'
import { prepared } from './prepared.ts'
import type { SelfView } from './self-view.ts'

/** Parallax's own health: the whole program, rule BT70, or one component of it, rules SW1 to SW6. */
export function createParallax(view: SelfView): Builtin {
  const prepare = prepared(BUILTIN_OPTIONS.parallax, (options) => ({
    options,
    check:
      options.component === undefined
        ? undefined
        : createComponentCheck(options.component, options, view),
  }))
  const lostBefore = new WeakMap<BuiltinOptions, number>()
  return {
    start(given, { clock }, done) {
      const { options, check } = prepare(given)
      if (check !== undefined)
        return localRun('PARALLAX', async () => check.run(clock.monotonicMs()), done)
      const work = async (): Promise<BuiltinAnswer> => {
        const status = view.status()
        if (status === undefined) return STARTING
        const { lost } = status.outbox
        const newlyLost = Math.max(0, lost - (lostBefore.get(given) ?? lost))
        lostBefore.set(given, lost)
        return judge(options, status, newlyLost)
      }
      return localRun('PARALLAX', work, done)
    },
  }
}

const STARTING: BuiltinAnswer = {
  ...answer(3, 'PARALLAX UNKNOWN - the program is starting'),
  isWithheld: true,
}

function judge(options: ParallaxOptions, status: SystemStatus, newlyLost: number): BuiltinAnswer {
  const { waitingWarning, waitingCritical, latenessWarning, latenessCritical } = options
  const { outbox, executor, database } = status
  const lateness = executor.latenessP99Ms / 1000
  const above = (value: number, warning: number, critical: number): ReturnCode =>
    value > critical ? 2 : value > warning ? 1 : 0
  const isDatabaseOk = database === 'ok'
  const code = worst(
    worst(
      above(outbox.waiting, waitingWarning, waitingCritical),
      above(lateness, latenessWarning, latenessCritical),
    ),
    isDatabaseOk && newlyLost === 0 ? 0 : 2,
  )
  const faults = [
    ...(isDatabaseOk ? [] : [`database: ${database}`]),
    ...(newlyLost === 0 ? [] : [`${newlyLost} results lost`]),
  ]
  const said = [
    ...faults,
    `${status.hosts} hosts, ${status.services} services`,
    `${status.resultsPerSecond.toFixed(1)} results/s`,
    `checks start ${lateness.toFixed(3)} s late (99th percentile)`,
    `${outbox.waiting} results wait`,
  ]
  return answer(
    code,
    `PARALLAX ${STATE_WORDS[code]} - ${said.join(', ')}`,
    `waiting=${outbox.waiting};${waitingWarning};${waitingCritical};0; lost=${outbox.lost}c;;;0; ` +
      `lateness_p99=${lateness.toFixed(6)}s;${latenessWarning};${latenessCritical};0; ` +
      `running=${executor.running};;;0;${executor.slots} results_per_s=${status.resultsPerSecond.toFixed(2)};;;0;`,
  )
}
