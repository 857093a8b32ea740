import type { Report } from '../contestant.ts'
import { SEEN, TIMEOUT_MS } from '../world/world.ts'
import type { WorldTopology } from '../world/topology.ts'
import { RuleOfThumb } from './rule-of-thumb.ts'

const MAX_ATTEMPTS = 3
const RETRY_MS = 20_000

/** One observer alone: the third failure in a row is hard, and it tries again after 20 s until then. */
export class SoftHard extends RuleOfThumb {
  readonly #observer: number
  readonly #failures: Uint8Array
  readonly #newest: Float64Array
  readonly #retriesUntil: Float64Array

  constructor(topology: WorldTopology, observer: number) {
    super(topology)
    const checks = topology.checks.length
    this.#observer = observer
    this.#failures = new Uint8Array(checks)
    this.#newest = new Float64Array(checks).fill(-1)
    this.#retriesUntil = new Float64Array(checks)
  }

  take({ observer, check, seen, at }: Report, now: number): void {
    if (observer !== this.#observer || seen === SEEN.hint) return
    if (at <= (this.#newest[check] as number)) return
    this.#newest[check] = at
    if (seen === SEEN.ok) {
      this.#failures[check] = 0
      return this.set(check, false, now)
    }
    const failures = Math.min(MAX_ATTEMPTS, (this.#failures[check] as number) + 1)
    this.#failures[check] = failures
    if (failures >= MAX_ATTEMPTS) return this.set(check, true, now)
    if ((this.#retriesUntil[check] as number) >= now) return
    this.#retriesUntil[check] = now + RETRY_MS
    this.ask({ observer, check, delayMs: RETRY_MS, timeoutMs: TIMEOUT_MS })
  }
}
