import type { Instant } from '../base/instant.ts'
import type { CheckId } from '../domain/check-id.ts'
import type { ObjectState } from '../domain/state-names.ts'
import type { ResultUse } from './ports.ts'

/** The newest result of one observer about one check, as lists of raw results show it. */
export interface LastWord {
  /** When it began: names the result among those of this observer. */
  readonly at: Instant
  readonly state: ObjectState | 'pending'
  /** How long it ran; `null`: read back after a restart, which does not say it. */
  readonly tookMs: number | null
  /** The first 1,024 characters at most. */
  readonly output: string
}

/** The use of a result that came after it and is not shown: it was late, or its clock cannot be believed. */
export type Refused = Extract<ResultUse, 'late' | 'clock-suspect'>

const OUTPUT_MAX = 1024

interface Known {
  word: LastWord | undefined
  refused: Refused | null
}

/** What observers of shared checks said last: one word for each check and observer, so bounded by the fleet. */
export class LastWords {
  readonly #known = new Map<CheckId, Map<string, Known>>()

  take(id: CheckId, observer: string, word: LastWord): void {
    const known = this.#of(id, observer)
    known.refused = null
    if (known.word !== undefined && known.word.at > word.at) return
    known.word = { ...word, output: word.output.slice(0, OUTPUT_MAX) }
  }

  refuse(id: CheckId, observer: string, why: Refused): void {
    this.#of(id, observer).refused = why
  }

  get(id: CheckId, observer: string): Readonly<Known> | undefined {
    return this.#known.get(id)?.get(observer)
  }

  keepOnly(isObserved: (id: CheckId, observer: string) => boolean): void {
    for (const [id, words] of this.#known) {
      for (const observer of words.keys()) if (!isObserved(id, observer)) words.delete(observer)
      if (words.size === 0) this.#known.delete(id)
    }
  }

  #of(id: CheckId, observer: string): Known {
    let words = this.#known.get(id)
    if (words === undefined) this.#known.set(id, (words = new Map()))
    let known = words.get(observer)
    if (known === undefined) words.set(observer, (known = { word: undefined, refused: null }))
    return known
  }
}
