import { z } from 'zod'
import { counters, stateName, verdictKind, type ObjectRow } from './objects.ts'

/**
 * `GET /api/v1/snapshot`: the whole present in columns, for readers that filter and sort by themselves. 50,000 rows are about
 * 1 MB gzipped. All of `columns` have one entry per row. `boot` and `sequence` are those of the live stream: who opens it with
 * `Last-Event-ID: <boot>-<sequence>` misses nothing (rows that the snapshot holds already may come again, whole).
 */
export const snapshot = z.object({
  version: z.literal(1),
  boot: z.string(),
  sequence: z.number().int(),
  /** When it was taken; the ages below count back from here. ms since the epoch. */
  now: z.number().int(),
  counters,
  /** Dictionaries: what the numbers in `columns` point into. */
  hosts: z.array(z.string()),
  services: z.array(z.string()),
  groups: z.array(z.string()),
  /** Each distinct combination of groups, as indexes into `groups`. */
  groupSets: z.array(z.array(z.number().int())),
  /** Each distinct list of observers, their names with commas between them. */
  observerSets: z.array(z.string()),
  columns: z.object({
    /** Into `hosts`. */
    host: z.array(z.number().int()),
    /** Into `services`; -1: the row is the host itself. */
    service: z.array(z.number().int()),
    /** `null`: the same as the name of the service (of the host for a host). */
    displayName: z.array(z.string().nullable()),
    /** Into `SNAPSHOT_STATES`. */
    state: z.array(z.number().int()),
    /** Sum of `SNAPSHOT_FLAGS`. */
    flags: z.array(z.number().int()),
    attempt: z.array(z.number().int()),
    maxAttempts: z.array(z.number().int()),
    /** `now` minus the time, in ms, rounded to whole seconds (it packs better); negative when it is ahead of us; `null`: never. */
    lastCheckAge: z.array(z.number().nullable()),
    lastChangeAge: z.array(z.number().nullable()),
    /** Into `groupSets`. */
    groupSet: z.array(z.number().int()),
    output: z.array(z.string()),
    /** Into `SNAPSHOT_VERDICTS`; -1: one observer. */
    verdict: z.array(z.number().int()),
    /** Into `observerSets`; -1: one observer. */
    observers: z.array(z.number().int()),
    /** One letter for each of them, as in `seenBy` of a row; empty: one observer. */
    marks: z.array(z.string()),
  }),
})
export type Snapshot = z.infer<typeof snapshot>

/** `columns.state` counts in this order. */
export const SNAPSHOT_STATES = stateName.options

/** `columns.verdict` counts in this order. */
export const SNAPSHOT_VERDICTS = verdictKind.options

export const SNAPSHOT_FLAGS = { soft: 1, problem: 2, stale: 4, flapping: 8 } as const

/** One row of a snapshot with its dictionaries resolved. */
export interface SnapshotRow extends Pick<
  ObjectRow,
  | 'id'
  | 'kind'
  | 'host'
  | 'service'
  | 'displayName'
  | 'state'
  | 'type'
  | 'attempt'
  | 'maxAttempts'
  | 'isProblem'
  | 'isStale'
  | 'isFlapping'
  | 'output'
  | 'verdict'
  | 'seenBy'
> {
  /** ms since the epoch. */
  readonly lastCheckAt: number | null
  readonly lastChangeAt: number | null
  /** Into `Snapshot.groups`. */
  readonly groupIndexes: readonly number[]
}

/** How many rows it holds. */
export function snapshotLength(from: Snapshot): number {
  return from.columns.host.length
}

/** Row `index`, 0 to `snapshotLength` - 1. The id is `host` or `host!service`. */
export function snapshotRow(from: Snapshot, index: number): SnapshotRow {
  const { columns } = from
  const host = from.hosts[columns.host[index] ?? -1] ?? ''
  const service = from.services[columns.service[index] ?? -1] ?? null
  const flags = columns.flags[index] ?? 0
  const observers = from.observerSets[columns.observers[index] ?? -1]
  const isSet = (flag: number): boolean => (flags & flag) !== 0
  return {
    id: service === null ? host : `${host}!${service}`,
    kind: service === null ? 'host' : 'service',
    host,
    service,
    displayName: columns.displayName[index] ?? service ?? host,
    state: SNAPSHOT_STATES[columns.state[index] ?? 0] ?? 'pending',
    type: isSet(SNAPSHOT_FLAGS.soft) ? 'soft' : 'hard',
    attempt: columns.attempt[index] ?? 1,
    maxAttempts: columns.maxAttempts[index] ?? 1,
    isProblem: isSet(SNAPSHOT_FLAGS.problem),
    isStale: isSet(SNAPSHOT_FLAGS.stale),
    isFlapping: isSet(SNAPSHOT_FLAGS.flapping),
    lastCheckAt: atOf(from.now, columns.lastCheckAge[index]),
    lastChangeAt: atOf(from.now, columns.lastChangeAge[index]),
    output: columns.output[index] ?? '',
    verdict: SNAPSHOT_VERDICTS[columns.verdict[index] ?? -1] ?? null,
    seenBy:
      observers === undefined
        ? null
        : { observers: observers.split(','), marks: columns.marks[index] ?? '' },
    groupIndexes: from.groupSets[columns.groupSet[index] ?? -1] ?? [],
  }
}

function atOf(now: number, age: number | null | undefined): number | null {
  return age === null || age === undefined ? null : now - age
}
