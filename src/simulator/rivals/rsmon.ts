import type { Report } from '../contestant.ts'
import { SEEN } from '../world/world.ts'
import type { WorldTopology } from '../world/topology.ts'
import { LONG_AGO, RuleOfThumb } from './rule-of-thumb.ts'

export interface RsmonRule {
  readonly penaltyMs: number
  /** Whether it has corrected times, or those of wall clocks. */
  readonly isCorrected: boolean
}

interface Held {
  readonly dueAt: number
  readonly check: number
  readonly at: number
}

/** RSMON: one state for each check, the newest word of any observer wins, silence waits for the penalty, what is late changes nothing. */
export class Rsmon extends RuleOfThumb {
  readonly #rule: RsmonRule
  readonly #newest: Float64Array
  #held: Held[] = []

  constructor(topology: WorldTopology, rule: RsmonRule) {
    super(topology)
    this.#rule = rule
    this.#newest = new Float64Array(topology.checks.length).fill(LONG_AGO)
  }

  take({ check, seen, at: corrected, rawAt }: Report, now: number): void {
    if (seen === SEEN.hint) return
    const at = this.#rule.isCorrected ? corrected : rawAt
    if (at <= (this.#newest[check] as number)) return
    if (seen === SEEN.timeout)
      return void this.#held.push({ dueAt: now + this.#rule.penaltyMs, check, at })
    this.#newest[check] = at
    this.set(check, seen !== SEEN.ok, now)
  }

  override tick(now: number): void {
    const waiting: Held[] = []
    for (const held of this.#held) {
      const { dueAt, check, at } = held
      if (dueAt > now) waiting.push(held)
      else if (at > (this.#newest[check] as number)) {
        this.#newest[check] = at
        this.set(check, true, now)
      }
    }
    this.#held = waiting
  }
}
