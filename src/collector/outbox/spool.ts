import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import type { CheckResult } from '../../domain/check-result.ts'
import { OutboxUnavailable, type Outbox, type OutboxBehind, type OutboxEntry } from '../ports.ts'

/**
 * The outbox, and memory in its place while it is unavailable: a collector whose disk is full must not go blind. Rule OB13 of
 * docs/spec/outbox.md.
 */
export interface Spool {
  /** Safe from `kill -9` when it returns; returns the cursor of the last. @throws OutboxUnavailable: then `hold` them or refuse them */
  append(results: readonly CheckResult[]): number
  /** Resolves when what was appended survives the loss of power. Rejects with `OutboxUnavailable`. */
  sync(): Promise<void>
  /** Keeps results in memory, to be appended later. Returns the cursor of the last, which counts until then. */
  hold(results: readonly CheckResult[]): number
  /** From the outbox, then from memory; without what the reader holds. `undefined`: the outbox cannot be read now. */
  read(cursor: number, max: number, heldUpTo: HeldUpTo): readonly OutboxEntry[] | undefined
  /** The newest before `cursor`, newest first; none when the outbox cannot be read now. */
  readBack(cursor: number, max: number): readonly OutboxEntry[]
  /** What a hub that holds so much has before it; nothing when the outbox cannot be read now. */
  behind(heldUpTo: HeldUpTo): OutboxBehind
  /** False: more than goes in one go; call it again. */
  release(boot: string, seq: number): boolean
  /** Now and then tries again to append what is held. Returns true when some got there: cursors are other ones then. */
  retry(): boolean
  /** Results are held in memory, or could not be written the last time. */
  readonly isDegraded: boolean
  /** Of the newest entry. */
  readonly lastCursor: number
  readonly waiting: number
  /** Of what is in the outbox. */
  readonly bytes: number
  readonly lost: number
}

/** Up to which number of a boot a hub has all. */
export type HeldUpTo = (boot: string) => number

export interface SpoolParts {
  readonly outbox: Outbox
  readonly clock: Clock
  readonly log: Log
  /** Results held in memory; the oldest go. */
  readonly heldMax: number
}

const RETRY_MS = 1_000
const RETRY_BATCH = 1_000

export function createSpool(parts: SpoolParts): Spool {
  return new HoldingSpool(parts)
}

class HoldingSpool implements Spool {
  readonly #parts: SpoolParts
  #held: OutboxEntry[] = []
  #heldLost = 0
  /** From the first failure until an append succeeds: one episode in the log. */
  #isReported = false
  #lastCursor: number
  #retryAt = 0
  isDegraded = false

  constructor(parts: SpoolParts) {
    this.#parts = parts
    this.#lastCursor = parts.outbox.lastCursor
  }

  get waiting(): number {
    return this.#parts.outbox.waiting + this.#held.length
  }

  get bytes(): number {
    return this.#parts.outbox.bytes
  }

  get lost(): number {
    return this.#parts.outbox.lost + this.#heldLost
  }

  append(results: readonly CheckResult[]): number {
    if (this.isDegraded) throw new OutboxUnavailable('the outbox is unavailable')
    try {
      return this.#append(results)
    } catch (error) {
      this.#degrade(error)
      throw error
    }
  }

  sync(): Promise<void> {
    return this.#parts.outbox.sync()
  }

  hold(results: readonly CheckResult[]): number {
    const { heldMax } = this.#parts
    for (const result of results) this.#held.push({ cursor: ++this.#lastCursor, result })
    const excess = this.#held.length - heldMax
    if (excess > 0) {
      this.#heldLost += excess
      this.#held = this.#held.slice(excess)
    }
    return this.#lastCursor
  }

  get lastCursor(): number {
    return this.#lastCursor
  }

  read(cursor: number, max: number, heldUpTo: HeldUpTo): readonly OutboxEntry[] | undefined {
    try {
      const kept = this.#parts.outbox.read(cursor, max, heldUpTo)
      if (this.#held.length === 0 || kept.length > 0) return kept
      return this.#held
        .filter(({ cursor: at, result }) => at > cursor && result.seq > heldUpTo(result.boot))
        .slice(0, max)
    } catch (error) {
      this.#degrade(error)
      return undefined
    }
  }

  readBack(cursor: number, max: number): readonly OutboxEntry[] {
    const held = this.#held.filter((entry) => entry.cursor < cursor).reverse()
    if (held.length > 0) return held.slice(0, max)
    try {
      return this.#parts.outbox.readBack(cursor, max)
    } catch (error) {
      this.#degrade(error)
      return []
    }
  }

  behind(heldUpTo: HeldUpTo): OutboxBehind {
    const held = this.#held.filter(({ result }) => result.seq > heldUpTo(result.boot))
    try {
      const kept = this.#parts.outbox.behind(heldUpTo)
      const from = kept.waiting > 0 ? kept.from : (held[0]?.cursor ?? this.#lastCursor + 1) - 1
      return { ...kept, waiting: kept.waiting + held.length, from }
    } catch (error) {
      this.#degrade(error)
      return { waiting: held.length, from: 0, oldestAgeMs: 0 }
    }
  }

  release(boot: string, seq: number): boolean {
    if (this.#held.length > 0)
      this.#held = this.#held.filter(({ result }) => result.boot !== boot || result.seq > seq)
    try {
      return this.#parts.outbox.release(boot, seq)
    } catch (error) {
      this.#degrade(error)
      return true
    }
  }

  retry(): boolean {
    if (!this.isDegraded || this.#parts.clock.monotonicMs() < this.#retryAt) return false
    let hasMoved = false
    try {
      while (this.#held.length > 0) {
        this.#append(this.#held.slice(0, RETRY_BATCH).map((entry) => entry.result))
        this.#held = this.#held.slice(RETRY_BATCH)
        hasMoved = true
      }
      this.isDegraded = false
    } catch (error) {
      this.#degrade(error)
    }
    return hasMoved
  }

  #append(results: readonly CheckResult[]): number {
    const { outbox, log } = this.#parts
    this.#lastCursor = outbox.append(results)
    if (this.#isReported) log.info('the outbox is available again', { lost: this.#heldLost })
    this.#isReported = false
    return this.#lastCursor
  }

  #degrade(error: unknown): void {
    if (!(error instanceof OutboxUnavailable)) throw error
    const { clock, log } = this.#parts
    this.#retryAt = clock.monotonicMs() + RETRY_MS
    this.isDegraded = true
    if (this.#isReported) return
    this.#isReported = true
    log.error('the outbox is unavailable: results are kept in memory, passive ones are refused', {
      cause: error.message,
    })
  }
}
