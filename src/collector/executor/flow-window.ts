/** At most this many at once while this process is busy. */
const SMALL = 32
/** Looked at this often. */
const STEP_MS = 25
const FACTOR = 4
/** Shares of the time that the event loop was not idle. */
const FREE = 0.5
const BUSY = 0.8

/**
 * How many built-in checks may run side by side. A few are enough, and cheapest, when this process is what limits them: five hundred
 * connections opened in one go cost the kernel twice as much each as a steady flow of them. When it has time left they wait for their
 * targets; then the window grows fourfold, up to all slots, so that hundreds of slow targets are checked side by side within 100 ms.
 */
export class FlowWindow {
  readonly #slots: number
  readonly #small: number
  readonly #busyShare: () => number
  #size: number
  #lookedAtMs = 0

  /** @param busyShare share of the time, 0 to 1, that this process was busy since it was asked last */
  constructor(slots: number, busyShare: () => number) {
    this.#slots = slots
    this.#small = Math.min(SMALL, slots)
    this.#size = this.#small
    this.#busyShare = busyShare
  }

  /** Whether one more may start beside `running` others. */
  admits(running: number, nowMs: number): boolean {
    if (nowMs - this.#lookedAtMs >= STEP_MS) this.#adapt(running, nowMs)
    return running < this.#size
  }

  #adapt(running: number, nowMs: number): void {
    this.#lookedAtMs = nowMs
    const busy = this.#busyShare()
    if (busy < FREE && running >= this.#size) this.#resize(this.#size * FACTOR)
    else if (busy > BUSY || running * FACTOR < this.#size) this.#resize(this.#size / FACTOR)
  }

  #resize(size: number): void {
    this.#size = Math.max(this.#small, Math.min(this.#slots, Math.floor(size)))
  }
}
