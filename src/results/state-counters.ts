import type { Counters } from '../wire/api/objects.ts'
import type { ObjectRecord } from './state/record.ts'

/** Objects per state, kept as they change. Each object counts once: a stale one under `stale`, whatever its state says. */
export interface StateCounters {
  add(record: ObjectRecord, isStale: boolean): void
  remove(record: ObjectRecord, isStale: boolean): void
  read(): Counters
}

export function createStateCounters(): StateCounters {
  const hosts: Counters['hosts'] = { up: 0, down: 0, unreachable: 0, pending: 0, stale: 0 }
  const services: Counters['services'] = {
    ok: 0,
    warning: 0,
    critical: 0,
    unknown: 0,
    pending: 0,
    stale: 0,
  }
  const count = (record: ObjectRecord, isStale: boolean, by: 1 | -1): void => {
    const bucket = isStale ? 'stale' : record.state
    if (record.checkId.includes('!')) services[bucket as keyof typeof services] += by
    else hosts[bucket as keyof typeof hosts] += by
  }
  return {
    add: (record, isStale) => count(record, isStale, 1),
    remove: (record, isStale) => count(record, isStale, -1),
    read: () => ({ hosts: { ...hosts }, services: { ...services } }),
  }
}
