import type { Attention } from './attention.ts'
import type { Moment } from './moment.ts'
import type { OwnPlace } from './own-place.ts'

export interface EntryView {
  readonly own: OwnPlace
  readonly attention: Attention
  readonly silenceMs: number
  readonly noticeMs: number
  /** Another takes part now. */
  readonly isAnybodySharing: boolean
}

/** It is waited for so many silences that the own first beat comes back; then it goes on as if it were alone. */
const ECHO_SILENCES = 2

/**
 * The time between start and first slot. While nothing can be heard for lack of a bus, a collector puts its entry off, but not for ever; when it has
 * listened for a silence and nobody checks anything, it waits no longer than it must.
 */
export class Entry {
  readonly #begunMs: number
  /** Own beats come back since then. */
  #listensSinceMs: number | undefined

  constructor(now: Moment) {
    this.#begunMs = now.monotonicMs
  }

  look(now: Moment, { own, attention, silenceMs, noticeMs, isAnybodySharing }: EntryView): void {
    this.#listensSinceMs = attention.isDeaf ? undefined : (this.#listensSinceMs ?? now.monotonicMs)
    if (!own.hasJoined || own.standingAt(now.wall) !== 'joining') return
    const hasWaited = now.monotonicMs - this.#begunMs > ECHO_SILENCES * silenceMs
    if (!attention.hasEcho && !hasWaited) own.join(now.wall, noticeMs)
    const listenedMs = now.monotonicMs - (this.#listensSinceMs ?? now.monotonicMs)
    if (listenedMs >= silenceMs && !isAnybodySharing) own.hurry(now.wall + noticeMs)
  }
}
