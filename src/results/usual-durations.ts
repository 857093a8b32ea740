import type { CheckId } from '../domain/check-id.ts'

/** Shorter runs than this are like no time at all: nothing is kept of them. */
const WORTH_MS = 500
/** A check that has become faster is believed little by little. */
const FORGETS = 1 / 8
/** Who waits for so many times the usual has reason to doubt. */
const PATIENCE = 2

/** How long checks take that are well. A slow service is not down because another observer was less patient with it. */
export class UsualDurations {
  readonly #ms = new Map<CheckId, number>()

  /** A run that was OK took so long. */
  note(id: CheckId, tookMs: number): void {
    const known = this.#ms.get(id) ?? 0
    const usual = tookMs >= known ? tookMs : known + (tookMs - known) * FORGETS
    if (usual >= WORTH_MS) this.#ms.set(id, usual)
    else if (known > 0) this.#ms.delete(id)
  }

  /** Until then nobody may call it silent. 0 of what is fast. */
  patienceMs(id: CheckId): number {
    return PATIENCE * (this.#ms.get(id) ?? 0)
  }

  keepOnly(has: (id: CheckId) => boolean): void {
    for (const id of this.#ms.keys()) if (!has(id)) this.#ms.delete(id)
  }
}
