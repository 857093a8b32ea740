import type { Instant } from '../../base/instant.ts'

/** How the clock of a collector stands to that of the hub. */
export interface ClockWord {
  readonly collector: string
  /** The hub's minus its own, in ms; times of results are corrected by it. */
  readonly offsetMs: number
  /** False: it was set, or cannot be measured; its results are kept and decide nothing. */
  readonly isBelieved: boolean
}

export interface ClockFault {
  /** In one sentence. */
  readonly text: string
  /** The observer's results do not count meanwhile. */
  readonly isHarmful: boolean
}

/** Results that begin so much later than now are no matter of noise. */
const AHEAD_MS = 1_000
/** A clock that is further off is named, though its times are corrected. */
const OFF_MS = 2_000

/** What is wrong with the clocks of observers, by what came last. Observers are numbers of the topology. */
export class ClockFaults {
  readonly #of = new Map<number, ClockFault & { readonly at: number; readonly collector: string }>()

  /** A result came that begins later than now. */
  isAhead(v: number, observer: string, byMs: number, now: Instant): void {
    if (byMs < AHEAD_MS) return
    const text = `the clock of ${observer} is ahead: its results begin later than now, and wait for their time`
    this.#of.set(v, { text, isHarmful: true, at: now, collector: '' })
  }

  /** Of two collectors of one observer the one that is wrong counts. */
  reads(v: number, { collector, offsetMs, isBelieved }: ClockWord, now: Instant): void {
    const known = this.#of.get(v)
    if (!isBelieved) {
      const text = `the clock of ${collector} was set or cannot be measured: its results decide nothing until it is`
      this.#of.set(v, { text, isHarmful: true, at: now, collector })
    } else if (Math.abs(offsetMs) > OFF_MS) {
      const seconds = Math.round(Math.abs(offsetMs) / 1_000)
      const text = `the clock of ${collector} is ${seconds} s ${offsetMs < 0 ? 'ahead' : 'behind'}: the times of its results are corrected`
      this.#of.set(v, { text, isHarmful: false, at: now, collector })
    } else if (known?.collector === collector) this.#of.delete(v)
  }

  /** @param quietMs after so long without a word nothing is known */
  of(v: number, now: Instant, quietMs: number): ClockFault | undefined {
    const fault = this.#of.get(v)
    return fault === undefined || now - fault.at > quietMs ? undefined : fault
  }
}
