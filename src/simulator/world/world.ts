import { chance, share } from '../chance.ts'
import type { Outage } from '../outage.ts'
import { indexFaults, type FaultIndex } from './fault-index.ts'
import { planFaults } from './fault-plan.ts'
import { faultAt, isAt, type Fault } from './faults.ts'
import { RATES, type WorldRates } from './rates.ts'
import {
  createWorldTopology,
  type WorldCheck,
  type WorldObserver,
  type WorldTopology,
} from './topology.ts'
import { truthOf } from './truth.ts'

/** The world gives every check this interval and this timeout. */
export const INTERVAL_MS = 60_000
export const TIMEOUT_MS = 10_000

/** ok, error and timeout as in `EvidenceClass`; a hint says that an observer waits for its answer. */
export const SEEN = { ok: 0, error: 1, timeout: 2, hint: 3 } as const
export type Seen = (typeof SEEN)[keyof typeof SEEN]

/** What a probe comes to. */
export interface ProbeOutcome {
  readonly seen: Exclude<Seen, 3>
  readonly tookMs: number
}

/** One message on its way to a hub. */
export interface Message {
  readonly observer: number
  readonly check: number
  /** When the execution began and ended. */
  readonly startedAt: number
  readonly endedAt: number
  readonly seq: number
}

export interface WorldShape {
  readonly observers: number
  readonly seed: number
  readonly durationMs: number
  readonly rates?: WorldRates
  readonly siteSizes?: readonly number[]
}

/** A probe that has reached its target. */
interface Attempt {
  /** Chance of this probe, 0 to 1. */
  readonly second: number
  /** How much an overloaded observer adds. */
  readonly slowMs: number
  readonly timeoutMs: number
  /** Number of observer and check. */
  readonly cell: number
}

/**
 * A world with its truth: targets, observers, what goes wrong with them, and what a probe at any time would see. All of it follows from the seed by
 * hashing, so each engine that asks for one more probe gets the answer that any other engine would have got. Times are ms since it began.
 */
export class World {
  readonly topology: WorldTopology
  readonly seed: number
  readonly durationMs: number
  readonly rates: WorldRates
  readonly faults: readonly Fault[]
  /** By check. */
  readonly truth: readonly (readonly Outage[])[]
  readonly #index: FaultIndex
  readonly #skews: readonly number[]

