import type { Report } from '../contestant.ts'
import { SEEN } from '../world/world.ts'
import type { WorldTopology } from '../world/topology.ts'
import { LONG_AGO, RuleOfThumb } from './rule-of-thumb.ts'

export interface OpinionRule {
  /** More opinions that must fail as well: 1 for a second one. */
  readonly more: number
  readonly timeoutMs: number
}

interface Doubt {
  readonly since: number
  readonly sites: number[]
  asked: number
}

/** Messages older than the newest by more than this are late. */
const LATE_MS = 15_000
/** A failure is alone after so long without another opinion. */
const DOUBT_MS = 40_000

/** Any failure is asked about at once at an observer of another site; when enough of them fail it is down, and the first OK ends it. */
export class MoreOpinions extends RuleOfThumb {
  readonly #rule: OpinionRule
  readonly #doubts = new Map<number, Doubt>()
  readonly #newest: Float64Array
  #turn = 0

  constructor(topology: WorldTopology, rule: OpinionRule) {
    super(topology)
    this.#rule = rule
    this.#newest = new Float64Array(topology.checks.length).fill(LONG_AGO)
  }

  take({ check, observer, seen, at }: Report, now: number): void {
    const newest = this.#newest[check] as number
    if (seen === SEEN.hint || at < newest - LATE_MS) return
    this.#newest[check] = Math.max(newest, at)
    if (seen === SEEN.ok) {
      this.#doubts.delete(check)
      return this.set(check, false, now)
    }
    if (!this.isDown(check)) this.#doubt(check, this.topology.observers[observer]?.site ?? 0, now)
  }

  #doubt(check: number, site: number, now: number): void {
    let doubt = this.#doubts.get(check)
    if (doubt === undefined || now - doubt.since > DOUBT_MS) {
      doubt = { since: now, sites: [site], asked: 0 }
      this.#doubts.set(check, doubt)
    } else if (!doubt.sites.includes(site)) doubt.sites.push(site)
    const { more, timeoutMs } = this.#rule
    if (doubt.sites.length > more) {
      this.#doubts.delete(check)
      return this.set(check, true, now)
    }
    if (doubt.asked >= more) return
    doubt.asked++
    const observer = this.#nextOutsideOf(doubt.sites)
    if (observer !== undefined) this.ask({ observer, check, delayMs: 0, timeoutMs })
  }

  #nextOutsideOf(sites: readonly number[]): number | undefined {
    const { observers } = this.topology
    for (let tries = 0; tries < observers.length; tries++) {
      const observer = this.#turn++ % observers.length
      if (!sites.includes(observers[observer]?.site ?? 0)) return observer
    }
    return undefined
  }
}
