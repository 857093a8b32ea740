import type { Clock } from '../../base/clock.ts'
import type { Metric } from '../../base/metrics.ts'
import type { CheckId } from '../../domain/check-id.ts'
import type { Effects, ResultStore, Sample } from '../../results/ports.ts'
import type { ObjectRecord } from '../../results/state/record.ts'
import { batchOf, withoutStored, type Batch } from './batch.ts'
import { arrayText } from './array-text.ts'
import { inTransaction, withClient, type Client, type Pool } from './connection.ts'
import { startCopy } from './copy.ts'
import { createNumberedNames } from './names.ts'
import type { Partitions } from './partitions.ts'
import type { LayoutOf, PerfLayouts } from './perf-layouts.ts'
import { createRowEncoder, type Numbers } from './rows.ts'
import { noteLate } from './late-spans.ts'
import { saveChanges } from './state-changes.ts'
import { saveIncidents, saveReceipts } from './verdict-store.ts'
import { lockWatermarks, moveWatermarks, readWatermarks } from './watermarks.ts'

export interface ResultStoreParts {
  readonly clock: Clock
  readonly partitions: Partitions
  readonly layouts: PerfLayouts
}

export interface PostgresResultStore extends ResultStore {
  readonly metrics: readonly Metric[]
}

interface Prepared {
  readonly batch: Batch
  readonly layoutOf: LayoutOf
}

const COPY_RESULTS = `COPY result (at, check_no, ran_ms, collector_no, state, use, layout_no, claimed_at, output, perfdata, points, origin)
  FROM STDIN WITH (FORMAT binary)`
const COPY_LOOSE = `COPY packed_sample (at, check_no, layout_no, times, points) FROM STDIN WITH (FORMAT binary)`

/**
 * Rules ST1 to ST9 of docs/spec/store.md. One commit is one transaction on one connection; commits follow one another in the
 * order of the calls. Repeating a commit whose outcome is unknown is harmless as long as its watermarks cover its results.
 */
export async function createResultStore(
  pool: Pool,
  parts: ResultStoreParts,
): Promise<PostgresResultStore> {
  const { clock, partitions, layouts } = parts
  const numbers: Numbers = {
    checks: createNumberedNames(pool, 'check_name'),
    collectors: createNumberedNames(pool, 'collector_name'),
  }
  await Promise.all([numbers.checks.load(), numbers.collectors.load(), partitions.load()])
  const encoder = createRowEncoder(numbers)
  const counts = { commits: 0, stored: 0, expired: 0, repeated: 0 }
  const numberOf = (checkId: CheckId): number => numbers.checks.numberOf(checkId)
  let last: Promise<unknown> = Promise.resolve()

  /** All that may go in before the transaction, because it does no harm alone: names, layouts, partitions. */
  const prepare = async (effects: Effects): Promise<Prepared> => {
    const now = clock.now()
    const batch = batchOf(effects, (table) => partitions.span(table, now), now)
    await partitions.ensure('result', times(batch.results))
    await partitions.ensure('packed_sample', times(batch.loose))
    await partitions.ensure('state_change', times(batch.changes))
    await partitions.ensure('verdict_receipt', times(effects.receipts ?? []))
    await numbers.checks.learn(checksOf(effects))
    await numbers.collectors.learn(batch.results.map(({ stored }) => stored.result.collector))
    return { batch, layoutOf: await layouts.learn(samplesOf(batch)) }
  }

  const write = async (effects: Effects): Promise<void> => {
    const prepared = await prepare(effects)
    const written = await inTransaction(pool, async (client) => {
      const held = await lockWatermarks(client, effects.watermarks)
      const batch = withoutStored(prepared.batch, effects, held)
      const { layoutOf } = prepared
      const copying =
        batch.results.length === 0
          ? undefined
          : startCopy(client, COPY_RESULTS, encoder.results(batch.results, layoutOf))
      await copying?.sent
      const texts = encoder.records(effects.records) // while the server takes the last rows
      await copying?.done
      await saveRecords(client, effects.records, texts, numbers)
      if (batch.loose.length > 0) {
        await startCopy(client, COPY_LOOSE, encoder.loose(batch.loose, layoutOf)).done
      }
      await saveChanges(client, batch.changes, numberOf)
      await saveReceipts(client, effects.receipts ?? [], numberOf)
      await saveIncidents(client, effects.incidents ?? [])
      await noteLate(client, batch.results, { numberOf, now: clock.now() })
      await moveWatermarks(client, effects.watermarks, clock.now())
      return batch
    })
    counts.commits++
    counts.stored += written.results.length
    counts.expired += written.expired
    counts.repeated += prepared.batch.results.length - written.results.length
  }

  return {
    async loadRecords() {
      const { rows } = await withClient(pool, (client) =>
        client.query<[string]>({ text: 'SELECT record FROM object_record', rowMode: 'array' }),
      )
      return rows.map(([text]) => JSON.parse(text) as ObjectRecord)
    },

    loadWatermarks: () => withClient(pool, readWatermarks),

    commit(effects) {
      const done = last.then(() => write(effects))
      last = done.catch(() => undefined) // the caller hears of it; the next commit starts afresh
      return done
    },

    metrics: metricsOf(counts, partitions),
  }
}

function* times(rows: readonly { readonly at: number }[]): Iterable<number> {
  for (const row of rows) yield row.at
}

function* samplesOf(batch: Batch): Iterable<Sample> {
  for (const { sample } of batch.results) if (sample !== undefined) yield sample
  yield* batch.loose
}

function* checksOf(effects: Effects): Iterable<string> {
  for (const { result } of effects.history) yield result.checkId
  for (const { checkId } of effects.samples) yield checkId
  for (const { checkId } of effects.records) yield checkId
  for (const { checkId } of effects.changes) yield checkId
  for (const { checkId } of effects.receipts ?? []) yield checkId
}

async function saveRecords(
  client: Client,
  records: readonly ObjectRecord[],
  texts: Buffer,
  { checks }: Numbers,
): Promise<void> {
  if (records.length === 0) return
  await client.query({
    name: 'save-records',
    text: `INSERT INTO object_record (check_no, last_result_at, record)
      SELECT * FROM unnest($1::int4[], $2::int8[], $3::text[])
      ON CONFLICT (check_no) DO UPDATE SET last_result_at = excluded.last_result_at, record = excluded.record`,
    values: [
      arrayText(records, ({ checkId }) => checks.numberOf(checkId)),
      arrayText(records, ({ lastResultAt }) => lastResultAt),
      texts,
    ],
  })
}

type Counts = Readonly<Record<'commits' | 'stored' | 'expired' | 'repeated', number>>

function metricsOf(counts: Counts, partitions: Partitions): Metric[] {
  const counter = (name: string, help: string, read: () => number): Metric => ({
    name: `parallax_${name}_total`,
    help,
    kind: 'counter',
    read,
  })
  return [
    counter('results_stored', 'Results that the database holds.', () => counts.stored),
    counter('store_commits', 'Batches of results that were stored.', () => counts.commits),
    counter(
      'store_rows_expired',
      'Rows left out: older than their retention, or of a clock far ahead.',
      () => counts.expired,
    ),
    counter(
      'store_results_repeated',
      'Results of repeated commits that the database held already.',
      () => counts.repeated,
    ),
    {
      name: 'parallax_store_partitions',
      help: 'Time partitions in the database.',
      kind: 'gauge',
      read: () => partitions.count(),
    },
  ]
}
