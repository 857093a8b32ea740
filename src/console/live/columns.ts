import type { ObjectRow } from '../../wire/api/objects.ts'
import type {
  Snapshot,
  SNAPSHOT_FLAGS,
  SNAPSHOT_STATES,
  SNAPSHOT_VERDICTS,
} from '../../wire/api/snapshot.ts'
import { STATE_LOOKS } from '../state/states.ts'
import type { LiveRow } from './row.ts'

// The same as in wire/api/snapshot.ts (a test compares them); written again because importing them would bring zod to the browser.
export const STATES = [
  'pending',
  'ok',
  'warning',
  'critical',
  'unknown',
  'up',
  'down',
  'unreachable',
] as const satisfies typeof SNAPSHOT_STATES
export const FLAGS = {
  soft: 1,
  problem: 2,
  stale: 4,
  flapping: 8,
} as const satisfies typeof SNAPSHOT_FLAGS

export const VERDICTS = [
  'up',
  'suspect',
  'down',
  'recovering',
  'unknown',
] as const satisfies typeof SNAPSHOT_VERDICTS

/** By the index of `STATES`. */
export const RANKS: readonly number[] = STATES.map((state) => STATE_LOOKS[state].rank)

/**
 * The whole fleet, one array per property; a row is an index (slot) into all of them. The arrays of a snapshot are taken over,
 * not copied, and only the owner (`LiveStore`) writes. A slot whose object left the configuration has the id `''`.
 */
export interface Columns {
  readonly id: string[]
  readonly host: string[]
  readonly service: (string | null)[]
  readonly displayName: (string | null)[]
  /** Index into `STATES`. */
  readonly state: number[]
  /** Sum of `FLAGS`. */
  readonly flags: number[]
  readonly attempt: number[]
  readonly maxAttempts: number[]
  /** ms since the epoch by the hub's clock. */
  readonly lastCheckAt: (number | null)[]
  readonly lastChangeAt: (number | null)[]
  readonly groups: (readonly string[])[]
  readonly output: string[]
  /** Index into `VERDICTS`; -1: one observer. */
  readonly verdict: number[]
  /** `null`: one observer. */
  readonly observers: (readonly string[] | null)[]
  /** One letter for each observer; empty: one observer. */
  readonly marks: string[]
  /** Lower case text that filters look into; `undefined` until somebody asks. */
  readonly search: (string | undefined)[]
}

export function emptyColumns(): Columns {
  return {
    id: [],
    host: [],
    service: [],
    displayName: [],
    state: [],
    flags: [],
    attempt: [],
    maxAttempts: [],
    lastCheckAt: [],
    lastChangeAt: [],
    groups: [],
    output: [],
    verdict: [],
    observers: [],
    marks: [],
    search: [],
  }
}

export function columnsOf(snapshot: Snapshot): Columns {
  const { columns, hosts, services, now } = snapshot
  const groupSets = snapshot.groupSets.map((set) =>
    set.map((index) => snapshot.groups[index] ?? ''),
  )
  const observerSets = snapshot.observerSets.map((names) => names.split(','))
  const at = (age: number | null): number | null => (age === null ? null : now - age)
  const host = columns.host.map((index) => hosts[index] ?? '')
  const service = columns.service.map((index) => services[index] ?? null)
  return {
    id: host.map((name, slot) => idOf(name, service[slot] ?? null)),
    host,
    service,
    displayName: columns.displayName,
    state: columns.state,
    flags: columns.flags,
    attempt: columns.attempt,
    maxAttempts: columns.maxAttempts,
    lastCheckAt: columns.lastCheckAge.map(at),
    lastChangeAt: columns.lastChangeAge.map(at),
    groups: columns.groupSet.map((index) => groupSets[index] ?? []),
    output: columns.output,
    verdict: columns.verdict,
    observers: columns.observers.map((index) => observerSets[index] ?? null),
    marks: columns.marks,
    search: [],
  }
}

export function writeRow(columns: Columns, slot: number, row: ObjectRow): void {
  columns.id[slot] = row.id
  columns.host[slot] = row.host
  columns.service[slot] = row.service
  columns.displayName[slot] = row.displayName
  columns.state[slot] = STATES.indexOf(row.state)
  columns.flags[slot] =
    (row.type === 'soft' ? FLAGS.soft : 0) |
    (row.isProblem ? FLAGS.problem : 0) |
    (row.isStale ? FLAGS.stale : 0) |
    (row.isFlapping ? FLAGS.flapping : 0)
  columns.attempt[slot] = row.attempt
  columns.maxAttempts[slot] = row.maxAttempts
  columns.lastCheckAt[slot] = row.lastCheckAt === null ? null : Date.parse(row.lastCheckAt)
  columns.lastChangeAt[slot] = row.lastChangeAt === null ? null : Date.parse(row.lastChangeAt)
  columns.groups[slot] = row.groups
  columns.output[slot] = row.output
  columns.verdict[slot] = row.verdict === null ? -1 : VERDICTS.indexOf(row.verdict)
  columns.observers[slot] = row.seenBy?.observers ?? null
  columns.marks[slot] = row.seenBy?.marks ?? ''
  columns.search[slot] = undefined
}

export function readRow(columns: Columns, slot: number): LiveRow {
  const host = columns.host[slot] ?? ''
  const service = columns.service[slot] ?? null
  const observers = columns.observers[slot] ?? null
  return {
    id: columns.id[slot] ?? '',
    kind: service === null ? 'host' : 'service',
    host,
    service,
    displayName: columns.displayName[slot] ?? service ?? host,
    groups: columns.groups[slot] ?? [],
    state: STATES[columns.state[slot] ?? 0] ?? 'pending',
    type: hasFlag(columns, slot, FLAGS.soft) ? 'soft' : 'hard',
    attempt: columns.attempt[slot] ?? 1,
    maxAttempts: columns.maxAttempts[slot] ?? 1,
    isProblem: hasFlag(columns, slot, FLAGS.problem),
    isStale: hasFlag(columns, slot, FLAGS.stale),
    isFlapping: hasFlag(columns, slot, FLAGS.flapping),
    lastCheckAt: columns.lastCheckAt[slot] ?? null,
    lastChangeAt: columns.lastChangeAt[slot] ?? null,
    output: columns.output[slot] ?? '',
    verdict: VERDICTS[columns.verdict[slot] ?? -1] ?? null,
    seenBy: observers === null ? null : { observers, marks: columns.marks[slot] ?? '' },
  }
}

export function hasFlag(columns: Columns, slot: number, flag: number): boolean {
  return ((columns.flags[slot] ?? 0) & flag) !== 0
}

export function searchText(columns: Columns, slot: number): string {
  const known = columns.search[slot]
  if (known !== undefined) return known
  const names = `${columns.host[slot]} ${columns.service[slot] ?? ''} ${columns.displayName[slot] ?? ''}`
  const text = `${names} ${columns.output[slot]}`.toLowerCase()
  columns.search[slot] = text
  return text
}

function idOf(host: string, service: string | null): string {
  return service === null ? host : `${host}!${service}`
}
