import { weightOfAll, type CheckResult } from '../../domain/check-result.ts'
import type { LostRange } from '../../wire/subjects.ts'
import { charactersOf, createAllowance, gapsIn, TEXT_MAX } from './message-size.ts'

interface LiveBatch {
  readonly results: readonly CheckResult[]
  /** Of the last one. */
  readonly cursor: number
  readonly characters: number
}

export interface LiveMessage {
  readonly results: readonly CheckResult[]
  /** Of the last one. */
  readonly cursor: number
  /** Numbers between these results and those of the message before: nobody has them. */
  readonly lost: readonly LostRange[]
}

/** Results that were just stored and wait in memory for one hub, in their order. */
export class LiveLane {
  #batches: LiveBatch[] = []
  #weight = 0
  /** The last number that was sent from here, of our boot. */
  #seq: number | undefined

  get isEmpty(): boolean {
    return this.#batches.length === 0
  }

  /** Results, heavy ones counted several times. */
  get weight(): number {
    return this.#weight
  }

  /** Results with cursors that follow each other, the last one `cursor`. */
  push(results: readonly CheckResult[], cursor: number): void {
    let from = 0
    let fits = createAllowance()
    for (const [n, result] of results.entries()) {
      if (fits(result)) continue
      this.#put(results.slice(from, n), cursor - results.length + n)
      from = n
      fits = createAllowance()
      fits(result)
    }
    this.#put(from === 0 ? results : results.slice(from), cursor)
  }

  #put(results: readonly CheckResult[], cursor: number): void {
    const characters = results.reduce((sum, result) => sum + charactersOf(result), 0)
    this.#batches.push({ results, cursor, characters })
    this.#weight += weightOfAll(results)
  }

  /** As many as fit into one message. */
  next(resultsMax: number): LiveMessage | undefined {
    const [first] = this.#batches
    if (first === undefined) return undefined
    const batches = this.#batches.splice(0, this.#fitting(resultsMax))
    const results = batches.length === 1 ? first.results : batches.flatMap((batch) => batch.results)
    this.#weight -= weightOfAll(results)
    const lost = gapsIn(results, () => this.#seq ?? (results[0]?.seq ?? 1) - 1)
    this.#seq = results.at(-1)?.seq
    return { results, lost, cursor: (batches.at(-1) ?? first).cursor }
  }

  /** Batches of one message: at least one. */
  #fitting(resultsMax: number): number {
    let count = 0
    let text = 0
    for (const [n, { results, characters }] of this.#batches.entries()) {
      count += results.length
      text += characters
      if (n > 0 && (count > resultsMax || text > TEXT_MAX)) return n
    }
    return this.#batches.length
  }

  /** Forgets all: it is in the spool. */
  leave(): void {
    this.#batches = []
    this.#weight = 0
    this.#seq = undefined
  }
}
