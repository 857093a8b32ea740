import { FLAGS, hasFlag, type Columns } from './columns.ts'

const byName = new Intl.Collator(undefined, { numeric: true })

/** Ids of a host's services, by name: `disk 2` before `disk 10`. */
export function servicesOf(columns: Columns, host: string): readonly string[] {
  const slots: number[] = []
  for (let slot = 0; slot < columns.id.length; slot++) {
    const isService = columns.service[slot] !== null && columns.id[slot] !== ''
    if (isService && columns.host[slot] === host) slots.push(slot)
  }
  return slots
    .sort((a, b) => byName.compare(columns.service[a] ?? '', columns.service[b] ?? ''))
    .map((slot) => columns.id[slot] ?? '')
}

/** The oldest evidence of what is not stale, ms by the hub's clock; `null` when there is none. */
export function oldestCheckAt(columns: Columns): number | null {
  let oldest: number | null = null
  for (let slot = 0; slot < columns.id.length; slot++) {
    const at = columns.lastCheckAt[slot] ?? null
    if (at === null || columns.id[slot] === '' || hasFlag(columns, slot, FLAGS.stale)) continue
    if (oldest === null || at < oldest) oldest = at
  }
  return oldest
}
