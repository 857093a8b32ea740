import type { Series, SeriesQuery } from '../../results/ports.ts'
import type { Client } from './connection.ts'
import { itemOf, type LayoutItem, type StoredItem } from './perf-layouts.ts'

/** All points of one value of one layout, oldest first: parallel columns, as JSON from the database. */
interface Strand {
  readonly layout_no: number
  /** Position in the layout, from 1. */
  readonly item: number
  readonly at: readonly number[]
  /** Of the known values behind each point. */
  readonly count: readonly number[]
  readonly mean: readonly (number | null)[]
  readonly low: readonly (number | null)[]
  readonly high: readonly (number | null)[]
}

const DAY = 86_400_000

/** Parameters: $1 check, $2 from, $3 to. A row of packed samples may begin up to a day before its newest one. */
const POINTS = `
  SELECT r.at, r.layout_no, v.item, v.value
  FROM result r CROSS JOIN LATERAL unnest(r.points) WITH ORDINALITY AS v (value, item)
  WHERE r.check_no = (SELECT check_no FROM check_name WHERE check_id = $1) AND r.at >= $2 AND r.at < $3
  UNION ALL
  SELECT p.at + v.ms, p.layout_no, item, v.value
  FROM packed_sample p
    CROSS JOIN LATERAL (SELECT cardinality(p.times) AS n, cardinality(p.points) AS m) AS size
    CROSS JOIN LATERAL generate_series(1, m / n) AS item
    CROSS JOIN LATERAL unnest(p.times, p.points[(item - 1) * n + 1 : item * n]) AS v (ms, value)
  WHERE p.check_no = (SELECT check_no FROM check_name WHERE check_id = $1)
    AND p.at > $2::bigint - ${DAY} AND p.at < $3 AND p.at + v.ms >= $2 AND p.at + v.ms < $3`

/** At least the number of samples: results without performance data count too, so that the index alone answers. */
const COUNT = `
  SELECT coalesce(sum(n), 0)::bigint AS count FROM (
    SELECT count(*) AS n FROM result
    WHERE check_no = (SELECT check_no FROM check_name WHERE check_id = $1) AND at >= $2 AND at < $3
    UNION ALL
    SELECT sum(cardinality(times)) FROM packed_sample
    WHERE check_no = (SELECT check_no FROM check_name WHERE check_id = $1) AND at > $2::bigint - ${DAY} AND at < $3
  ) AS counted`

const EXACT = `
  SELECT layout_no, item::integer, json_agg(at ORDER BY at) AS at, json_agg(value ORDER BY at) AS mean
  FROM (${POINTS}) AS point (at, layout_no, item, value) GROUP BY layout_no, item ORDER BY layout_no, item`

/** $4 is the width of a bucket. */
const THINNED = `
  SELECT layout_no, item::integer, json_agg(at ORDER BY at) AS at, json_agg(count ORDER BY at) AS count,
    json_agg(mean ORDER BY at) AS mean, json_agg(low ORDER BY at) AS low, json_agg(high ORDER BY at) AS high
  FROM (
    SELECT layout_no, item, $2::bigint + (at - $2::bigint) / $4::bigint * $4::bigint AS at,
      count(value) AS count, avg(value) AS mean, min(value) AS low, max(value) AS high
    FROM (${POINTS}) AS point (at, layout_no, item, value) GROUP BY 1, 2, 3
  ) AS bucket GROUP BY layout_no, item ORDER BY layout_no, item`

/**
 * Thinned when the range holds more than `pointsMax` results: buckets of equal width from `from` on, each at the time it begins;
 * buckets without samples are left out, so that gaps stay gaps.
 */
export async function readSeries(client: Client, query: SeriesQuery): Promise<readonly Series[]> {
  const { checkId, from, to, pointsMax } = query
  if (to <= from || pointsMax < 1) return []
  const range = [checkId, from, to]
  const counted = await client.query<{ count: number }>(COUNT, range)
  const widthMs = Math.ceil((to - from) / pointsMax)
  const isThinned = (counted.rows[0]?.count ?? 0) > pointsMax && widthMs > 1
  const strands = isThinned
    ? (await client.query<Strand>(THINNED, [...range, widthMs])).rows
    : (await client.query<ExactStrand>(EXACT, range)).rows.map(withoutSpread)
  return seriesOf(strands, await layoutsOf(client, strands))
}

