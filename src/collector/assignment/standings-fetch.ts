import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import { BusUnavailable, type Bus } from '../../wire/bus.ts'
import {
  standingsOf,
  standingsPageOf,
  type Beat,
  type Standing,
  type StandingsPage,
  type StandingsQuery,
} from '../../wire/cluster.ts'
import { MESSAGE_VERSION } from '../../wire/subjects.ts'

export interface FetchParts {
  readonly id: string
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Log
  /** The name of the subject is that under which the giver would have told it to all. */
  readonly take: (from: string, subjectName: string, standings: readonly Standing[]) => void
}

const ANSWER_MS = 2_000
const PAGES_MAX = 10_000
/** Members that are asked; what is newest counts. */
const GIVERS_MAX = 2
const RETRY_MS = 1_000

/** Reads the boards of other members, page by page; who ran most since it was started knows most. */
export class StandingsFetch {
  readonly #parts: FetchParts
  #isReading = false
  #notBeforeMs = Number.NEGATIVE_INFINITY

  constructor(parts: FetchParts) {
    this.#parts = parts
  }

  /** Whether it may be tried now: it does not read already, and the last failure is some time ago. */
  get isFree(): boolean {
    return !this.#isReading && this.#parts.clock.monotonicMs() >= this.#notBeforeMs
  }

  /** True once a whole board was read; false when nobody could give one. Only when it is free. */
  async read(peers: readonly Beat[]): Promise<boolean> {
    const { clock, log } = this.#parts
    if (peers.length === 0) return false
    const givers = peers.toSorted((a, b) => b.results - a.results).slice(0, GIVERS_MAX)
    this.#isReading = true
    try {
      const reads = await Promise.allSettled(givers.map(({ collector }) => this.#read(collector)))
      for (const read of reads)
        if (read.status === 'rejected' && !(read.reason instanceof BusUnavailable))
          throw read.reason
      const hasOne = reads.some(({ status }) => status === 'fulfilled')
      if (!hasOne) log.warn('nobody gives the last known states')
      return hasOne
    } finally {
      this.#isReading = false
      this.#notBeforeMs = clock.monotonicMs() + RETRY_MS
    }
  }

  async #read(giver: string): Promise<void> {
    const { id, bus, take } = this.#parts
    let after: string | null = null
    for (let count = 0; count < PAGES_MAX; count++) {
      const query: StandingsQuery = { version: MESSAGE_VERSION, collector: id, after }
      const page: StandingsPage = await bus.request(standingsPageOf(giver), query, ANSWER_MS)
      take(giver, standingsOf(giver).name, page.standings)
      if (page.next === null || page.next === after) return
      after = page.next
    }
  }
}