  constructor({ observers, seed, durationMs, rates = RATES.default, siteSizes }: WorldShape) {
    this.topology = createWorldTopology(observers, seed, siteSizes)
    this.seed = seed
    this.durationMs = durationMs
    this.rates = rates
    const { faults, skews } = planFaults(this.topology, seed, durationMs, rates)
    this.faults = faults
    this.#skews = skews
    this.#index = indexFaults(this.topology, faults)
    this.truth = truthOf(this.topology, this.#index)
  }

  /** A probe of a check by an observer that begins at `t`. */
  probe(observer: number, check: number, t: number, timeoutMs = TIMEOUT_MS): ProbeOutcome {
    const by = this.topology.observers[observer] as WorldObserver
    const of = this.topology.checks[check] as WorldCheck
    const cell = observer * 4096 + check
    const first = share(this.seed, cell, t, 1)
    const second = share(this.seed, cell, t, 2)
    const silence = { seen: SEEN.timeout, tookMs: Math.floor(timeoutMs) }
    let slowMs = 0
    for (const fault of this.#index.ofObserver[observer] ?? []) {
      if (!isAt(fault, t)) continue
      if (fault.type === 'stuck') return { seen: SEEN.ok, tookMs: 30 }
      if (fault.type === 'isolate' && by.insideOf !== of.site) return silence
      if (fault.type === 'overload') {
        if (first < fault.severity) return silence
        slowMs = 4000 * first
      }
      if (fault.type === 'misconf' && chance(check, observer, 5, 5) % 100 < 60)
        return { seen: SEEN.error, tookMs: 60 }
    }
    if (by.insideOf !== of.site && this.#isWayLost(by, of.site, t, second)) return silence
    const ban = faultAt(this.#index.bans[observer]?.[of.host] ?? [], t)
    if (ban !== undefined) return ban.isSilent ? silence : { seen: SEEN.error, tookMs: 60 }
    return this.#targetAt(check, t, { second, slowMs, timeoutMs, cell })
  }

  #isWayLost(by: WorldObserver, site: number, t: number, level: number): boolean {
    if (faultAt(this.#index.paths[by.site]?.[site] ?? [], t) !== undefined) return true
    if (faultAt(this.#index.ofSite[site] ?? [], t) !== undefined) return true
    const burst = faultAt(this.#index.bursts[by.site]?.[site] ?? [], t)
    return burst !== undefined && level < burst.severity
  }

  #targetAt(check: number, t: number, { second, slowMs, timeoutMs, cell }: Attempt): ProbeOutcome {
    const { host } = this.topology.checks[check] as WorldCheck
    const hostFault = faultAt(this.#index.ofHost[host] ?? [], t)
    if (hostFault !== undefined) {
      const ms = hostFault.isRefusedSoon ? Math.min(timeoutMs, 3000) : timeoutMs
      return { seen: SEEN.timeout, tookMs: Math.floor(ms) }
    }
    const silence = { seen: SEEN.timeout, tookMs: Math.floor(timeoutMs) }
    const fault = faultAt(this.#index.ofCheck[check] ?? [], t)
    if (fault !== undefined) {
      if (fault.how === 'hang') return silence
      return { seen: SEEN.error, tookMs: Math.floor(40 + 100 * second) }
    }
    const { noiseTimeout, noiseError } = this.rates
    const noise = share(this.seed, cell, t, 3)
    if (noise < noiseTimeout) return silence
    if (noise < noiseTimeout + noiseError) return { seen: SEEN.error, tookMs: 60 }
    return { seen: SEEN.ok, tookMs: Math.floor(20 + 280 * second + slowMs) }
  }

  /** How wrong an observer's wall clock is at `t`. */
  wallErrorMs(observer: number, t: number): number {
    let offsetMs = this.#skews[observer] as number
    for (const fault of this.#index.ofObserver[observer] ?? [])
      if (fault.type === 'step' && isAt(fault, t)) offsetMs += fault.offsetMs
    return offsetMs
  }

  /** How wrong its corrected time is: what the exchange with hubs leaves, below 80 ms. */
  correctedErrorMs(observer: number, t: number): number {
    return Math.floor((share(this.seed, observer, Math.floor(t / 60_000), 9) - 0.5) * 160)
  }

  /** When a message is at a hub, or `undefined` when it is lost. An observer that is cut off sends what it kept afterwards. */
  arrivalAt(message: Message, hub: number): number | undefined {
    const { observer, check, startedAt, endedAt, seq } = message
    const seed = this.seed
    if (share(seed + hub * 101, observer * 4096 + check, startedAt, 21) < this.rates.drop)
      return undefined
    const jitter = share(seed + hub, seq, observer, 22) + share(seed + hub, seq, observer, 23) - 1
    let delayMs = 40 + 120 * Math.exp(jitter * 2)
    if (share(seed + hub * 7, seq, observer, 24) < this.rates.heavy)
      delayMs += 5000 + 115_000 * share(seed + hub, seq, observer, 25)
    for (const fault of this.#index.ofObserver[observer] ?? []) {
      if (!isAt(fault, endedAt)) continue
      if (fault.type === 'overload')
        delayMs += 20_000 * share(seed, seq, observer, 26) * fault.severity
      if (fault.type === 'isolate' && !fault.isOutOfBand)
        return fault.to + Math.floor(10_000 * share(seed + hub, seq, observer, 27))
    }
    return Math.floor(endedAt + delayMs)
  }

  /** So much later it comes once more, or `undefined`. */
  repeatedAfterMs(observer: number, seq: number, hub: number): number | undefined {
    if (share(this.seed + hub * 13, seq, observer, 28) >= this.rates.duplicate) return undefined
    return Math.floor(60_000 * share(this.seed + hub, seq, observer, 29))
  }

  /** Whether a question reaches it. */
  isReachable(observer: number, t: number): boolean {
    const faults = this.#index.ofObserver[observer] ?? []
    return !faults.some((fault) => fault.type === 'isolate' && !fault.isOutOfBand && isAt(fault, t))
  }
}
