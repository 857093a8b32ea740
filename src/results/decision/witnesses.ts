import type { DecisionParameters } from './parameters.ts'
import { CLASS } from './registers.ts'
import { RELATION } from './relations.ts'
import type { Layout } from './topology.ts'

/** Outvoted OKs that make a liar. */
const LIES = 3
/** Below so many results a share says nothing. */
const SHARE_FROM = 10

/** How often one observer is contradicted in one site, or at all. */
export interface Tally {
  readonly results: number
  readonly timeouts: number
  readonly errors: number
  readonly blind: number
}

/**
 * What is known of the observers: sums of the relations of all cells, so they follow from the registers alone. Rules EV8 to EV10 of
 * docs/spec/truth.md.
 */
export class Witnesses {
  readonly #layout: Layout
  readonly #parameters: DecisionParameters
  readonly #sites: number
  // By observer * sites + site.
  readonly #results: Int32Array
  readonly #timeouts: Int32Array
  readonly #errors: Int32Array
  readonly #blind: Int32Array
  readonly #outvoted: Int32Array
  // By observer.
  readonly #allResults: Int32Array
  readonly #allTimeouts: Int32Array
  readonly #allErrors: Int32Array
  readonly #allBlind: Int32Array
  readonly #allOutvoted: Int32Array

  constructor(layout: Layout, parameters: DecisionParameters) {
    const { observers, sites } = layout.topology
    this.#layout = layout
    this.#parameters = parameters
    this.#sites = sites.length
    const paths = observers.length * sites.length
    this.#results = new Int32Array(paths)
    this.#timeouts = new Int32Array(paths)
    this.#errors = new Int32Array(paths)
    this.#blind = new Int32Array(paths)
    this.#outvoted = new Int32Array(paths)
    this.#allResults = new Int32Array(observers.length)
    this.#allTimeouts = new Int32Array(observers.length)
    this.#allErrors = new Int32Array(observers.length)
    this.#allBlind = new Int32Array(observers.length)
    this.#allOutvoted = new Int32Array(observers.length)
  }

  /** The relation of a cell of this observer in this site has changed. */
  changed(observer: number, site: number, before: number, now: number): void {
    this.#count(observer, site, before, -1)
    this.#count(observer, site, now, 1)
  }

  #count(observer: number, site: number, relation: number, by: 1 | -1): void {
    if (relation === RELATION.none || relation === RELATION.open) return
    const path = observer * this.#sites + site
    add(this.#results, path, by)
    add(this.#allResults, observer, by)
    if (relation === RELATION.contradictedTimeout) {
      add(this.#timeouts, path, by)
      add(this.#allTimeouts, observer, by)
    } else if (relation === RELATION.contradictedError) {
      add(this.#errors, path, by)
      add(this.#allErrors, observer, by)
    } else if (relation === RELATION.outvoted) {
      add(this.#outvoted, path, by)
      add(this.#allOutvoted, observer, by)
    } else if (relation === RELATION.blind) {
      add(this.#blind, path, by)
      add(this.#allBlind, observer, by)
    }
  }

  /** P(this class | the target is up) of this observer in this site: measured, shrunk towards its rate elsewhere, never below the floor. */
  falseRate(observer: number, site: number, kind: number): number {
    const { q0Timeout, q0Error, pathWeight, observerWeight } = this.#parameters
    const isTimeout = kind === CLASS.timeout
    const q0 = isTimeout ? q0Timeout : q0Error
    const all = (isTimeout ? this.#allTimeouts : this.#allErrors)[observer] as number
    const here = (isTimeout ? this.#timeouts : this.#errors)[
      observer * this.#sites + site
    ] as number
    const overall =
      (all + q0 * observerWeight) / ((this.#allResults[observer] as number) + observerWeight)
    const results = this.#results[observer * this.#sites + site] as number
    return Math.max(q0, (here + pathWeight * overall) / (results + pathWeight))
  }

  /** Nats of evidence of `run` failures of this class in a row. */
  weight(observer: number, site: number, kind: number, run: number): number {
    return weightOf(kind, this.falseRate(observer, site, kind), run, this.#parameters)
  }

  /** Its OKs stand alone against others that keep failing: they exonerate nothing. */
  isLiar(observer: number): boolean {
    const inside = this.#layout.insideOf[observer] as number
    const atHome = inside < 0 ? 0 : (this.#outvoted[observer * this.#sites + inside] as number)
    return (this.#allOutvoted[observer] as number) - atHome >= LIES
  }

  /** Contradicted, or unable to look, too often to be asked or counted as able to see. */
  isSetAside(observer: number): boolean {
    const { results } = this.tally(observer)
    return results >= SHARE_FROM && this.badShare(observer) >= this.#parameters.setAsideShare
  }

  /** Of what it watches: 0 to 1. */
  badShare(observer: number): number {
    const { results, timeouts, errors, blind } = this.tally(observer)
    return results === 0 ? 0 : (timeouts + errors + blind) / results
  }

  tally(observer: number): Tally {
    return {
      results: this.#allResults[observer] as number,
      timeouts: this.#allTimeouts[observer] as number,
      errors: this.#allErrors[observer] as number,
      blind: this.#allBlind[observer] as number,
    }
  }

  tallyIn(observer: number, site: number): Tally {
    const path = observer * this.#sites + site
    return {
      results: this.#results[path] as number,
      timeouts: this.#timeouts[path] as number,
      errors: this.#errors[path] as number,
      blind: this.#blind[path] as number,
    }
  }
}

export type WeightParameters = Pick<
  DecisionParameters,
  'pTimeout' | 'pError' | 'q0Timeout' | 'q0Error' | 'repeatDiscounts'
>

/** The formula behind `Witnesses.weight`; receipts are recomputed with it. */
export function weightOf(
  kind: number,
  falseRate: number,
  run: number,
  parameters: WeightParameters,
): number {
  const { pTimeout, pError, q0Timeout, q0Error, repeatDiscounts } = parameters
  if (kind !== CLASS.timeout && kind !== CLASS.error) return 0
  const isTimeout = kind === CLASS.timeout
  const p = isTimeout ? pTimeout : pError
  if (falseRate >= p) return 0
  const isNearFloor = falseRate <= 5 * (isTimeout ? q0Timeout : q0Error)
  const discount = isNearFloor ? (repeatDiscounts[Math.min(run, 3) - 1] as number) : 1
  return Math.log(p / (falseRate * discount))
}

function add(column: Int32Array, index: number, by: number): void {
  column[index] = (column[index] as number) + by
}
