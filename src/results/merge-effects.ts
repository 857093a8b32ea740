import type { Effects, StoredMark } from './ports.ts'

/** The effects of several steps, oldest first, as if they had been one: of each object only its newest record, of each boot its newest mark. */
export function mergeEffects(parts: readonly Effects[]): Effects {
  const [only] = parts
  if (only !== undefined && parts.length === 1) return only
  const records = new Map(
    parts.flatMap((part) => part.records.map((record) => [record.checkId, record])),
  )
  const watermarks = new Map<string, StoredMark>()
  for (const { watermarks: marks } of parts) {
    for (const mark of marks) watermarks.set(`${mark.collector} ${mark.boot}`, mark)
  }
  return {
    history: parts.flatMap((part) => part.history),
    samples: parts.flatMap((part) => part.samples),
    records: [...records.values()],
    changes: parts.flatMap((part) => part.changes),
    watermarks: [...watermarks.values()],
    receipts: parts.flatMap(({ receipts }) => receipts ?? []),
    incidents: parts.flatMap(({ incidents }) => incidents ?? []),
  }
}
