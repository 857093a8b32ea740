import type { CheckId } from '../src/domain/check-id.ts'
import { StoreUnavailable, type Effects, type ResultStore } from '../src/results/ports.ts'
import type { ObjectRecord, StateChange } from '../src/results/state/record.ts'
import type { Watermark } from '../src/wire/subjects.ts'

/**
 * A store in memory that keeps all it is given, for tests of what a hub would write. It refuses a result that it holds already, and
 * it can be out of reach.
 */
export interface RecordingStore extends ResultStore {
  readonly history: ReadonlyMap<string, string>
  readonly records: ReadonlyMap<CheckId, ObjectRecord>
  readonly changes: readonly StateChange[]
  readonly marks: ReadonlyMap<string, Watermark>
  /** Sizes of the commits, in results. */
  readonly commits: readonly number[]
  isAvailable: boolean
  /** Awaited by each commit before it writes. */
  pause: Promise<void>
}

export function createRecordingStore(): RecordingStore {
  const history = new Map<string, string>()
  const records = new Map<CheckId, ObjectRecord>()
  const changes: StateChange[] = []
  const marks = new Map<string, Watermark>()
  const commits: number[] = []
  const write = (effects: Effects): void => {
    for (const { result, verdict } of effects.history) {
      const id = `${result.collector} ${result.boot} ${result.seq}`
      if (history.has(id)) throw new Error(`result ${id} is stored already`)
      history.set(id, verdict)
    }
    for (const record of effects.records) records.set(record.checkId, record)
    changes.push(...effects.changes)
    for (const mark of effects.watermarks) marks.set(`${mark.collector} ${mark.boot}`, mark)
    commits.push(effects.history.length)
  }
  return {
    history,
    records,
    changes,
    marks,
    commits,
    isAvailable: true,
    pause: Promise.resolve(),
    loadRecords: async () => [...records.values()],
    loadWatermarks: async () => [...marks.values()],
    async commit(effects) {
      await this.pause
      if (!this.isAvailable) throw new StoreUnavailable('switched off')
      write(effects)
    },
  }
}
