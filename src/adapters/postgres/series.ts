import type { Series, SeriesQuery } from '../../results/ports.ts'
import type { Client } from './connection.ts'
import { itemOf, type LayoutItem, type StoredItem } from './perf-layouts.ts'

/** One value, or one bucket of values; from the database, oldest first. */
interface PointRow {
  readonly at: number
  readonly layoutNo: number
  /** Position in the layout, from 1. */
  readonly item: number
  /** Of the values that are known; all `null` when there is none. */
  readonly count: number
  readonly sum: number | null
  readonly low: number | null
  readonly high: number | null
}

const DAY = 86_400_000

/** Parameters: $1 check, $2 from, $3 to. A row of packed samples may begin up to a day before its newest one. */
const POINTS = `
  SELECT r.at, r.layout_no, v.item::integer, v.value
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

const COUNT = `
  SELECT coalesce(sum(n), 0)::bigint AS count FROM (
    SELECT count(*) AS n FROM result
    WHERE check_no = (SELECT check_no FROM check_name WHERE check_id = $1) AND at >= $2 AND at < $3 AND layout_no IS NOT NULL
    UNION ALL
    SELECT sum(cardinality(times)) FROM packed_sample
    WHERE check_no = (SELECT check_no FROM check_name WHERE check_id = $1) AND at > $2::bigint - ${DAY} AND at < $3
  ) AS counted`

const EXACT = `
  SELECT at, layout_no, item, (value IS NOT NULL)::integer, value, value, value
  FROM (${POINTS}) AS point (at, layout_no, item, value) ORDER BY at, layout_no, item`

/** $4 is the width of a bucket. */
const THINNED = `
  SELECT $2::bigint + (at - $2::bigint) / $4::bigint * $4::bigint AS bucket, layout_no, item, count(value), sum(value), min(value), max(value)
  FROM (${POINTS}) AS point (at, layout_no, item, value) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`

/**
 * Thinned when the range holds more than `pointsMax` samples: buckets of equal width from `from` on, each at the time it begins;
 * buckets without samples are left out, so that gaps stay gaps.
 */
export async function readSeries(client: Client, query: SeriesQuery): Promise<readonly Series[]> {
  const { checkId, from, to, pointsMax } = query
  if (to <= from || pointsMax < 1) return []
  const range = [checkId, from, to]
  const counted = await client.query<{ count: number }>(COUNT, range)
  const widthMs = Math.ceil((to - from) / pointsMax)
  const isThinned = (counted.rows[0]?.count ?? 0) > pointsMax && widthMs > 1
  const { rows } = await client.query<RawPoint>({
    text: isThinned ? THINNED : EXACT,
    values: isThinned ? [...range, widthMs] : range,
    rowMode: 'array',
  })
  const points = rows.map(pointOf)
  return seriesOf(points, await layoutsOf(client, points))
}

type RawPoint = [number, number, number, number, number | null, number | null, number | null]

function pointOf([at, layoutNo, item, count, sum, low, high]: RawPoint): PointRow {
  return { at, layoutNo, item, count, sum, low, high }
}

/** Newest first, by the time of their newest point. */
async function layoutsOf(
  client: Client,
  points: readonly PointRow[],
): Promise<Map<number, readonly LayoutItem[]>> {
  const numbers = [...new Set(points.toReversed().map((point) => point.layoutNo))]
  const { rows } = await client.query<{ layout_no: number; items: string }>(
    'SELECT layout_no, items FROM perf_layout WHERE layout_no = ANY($1::int4[]) ORDER BY array_position($1::int4[], layout_no)',
    [numbers],
  )
  return new Map(
    rows.map((row) => [row.layout_no, (JSON.parse(row.items) as StoredItem[]).map(itemOf)]),
  )
}

interface Columns {
  readonly item: LayoutItem
  readonly at: number[]
  readonly value: (number | null)[]
  readonly low: (number | null)[]
  readonly high: (number | null)[]
  /** Known values behind each point. */
  readonly counts: number[]
}

/** One series per label and unit, whatever happened to its thresholds meanwhile; the newest thresholds are shown. */
function seriesOf(
  points: readonly PointRow[],
  layouts: ReadonlyMap<number, readonly LayoutItem[]>,
): Series[] {
  const byName = new Map<string, Columns>()
  const columnsOf = new Map<number, readonly Columns[]>()
  for (const [layoutNo, items] of layouts) columnsOf.set(layoutNo, columnsIn(byName, items))
  for (const point of points) {
    const columns = columnsOf.get(point.layoutNo)?.[point.item - 1]
    if (columns !== undefined) add(columns, point)
  }
  return [...byName.values()].map(({ item, at, value, low, high }) => ({
    ...item,
    at,
    value,
    low,
    high,
  }))
}

/** A plugin may give a label twice: then each is a series of its own. */
function columnsIn(byName: Map<string, Columns>, items: readonly LayoutItem[]): Columns[] {
  const seen = new Map<string, number>()
  return items.map((item) => {
    const label = `${item.label}\0${item.unit}`
    const nth = (seen.get(label) ?? 0) + 1
    seen.set(label, nth)
    const name = `${label}\0${nth}`
    const columns = byName.get(name) ?? { item, at: [], value: [], low: [], high: [], counts: [] }
    byName.set(name, columns)
    return columns
  })
}

/** Points come oldest first; two layouts of one series can share a bucket. */
function add(columns: Columns, { at, count, sum, low, high }: PointRow): void {
  const last = columns.at.length - 1
  if (columns.at[last] !== at) {
    columns.at.push(at)
    columns.value.push(sum === null ? null : sum / count)
    columns.low.push(low)
    columns.high.push(high)
    columns.counts.push(count)
    return
  }
  if (sum === null) return
  const before = columns.counts[last] as number
  const total = (columns.value[last] ?? 0) * before + sum
  columns.counts[last] = before + count
  columns.value[last] = total / (before + count)
  columns.low[last] = Math.min(columns.low[last] ?? Infinity, low as number)
  columns.high[last] = Math.max(columns.high[last] ?? -Infinity, high as number)
}
