import type { Counters, ObjectRow } from '../src/wire/api/objects.ts'
import type { Snapshot } from '../src/wire/api/snapshot.ts'
import type { StreamObjects } from '../src/wire/api/stream.ts'

/** 2026-11-23 12:00 UTC; rows of these tests live around it. */
export const NOON_MS = Date.UTC(2026, 10, 23, 12)

export function minutesAgo(minutes: number): string {
  return new Date(NOON_MS - minutes * 60_000).toISOString()
}

/** A row as the API tells it: `web!http` is a service, `web` a host; well unless `change` says otherwise. */
export function apiRow(id: string, change: Partial<ObjectRow> = {}): ObjectRow {
  const [host = '', service = null] = id.split('!')
  const state = change.state ?? (service === null ? 'up' : 'ok')
  return {
    id,
    kind: service === null ? 'host' : 'service',
    host,
    service,
    displayName: service ?? host,
    groups: [],
    state,
    type: 'hard',
    attempt: 1,
    maxAttempts: 3,
    isProblem: !['ok', 'up', 'pending'].includes(state),
    isStale: false,
    isFlapping: false,
    lastCheckAt: minutesAgo(1),
    lastChangeAt: minutesAgo(60),
    output: '',
    executionMs: 1,
    latencyMs: 1,
    verdict: null,
    seenBy: null,
    ...change,
  }
}

export const NO_COUNTS: Counters = {
  hosts: { up: 0, down: 0, unreachable: 0, pending: 0, stale: 0 },
  services: { ok: 0, warning: 0, critical: 0, unknown: 0, pending: 0, stale: 0 },
}

export function batchOf(
  rows: readonly ObjectRow[],
  removed: readonly string[] = [],
): StreamObjects {
  return { rows: [...rows], removed: [...removed], counters: NO_COUNTS }
}

export const EMPTY_SNAPSHOT: Snapshot = {
  version: 1,
  boot: 'b',
  sequence: 0,
  now: NOON_MS,
  counters: NO_COUNTS,
  hosts: [],
  services: [],
  groups: [],
  groupSets: [],
  observerSets: [],
  columns: {
    host: [],
    service: [],
    displayName: [],
    state: [],
    flags: [],
    attempt: [],
    maxAttempts: [],
    lastCheckAge: [],
    lastChangeAge: [],
    groupSet: [],
    output: [],
    verdict: [],
    observers: [],
    marks: [],
  },
}
