import { Listeners } from './listeners.ts'

/** One timer for every age on the screen: ticks each second while somebody looks. */
class SharedClock {
  readonly #listeners = new Listeners()
  #count = 0
  #timer = 0

  subscribe = (hear: () => void): (() => void) => {
    const forget = this.#listeners.add(hear)
    if (this.#count++ === 0) this.#timer = window.setInterval(() => this.#listeners.tell(), 1_000)
    return () => {
      forget()
      if (--this.#count === 0) window.clearInterval(this.#timer)
    }
  }
}

export const sharedClock = new SharedClock()
