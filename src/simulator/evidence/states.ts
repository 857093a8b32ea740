import { instant } from '../../base/instant.ts'
import { DEFAULT_FLAPPING } from '../../domain/fleet.ts'
import type { DecisionTopology } from '../../results/decision/topology.ts'
import type { VerdictChange } from '../../results/decision/verdicts.ts'
import { NAGIOS_PASSIVE_HOSTS } from '../../results/state/host-transition.ts'
import type { ObjectRecord } from '../../results/state/record.ts'
import { pendingRecord } from '../../results/state/transition.ts'
import { nextJudgedRecord } from '../../results/state/verdict-transition.ts'
import type { CauseScope } from '../outage.ts'

const POLICY = { maxAttempts: 3, isVolatile: false, flapping: DEFAULT_FLAPPING } as const
/** Hosts of a world have no parents. */
const ALONE = { parents: [], passive: NAGIOS_PASSIVE_HOSTS } as const

/** The product's state machine, fed with verdicts. */
export class States {
  readonly #topology: DecisionTopology
  readonly #records: ObjectRecord[]
  readonly #down = new Map<number, CauseScope>()

  constructor(topology: DecisionTopology) {
    this.#topology = topology
    this.#records = topology.checks.map(({ id }) => pendingRecord(id))
  }

  /** What is down hard, and what is to blame. */
  get down(): ReadonlyMap<number, CauseScope> {
    return this.#down
  }

  /** @returns whether it is down now, or is so for another reason than before */
  follow({ check, from, to, at, receipt }: VerdictChange): boolean {
    const prior = this.#records[check]
    if (prior === undefined) return false
    const { cause, evidence, needed, isUnconfirmed, sentence } = receipt
    const verdict = {
      kind: to,
      cause,
      evidence,
      needed,
      isUnconfirmed,
      sentence,
      since: instant(at),
    }
    const surroundings = this.#topology.checks[check]?.isHostCheck === true ? ALONE : undefined
    const judged = { verdict, from, at, severity: 'critical', output: sentence } as const
    const { record } = nextJudgedRecord(prior, judged, POLICY, surroundings)
    this.#records[check] = record
    const isDown =
      record.type === 'hard' && (record.state === 'critical' || record.state === 'down')
    const before = this.#down.get(check)
    if (!isDown) return this.#down.delete(check)
    const scope = cause?.scope ?? before ?? 'service'
    this.#down.set(check, scope)
    return scope !== before
  }
}
