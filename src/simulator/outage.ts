export type CauseScope = 'service' | 'host' | 'site'

/** A time in which a check was really down: `from <= t < to`, in ms since the world began. */
export interface Outage {
  readonly from: number
  readonly to: number
  /** What was down of it. */
  readonly scopes: readonly CauseScope[]
  /** Numbers of the faults. */
  readonly faults: readonly number[]
  /** Several faults at once: how long it took to see each cannot be told. */
  readonly isMixed: boolean
  /** Of a service that goes up and down. */
  readonly isFlap: boolean
}