type ExactStrand = Omit<Strand, 'count' | 'low' | 'high'>

function withoutSpread(strand: ExactStrand): Strand {
  const count = strand.mean.map((value) => (value === null ? 0 : 1))
  return { ...strand, count, low: strand.mean, high: strand.mean }
}

type Layouts = ReadonlyMap<number, readonly LayoutItem[]>

async function layoutsOf(client: Client, strands: readonly Strand[]): Promise<Layouts> {
  const { rows } = await client.query<{ layout_no: number; items: string }>(
    'SELECT layout_no, items FROM perf_layout WHERE layout_no = ANY($1::int4[])',
    [[...new Set(strands.map((strand) => strand.layout_no))]],
  )
  return new Map(
    rows.map((row) => [row.layout_no, (JSON.parse(row.items) as StoredItem[]).map(itemOf)]),
  )
}

/** One series per label and unit, whatever happened to its thresholds meanwhile; the newest thresholds are shown. */
function seriesOf(strands: readonly Strand[], layouts: Layouts): Series[] {
  const byName = new Map<string, { readonly item: LayoutItem; readonly strands: Strand[] }>()
  for (const strand of newestLayoutFirst(strands)) {
    const items = layouts.get(strand.layout_no)
    const item = items?.[strand.item - 1]
    if (items === undefined || item === undefined) continue
    const name = nameOf(items, strand.item - 1)
    const series = byName.get(name) ?? { item, strands: [] }
    byName.set(name, series)
    series.strands.push(strand)
  }
  return [...byName.values()].map((series) => ({ ...series.item, ...columnsOf(series.strands) }))
}

function newestLayoutFirst(strands: readonly Strand[]): Strand[] {
  const newest = new Map<number, number>()
  for (const { layout_no, at } of strands) {
    newest.set(layout_no, Math.max(newest.get(layout_no) ?? 0, at.at(-1) ?? 0))
  }
  const ageOf = (strand: Strand): number => -(newest.get(strand.layout_no) ?? 0)
  return strands.toSorted((a, b) => ageOf(a) - ageOf(b) || a.item - b.item)
}

/** A plugin may give a label twice: then each is a series of its own. */
function nameOf(items: readonly LayoutItem[], index: number): string {
  const { label, unit } = items[index] as LayoutItem
  const before = items.slice(0, index).filter((item) => item.label === label && item.unit === unit)
  return JSON.stringify([label, unit, before.length])
}

type Columns = Pick<Series, 'at' | 'value' | 'low' | 'high'>

function columnsOf(strands: readonly Strand[]): Columns {
  const [only, ...more] = strands as [Strand, ...Strand[]]
  if (more.length === 0) return { at: only.at, value: only.mean, low: only.low, high: only.high }
  const points = strands.flatMap(pointsOf).sort((a, b) => a.at - b.at)
  const merged: Point[] = []
  for (const point of points) {
    const last = merged.at(-1)
    if (last?.at === point.at) merged[merged.length - 1] = together(last, point)
    else merged.push(point)
  }
  return {
    at: merged.map(({ at }) => at),
    value: merged.map(({ mean }) => mean),
    low: merged.map(({ low }) => low),
    high: merged.map(({ high }) => high),
  }
}

interface Point {
  readonly at: number
  readonly count: number
  readonly mean: number | null
  readonly low: number | null
  readonly high: number | null
}

function pointsOf({ at, count, mean, low, high }: Strand): Point[] {
  return at.map((time, n) => ({
    at: time,
    count: count[n] ?? 0,
    mean: mean[n] ?? null,
    low: low[n] ?? null,
    high: high[n] ?? null,
  }))
}

/** Two layouts of one series in one bucket. */
function together(a: Point, b: Point): Point {
  if (a.mean === null || a.low === null || a.high === null) return b
  if (b.mean === null || b.low === null || b.high === null) return a
  const count = a.count + b.count
  return {
    at: a.at,
    count,
    mean: (a.mean * a.count + b.mean * b.count) / count,
    low: Math.min(a.low, b.low),
    high: Math.max(a.high, b.high),
  }
}
