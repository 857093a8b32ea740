import type { Moment } from './moment.ts'

/** What happened to the collector itself since it looked last. */
export interface Noticed {
  /** The wall clock went so much further than the time that passed; negative when it went back. 0: it did not step. */
  readonly steppedMs: number
  /** It stood still for so long; 0 when it looked in time, or nearly. */
  readonly pausedMs: number
  /** It could not hear for so long, and can again: nobody is to be accused of that time. 0: it heard all the time. */
  readonly unheardMs: number
}

/** Less is the slewing of a time daemon. */
const STEP_MS = 500
/** Beats come back to their sender; without them for so many beats it cannot be told who is silent. */
const ECHO_BEATS = 1.5
const LAG_REMEMBERED_MS = 10_000

/**
 * Knows how well a collector hears. One whose own event loop stood still, or whose bus does not even bring back its own beats, knows nothing about
 * others: it accuses nobody meanwhile, and the time does not count against them.
 */
export class Attention {
  readonly #tickMs: number
  readonly #beatMs: number
  #last: Moment | undefined
  #echoMs = Number.NEGATIVE_INFINITY
  #unheardMs = 0
  #isDeaf = true
  #lagMs = 0
  #lagAtMs = 0

  constructor(tickMs: number, beatMs: number) {
    this.#tickMs = tickMs
    this.#beatMs = beatMs
  }

  /** An own beat of `at` came back. One that comes late says nothing about now. */
  echo(at: number, now: Moment): void {
    if (now.wall - at > this.#beatMs) return
    const sinceMs = now.monotonicMs - this.#echoMs
    if (sinceMs > ECHO_BEATS * this.#beatMs && Number.isFinite(sinceMs))
      this.#unheardMs += sinceMs - this.#beatMs
    this.#echoMs = now.monotonicMs
  }

  get hasEcho(): boolean {
    return Number.isFinite(this.#echoMs)
  }

  /** Whether it could be told now that others are silent, as of the last look. */
  get isDeaf(): boolean {
    return this.#isDeaf
  }

  /** Whether what is heard now was said just now: not after a pause that was not even noticed yet. */
  isPrompt(now: Moment): boolean {
    return !this.#isDeaf && now.monotonicMs - (this.#last?.monotonicMs ?? 0) < this.#beatMs
  }

  /** How late it looked lately, standing still aside: others are given so much more time. */
  get lagMs(): number {
    return this.#lagMs
  }

  look(now: Moment, silenceMs: number): Noticed {
    const last = this.#last ?? now
    this.#last = now
    const passedMs = now.monotonicMs - last.monotonicMs
    const driftMs = now.wall - last.wall - passedMs
    const steppedMs = Math.abs(driftMs) > STEP_MS ? driftMs : 0
    const lagMs = Math.max(0, passedMs - this.#tickMs)
    const pausedMs = lagMs >= silenceMs / 2 ? lagMs : 0
    const isForgotten = now.monotonicMs - this.#lagAtMs > LAG_REMEMBERED_MS
    if (pausedMs === 0 && (lagMs >= this.#lagMs || isForgotten)) {
      this.#lagMs = lagMs
      this.#lagAtMs = now.monotonicMs
    }
    this.#isDeaf = now.monotonicMs - this.#echoMs > ECHO_BEATS * this.#beatMs
    const unheardMs = this.#unheardMs
    this.#unheardMs = 0
    return { steppedMs, pausedMs, unheardMs }
  }
}
