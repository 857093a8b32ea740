import type { Report } from '../contestant.ts'
import { INTERVAL_MS, SEEN } from '../world/world.ts'
import type { WorldTopology } from '../world/topology.ts'
import { LONG_AGO, RuleOfThumb } from './rule-of-thumb.ts'

export interface QuorumRule {
  /** Whether so many of those that have something fresh are enough. */
  isDown(failing: number, fresh: number): boolean
  /** Results in a row that make an observer's vote. */
  readonly inRow: number
}

export const MAJORITY: QuorumRule = { isDown: (failing, fresh) => failing * 2 > fresh, inRow: 1 }

export function atLeast(count: number): QuorumRule {
  return { isDown: (failing, fresh) => failing >= Math.min(fresh, count), inRow: 1 }
}

/** Route 53: healthy as long as more than 18% of its checkers say so. */
export function route53(inRow: number): QuorumRule {
  return { isDown: (failing, fresh) => (fresh - failing) / fresh <= 0.18, inRow }
}

const FRESH_MS = 2.5 * INTERVAL_MS
const RUN_MAX = 250

/** One vote for each observer, the newest it has. */
export class Quorum extends RuleOfThumb {
  readonly #rule: QuorumRule
  readonly #newest: Float64Array
  readonly #failed: Uint8Array
  readonly #runs: Uint8Array
  readonly #votes: Uint8Array

  constructor(topology: WorldTopology, rule: QuorumRule) {
    super(topology)
    const cells = topology.checks.length * topology.observers.length
    this.#rule = rule
    this.#newest = new Float64Array(cells).fill(LONG_AGO)
    this.#failed = new Uint8Array(cells)
    this.#runs = new Uint8Array(cells)
    this.#votes = new Uint8Array(cells)
  }

  take({ check, observer, seen, at }: Report, now: number): void {
    if (seen === SEEN.hint) return
    const cell = check * this.topology.observers.length + observer
    const before = this.#newest[cell] as number
    if (at <= before) return
    const failed = Number(seen !== SEEN.ok)
    const isSame = before > LONG_AGO && this.#failed[cell] === failed
    const run = isSame ? Math.min(RUN_MAX, (this.#runs[cell] as number) + 1) : 1
    this.#runs[cell] = run
    this.#failed[cell] = failed
    this.#newest[cell] = at
    if (run >= this.#rule.inRow) this.#votes[cell] = failed
    this.#decide(check, now)
  }

  #decide(check: number, now: number): void {
    const observers = this.topology.observers.length
    let fresh = 0
    let failing = 0
    for (let cell = check * observers; cell < (check + 1) * observers; cell++) {
      if (now - (this.#newest[cell] as number) > FRESH_MS) continue
      fresh++
      failing += this.#votes[cell] as number
    }
    if (fresh > 0) this.set(check, this.#rule.isDown(failing, fresh), now)
  }
}
