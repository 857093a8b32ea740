import { assert } from '../../base/assert.ts'
import type { Perfdatum } from '../../domain/perfdatum.ts'
import type { Sample } from '../../results/ports.ts'
import { BoundedTexts } from './bounded-texts.ts'
import { withClient, type Pool } from './connection.ts'
import { DAY_MS } from './partitions.ts'
import { PERFDATA_MAX, storable } from './texts.ts'

/** All of a sample but its values: what changes when somebody edits a threshold, not every minute. */
export interface PerfLayout {
  readonly no: number
  readonly items: readonly LayoutItem[]
}

export type LayoutItem = Omit<Perfdatum, 'value'>

/** The form in the database; short, because checks may have hundreds of values. */
export type StoredItem = readonly [
  label: string,
  unit: string,
  warn: string | null,
  crit: string | null,
  min: number | null,
  max: number | null,
]

export interface PerfLayouts {
  /** Finds the layout number of each sample; new layouts are written first. */
  learn(samples: Iterable<Sample>): Promise<LayoutOf>
  /** After old ones were deleted from the database. */
  forget(): void
}

/** Only of samples learnt. */
export type LayoutOf = (sample: Sample) => number

/**
 * Layouts leave memory in the order of their coming when there are more, or longer ones: a plugin that writes another label each time (a
 * process id, a date) makes one with every result.
 */
const LAYOUTS_MAX = { countMax: 100_000, charactersMax: 32 * 1024 * 1024 }

interface Known extends PerfLayout {
  usedOn: number
}

export function createPerfLayouts(pool: Pool): PerfLayouts {
  const byText = new BoundedTexts<Known>(LAYOUTS_MAX)
  const byCheck = new Map<string, Known>()

  const write = async (texts: ReadonlyMap<string, number>): Promise<void> => {
    const { rows } = await withClient(pool, (client) =>
      client.query<{ layout_no: number; items: string }>(
        `INSERT INTO perf_layout (items, last_used_at)
         SELECT items, at FROM unnest($1::text[], $2::int8[]) AS fresh (items, at)
         ON CONFLICT (md5(items)) DO UPDATE SET last_used_at = greatest(perf_layout.last_used_at, excluded.last_used_at)
         RETURNING layout_no, items`,
        [[...texts.keys()], [...texts.values()].map((day) => day * DAY_MS)],
      ),
    )
    for (const row of rows) {
      const items = (JSON.parse(row.items) as StoredItem[]).map(itemOf)
      const usedOn = texts.get(row.items) ?? 0
      byText.set(row.items, { no: row.layout_no, items, usedOn })
    }
  }

  /** Notes in `missing` what has to be written first, with the newest day of its use. */
  const lookUp = (sample: Sample, missing: Map<string, number>): PerfLayout | undefined => {
    const day = Math.floor(sample.at / DAY_MS)
    const last = byCheck.get(sample.checkId)
    if (last !== undefined && last.usedOn >= day && isLayoutOf(last, sample.perfdata)) return last
    const text = textOf(sample.perfdata)
    const known = byText.get(text)
    if (known !== undefined && known.usedOn >= day) {
      byCheck.set(sample.checkId, known)
      return known
    }
    missing.set(text, Math.max(day, missing.get(text) ?? day))
    return undefined
  }

  return {
    async learn(samples) {
      const numbers = new Map<Sample, number>()
      const missing = new Map<string, number>()
      const late: Sample[] = []
      for (const sample of samples) {
        const layout = lookUp(sample, missing)
        if (layout === undefined) late.push(sample)
        else numbers.set(sample, layout.no)
      }
      if (late.length > 0) {
        await write(missing)
        for (const sample of late) {
          const layout = lookUp(sample, missing)
          assert(layout !== undefined, 'a layout that was just written is known')
          numbers.set(sample, layout.no)
        }
        byText.trim()
      }
      return (sample) => numbers.get(sample) as number
    },
    forget() {
      byText.clear()
      byCheck.clear()
    },
  }
}

function isLayoutOf(layout: PerfLayout, perfdata: readonly Perfdatum[]): boolean {
  const { items } = layout
  if (items.length !== perfdata.length) return false
  for (let index = 0; index < items.length; index++) {
    const a = items[index] as LayoutItem
    const b = perfdata[index] as Perfdatum
    if (
      a.label !== b.label ||
      a.unit !== b.unit ||
      a.warn !== b.warn ||
      a.crit !== b.crit ||
      a.min !== b.min ||
      a.max !== b.max
    ) {
      return false
    }
  }
  return true
}

function textOf(perfdata: readonly Perfdatum[]): string {
  return JSON.stringify(
    perfdata.map(({ label, unit, warn, crit, min, max }): StoredItem => [
      storable(label, PERFDATA_MAX),
      storable(unit, PERFDATA_MAX),
      warn === null ? null : storable(warn, PERFDATA_MAX),
      crit === null ? null : storable(crit, PERFDATA_MAX),
      min,
      max,
    ]),
  )
}

export function itemOf([label, unit, warn, crit, min, max]: StoredItem): LayoutItem {
  return { label, unit, warn, crit, min, max }
}
