import { StoreUnavailable } from '../../results/ports.ts'
import { isOutage, type Pool } from './connection.ts'

/** One row of a table, columns by name: numbers, texts and `null`; bytes as `\x` and hexadecimal digits. */
export interface BackupRow {
  readonly table: string
  readonly row: Readonly<Record<string, unknown>>
}

/** What a new hub needs, in an order in which it can be stored. The first two say what the rest is. */
export const BACKED_UP = [
  'schema_migration',
  'replica',
  'configuration_text',
  'configuration_activation',
  'configuration_object',
  'account',
  'api_token',
  'operator_intent',
  'replica_peer',
  'enrolled_collector',
] as const

/** What it does not need, and why. A test compares both lists with the schema. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  check_name: 'numbers of this database',
  collector_name: 'numbers of this database',
  state_name: 'comes with the schema',
  object_record: 'the present comes with the next results',
  watermark: 'says what this database holds of results',
  perf_layout: 'numbers of this database',
  result: 'history of this hub',
  packed_sample: 'history of this hub',
  state_change: 'history of this hub',
  verdict_receipt: 'history of this hub',
  observer_incident: 'history of this hub',
  late_span: 'repairs of the history of this hub',
  session: 'people sign in at each hub',
  audit: 'what was done at this hub',
  setup_token: 'each hub makes its own, as long as there is no account',
  join_token: 'is used once, at the hub that made it',
  configuration_job: 'jobs of this hub; what they made active is in the backup',
}

/** Rows are read so many at a time; texts may be large. */
const ROWS_AT_ONCE = 20

/** Every row of these tables as it is at one instant. @throws StoreUnavailable */
export async function* readBackup(pool: Pool): AsyncGenerator<BackupRow> {
  let client
  try {
    client = await pool.connect()
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    for (const table of BACKED_UP) {
      await client.query(
        `DECLARE backup NO SCROLL CURSOR FOR SELECT row_to_json(t)::text AS row FROM ${table} t`,
      )
      for (;;) {
        const { rows } = await client.query<{ row: string }>(`FETCH ${ROWS_AT_ONCE} FROM backup`)
        if (rows.length === 0) break
        for (const { row } of rows) yield { table, row: JSON.parse(row) as BackupRow['row'] }
      }
      await client.query('CLOSE backup')
    }
    await client.query('COMMIT')
    client.release()
    client = undefined
  } catch (error) {
    throw isOutage(error) ? new StoreUnavailable((error as Error).message, { cause: error }) : error
  } finally {
    client?.release(true) // whoever read it left in the middle
  }
}
