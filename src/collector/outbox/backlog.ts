import { NumberSet } from '../../base/number-set.ts'
import type { CheckId } from '../../domain/check-id.ts'
import type { CheckResult } from '../../domain/check-result.ts'
import type { LostRange } from '../../wire/subjects.ts'
import type { OutboxEntry } from '../ports.ts'
import { createAllowance, gapsIn } from './message-size.ts'
import type { HeldUpTo, Spool } from './spool.ts'

/** Results in order, on their way to one hub. */
export interface OrderedBatch {
  /** Those that it was not sent before. */
  readonly results: readonly CheckResult[]
  /** Numbers that the spool does not have any more. */
  readonly lost: readonly LostRange[]
  /** Everything up to here is done when it has arrived. */
  readonly upTo: number
  /** The last number of each boot in it. */
  readonly read: ReadonlyMap<string, number>
}

export interface BacklogParts {
  readonly spool: Pick<Spool, 'read' | 'readBack'>
  /** What the hub has said that it holds. */
  readonly heldUpTo: HeldUpTo
  /** Results of one message. */
  readonly batchMax: number
}

/** So many entries without another check, and the newest of the others are left to their turn: at 500 results a second almost seven minutes. */
const LOOKED_MAX = 200_000

interface Search {
  before: number
  /** Entries looked at since the last find. */
  looked: number
  readonly seen: Set<CheckId>
}

/**
 * What the spool holds and a hub has not been sent: first the newest result of each check, so that the hub shows the present at once, then
 * all the others in their order. Rules OB14 to OB17 of docs/spec/outbox.md.
 */
export class Backlog {
  readonly #parts: BacklogParts
  /** Everything up to here was published, or needs not be. */
  #from = 0
  /** Its last entry. What comes behind is sent from memory. */
  #to = 0
  /** Cursors behind `#from` that were published already. */
  #published = new NumberSet()
  #search: Search | undefined
  /** Last number of each boot that was read in order. */
  readonly #readUpTo = new Map<string, number>()

  constructor(parts: BacklogParts) {
    this.#parts = parts
  }

  get isEmpty(): boolean {
    return this.#from >= this.#to
  }

  /** There may be newest results that are to go first. */
  get isSearching(): boolean {
    return this.#search !== undefined
  }

  /** Entries at most. */
  get length(): number {
    return Math.max(0, this.#to - this.#from)
  }

  /** Everything in the spool behind `from` and up to `to` is to be sent, whatever was sent before. */
  restart(from: number, to: number): void {
    this.#from = from
    this.#to = to
    this.#published = new NumberSet()
    this.#search = undefined
    this.#readUpTo.clear()
  }

  /** What lies behind what was published, up to `to`, belongs to it as well. */
  extend(to: number): void {
    this.#to = Math.max(this.#to, to)
  }

  /** Results were published from memory: the last one has this cursor. */
  notePublished(count: number, cursor: number): void {
    if (this.isEmpty) {
      this.#from = Math.max(this.#from, cursor)
      this.#to = this.#from
    } else this.#published.addRange([cursor - count + 1, cursor])
  }

  /** The hub was away: its present is old. */
  seekNewest(): void {
    this.#search = { before: this.#to + 1, looked: 0, seen: new Set() }
  }

  /** The next of the newest results, oldest first; empty when this look found none. Each look is a short one. */
  nextNewest(): readonly OutboxEntry[] {
    const search = this.#search
    if (search === undefined) return []
    const { spool, heldUpTo, batchMax } = this.#parts
    const found: OutboxEntry[] = []
    const fits = createAllowance()
    let isOver = true
    for (const entry of spool.readBack(search.before, batchMax)) {
      isOver = entry.cursor <= this.#from + 1 || search.looked++ >= LOOKED_MAX
      const { checkId, boot, seq } = entry.result
      const isNew = entry.cursor > this.#from && !search.seen.has(checkId)
      if (isNew && seq > heldUpTo(boot) && !this.#published.has(entry.cursor)) {
        if (!fits(entry.result)) {
          isOver = false
          break
        }
        found.push(entry)
      }
      if (isNew) {
        search.seen.add(checkId)
        search.looked = 0
      }
      search.before = entry.cursor
      if (isOver) break
    }
    if (isOver) this.#search = undefined
    return found.reverse()
  }

  /** A message of the newest has arrived. */
  doneNewest(entries: readonly OutboxEntry[]): void {
    for (const { cursor } of entries) this.#published.add(cursor)
  }

  /** The next in order; `undefined` at the end. What a batch skips is at the hub, or was given up: it says so. */
  nextInOrder(): OrderedBatch | 'unreadable' | undefined {
    for (;;) {
      const batch = this.#read()
      if (batch === undefined || batch === 'unreadable') return batch
      if (batch.results.length > 0 || batch.lost.length > 0) return batch
      this.doneInOrder(batch)
    }
  }

  doneInOrder({ upTo, read }: OrderedBatch): void {
    this.#from = Math.max(this.#from, upTo)
    for (const [boot, seq] of read) this.#readUpTo.set(boot, seq)
    if (this.isEmpty) this.#published = new NumberSet()
  }

  #read(): OrderedBatch | 'unreadable' | undefined {
    const { spool, heldUpTo, batchMax } = this.#parts
    if (this.isEmpty) return undefined
    const entries = spool.read(this.#from, batchMax, heldUpTo)
    if (entries === undefined) return 'unreadable'
    const within = entries.filter(({ cursor }) => cursor <= this.#to)
    const fits = createAllowance()
    const tooMany = within.findIndex(({ result }) => !fits(result))
    const fitting = tooMany < 0 ? within : within.slice(0, tooMany)
    const last = fitting.at(-1)
    if (last === undefined) {
      this.#from = this.#to
      this.#published = new NumberSet()
      return undefined
    }
    const results = fitting.map(({ result }) => result)
    const known = (boot: string): number => Math.max(this.#readUpTo.get(boot) ?? 0, heldUpTo(boot))
    return {
      results: results.filter((_, n) => !this.#published.has(fitting[n]?.cursor ?? 0)),
      lost: gapsIn(results, known),
      upTo: last.cursor,
      read: new Map(results.map(({ boot, seq }) => [boot, seq])),
    }
  }
}
