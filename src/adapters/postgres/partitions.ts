import { instant, isoOf, type Instant } from '../../base/instant.ts'
import { inTransaction, withClient, type Client, type Pool } from './connection.ts'

export const DAY_MS = 86_400_000

export type PartitionedTable = 'result' | 'packed_sample' | 'state_change' | 'verdict_receipt'

/** Days of UTC. */
export interface Retention {
  /** Raw results. */
  readonly resultsDays: number
  /** Performance data and state changes. */
  readonly seriesDays: number
  /** Receipts of verdicts. Absent: as long as raw results. */
  readonly receiptsDays?: number
}

export interface Partitions {
  /** Reads which ones there are; call once before the rest. */
  load(): Promise<void>
  /** What may be written now: older rows would be dropped at once, later ones are a wrong clock's. */
  span(table: PartitionedTable, now: Instant): Span
  /** Makes what is missing for rows of these times. */
  ensure(table: PartitionedTable, times: Iterable<number>): Promise<void>
  /**
   * Drops what is past its retention. `beforeDrop` carries over what shall outlive a partition, in the same transaction.
   * @returns names of those dropped
   */
  dropOld(now: Instant, beforeDrop: CarryOver): Promise<string[]>
  count(): number
}

export type CarryOver = (client: Client, partition: Partition) => Promise<void>

export interface Partition extends Span {
  readonly table: PartitionedTable
  readonly name: string
}

/** Half open. */
export interface Span {
  readonly from: Instant
  readonly to: Instant
}

/** Ten days to a partition where rows are few, so that a page over weeks opens few of them. */
const DAYS_PER_PARTITION: Readonly<Record<PartitionedTable, number>> = {
  result: 1,
  packed_sample: 10,
  state_change: 10,
  verdict_receipt: 1,
}
const TABLES = Object.keys(DAYS_PER_PARTITION) as PartitionedTable[]
const DAYS_AHEAD = 2

/** Time partitions named by the UTC day they start with, such as `result_20260131`. */
export function createPartitions(pool: Pool, retention: Retention): Partitions {
  /** First days, counted from the epoch. */
  const known: Readonly<Record<PartitionedTable, Set<number>>> = {
    result: new Set(),
    packed_sample: new Set(),
    state_change: new Set(),
    verdict_receipt: new Set(),
  }
  const keptDays = (table: PartitionedTable): number =>
    table === 'result'
      ? retention.resultsDays
      : table === 'verdict_receipt'
        ? (retention.receiptsDays ?? retention.resultsDays)
        : retention.seriesDays

  const make = async (table: PartitionedTable, day: number): Promise<void> => {
    await withClient(pool, (client) => client.query(creationOf(partitionOf(table, day))))
    known[table].add(day)
  }

  return {
    async load() {
      const { rows } = await withClient(pool, (client) =>
        client.query<{ name: string }>(
          `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
           WHERE i.inhparent = ANY($1::text[]::regclass[])`,
          [TABLES],
        ),
      )
      for (const table of TABLES) known[table].clear()
      for (const { name } of rows) {
        const table = TABLES.find((candidate) => name.startsWith(`${candidate}_2`))
        if (table !== undefined) known[table].add(dayOfName(name))
      }
    },

    span(table, now) {
      const today = Math.floor(now / DAY_MS)
      return {
        from: instant((today - keptDays(table)) * DAY_MS),
        to: instant((today + DAYS_AHEAD) * DAY_MS),
      }
    },

    async ensure(table, times) {
      const per = DAYS_PER_PARTITION[table]
      let last = Number.NaN
      for (const at of times) {
        const day = Math.floor(at / DAY_MS / per) * per
        if (day === last) continue
        last = day
        if (!known[table].has(day)) await make(table, day)
      }
    },

    async dropOld(now, beforeDrop) {
      const dropped: string[] = []
      for (const table of TABLES) {
        const oldest = Math.floor(now / DAY_MS) - keptDays(table)
        for (const day of [...known[table]].sort((a, b) => a - b)) {
          if (day + DAYS_PER_PARTITION[table] > oldest) break
          const partition = partitionOf(table, day)
          await inTransaction(pool, async (client) => {
            await beforeDrop(client, partition)
            await client.query(IMPATIENT)
            await client.query(`DROP TABLE IF EXISTS ${partition.name}`)
          })
          known[table].delete(day)
          dropped.push(partition.name)
        }
      }
      return dropped
    },

    count: () => TABLES.reduce((sum, table) => sum + known[table].size, 0),
  }
}

/** Dropping needs every reader of the table to end first; rather try again in an hour than hold up intake behind a long report. */
const IMPATIENT = `SET LOCAL lock_timeout = '1s'`

/** ATTACH rather than PARTITION OF: it lets readers and writers of the other partitions go on. One implicit transaction. */
function creationOf({ table, name, from, to }: Partition): string {
  return `
    SELECT pg_advisory_xact_lock(7090814703);
    DO $$ BEGIN
      IF to_regclass('${name}') IS NULL THEN
        CREATE TABLE ${name} (LIKE ${table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
        ALTER TABLE ${table} ATTACH PARTITION ${name} FOR VALUES FROM (${from}) TO (${to});
      END IF;
    END $$;`
}

function partitionOf(table: PartitionedTable, day: number): Partition {
  return {
    table,
    name: `${table}_${isoOf(instant(day * DAY_MS))
      .slice(0, 10)
      .replaceAll('-', '')}`,
    from: instant(day * DAY_MS),
    to: instant((day + DAYS_PER_PARTITION[table]) * DAY_MS),
  }
}

function dayOfName(name: string): number {
  const text = name.slice(-8)
  return Date.parse(`${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`) / DAY_MS
}
