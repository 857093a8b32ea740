import type { Counters } from '../../wire/api/objects.ts'
import type { Snapshot } from '../../wire/api/snapshot.ts'
import type { StreamChanges, StreamObjects } from '../../wire/api/stream.ts'
import { columnsOf, emptyColumns, readRow, writeRow, type Columns } from './columns.ts'
import { KeyedListeners, Listeners } from './listeners.ts'
import type { LiveRow } from './row.ts'

/** How long a recovery stays on the Now screen. */
export const RECOVERED_FOR_MS = 15 * 60_000
const RECOVERIES_MAX = 2_000

/** What lists are made of. A new one with every batch, so that its identity says whether anything changed. */
export interface LiveView {
  /** Counts up with each batch; 0 is before the first snapshot. */
  readonly version: number
  readonly columns: Columns
  readonly counters: Counters | undefined
  /** When each object last went from a problem to OK or UP, ms by the hub's clock; of the last quarter of an hour at least. */
  readonly recoveries: ReadonlyMap<string, number>
}

/**
 * The present as the hub told it: filled by a snapshot, kept up by the stream. Rows are heard one by one (`subscribeRow`), so that
 * an update of one service draws one row; lists hear once per batch (`subscribe`) and compare `view`.
 */
export class LiveStore {
  #columns: Columns = emptyColumns()
  #slots = new Map<string, number>()
  readonly #free: number[] = []
  readonly #rows = new Map<number, LiveRow>()
  readonly #recoveries = new Map<string, number>()
  readonly #lists = new Listeners()
  readonly #byId = new KeyedListeners()
  #counters: Counters | undefined
  #view: LiveView
  #clockAheadMs = 0

  constructor() {
    this.#view = this.#viewOf(0)
  }

  /** For reading in place: the arrays in it are written by the next batch. */
  get view(): LiveView {
    return this.#view
  }

  /** The hub's clock now, as far as we know it. */
  now(): number {
    return Date.now() + this.#clockAheadMs
  }

  setHubClock(hubNow: number): void {
    this.#clockAheadMs = hubNow - Date.now()
  }

  load(snapshot: Snapshot): void {
    this.setHubClock(snapshot.now)
    this.#columns = columnsOf(snapshot)
    this.#slots = new Map(this.#columns.id.map((id, slot) => [id, slot]))
    this.#free.length = 0
    this.#rows.clear()
    this.#counters = snapshot.counters
    this.#view = this.#viewOf(this.#view.version + 1)
    this.#byId.tellAll()
    this.#lists.tell()
  }

  apply(batch: StreamObjects): void {
    for (const row of batch.rows) {
      let slot = this.#slots.get(row.id)
      if (slot === undefined) {
        slot = this.#free.pop() ?? this.#columns.id.length
        this.#slots.set(row.id, slot)
      }
      writeRow(this.#columns, slot, row)
      this.#rows.delete(slot)
    }
    for (const id of batch.removed) this.#remove(id)
    this.#counters = batch.counters
    this.#view = this.#viewOf(this.#view.version + 1)
    for (const row of batch.rows) this.#byId.tell(row.id)
    for (const id of batch.removed) this.#byId.tell(id)
    this.#lists.tell()
  }

  /** Lines of the alert log, in any order: only recoveries are remembered, the newest of each object. */
  hear(changes: StreamChanges['changes']): void {
    let isNew = false
    for (const change of changes) {
      const isRecovery =
        (change.to === 'ok' || change.to === 'up') &&
        change.from !== 'pending' &&
        change.from !== change.to
      const at = Date.parse(change.at)
      if (!isRecovery || at <= (this.#recoveries.get(change.id) ?? 0)) continue
      this.#recoveries.delete(change.id)
      this.#recoveries.set(change.id, at)
      isNew = true
    }
    if (!isNew) return
    this.#forgetOldRecoveries()
    this.#view = this.#viewOf(this.#view.version)
    this.#lists.tell()
  }

  row(id: string): LiveRow | undefined {
    const slot = this.#slots.get(id)
    if (slot === undefined) return undefined
    let row = this.#rows.get(slot)
    if (row === undefined) {
      row = readRow(this.#columns, slot)
      this.#rows.set(slot, row)
    }
    return row
  }

  subscribe(hear: () => void): () => void {
    return this.#lists.add(hear)
  }

  subscribeRow(id: string, hear: () => void): () => void {
    return this.#byId.add(id, hear)
  }

  #viewOf(version: number): LiveView {
    return {
      version,
      columns: this.#columns,
      counters: this.#counters,
      recoveries: this.#recoveries,
    }
  }

  #remove(id: string): void {
    const slot = this.#slots.get(id)
    if (slot === undefined) return
    this.#slots.delete(id)
    this.#recoveries.delete(id)
    this.#rows.delete(slot)
    this.#columns.id[slot] = ''
    this.#columns.flags[slot] = 0
    this.#columns.search[slot] = ''
    this.#free.push(slot)
  }

  #forgetOldRecoveries(): void {
    const since = this.now() - RECOVERED_FOR_MS
    for (const [id, at] of this.#recoveries) {
      if (at < since || this.#recoveries.size > RECOVERIES_MAX) this.#recoveries.delete(id)
    }
  }
}
