import { gauge, type Metric } from '../../base/metrics.ts'
import { withClient, type Pool } from './connection.ts'

/** What the server says of itself and of our database; nothing before the first look. */
export interface Vitals {
  /** @throws StoreUnavailable */
  look(): Promise<void>
  readonly metrics: readonly Metric[]
}

interface Row {
  readonly bytes: string
  readonly connections: number
  readonly connectionsMax: number
}

const LOOK = `SELECT pg_database_size(current_database()) AS bytes,
    (SELECT count(*)::integer FROM pg_stat_activity WHERE backend_type = 'client backend') AS connections,
    current_setting('max_connections')::integer AS "connectionsMax"`

export function createVitals(pool: Pool): Vitals {
  let seen: Row | undefined
  const of = (pick: (row: Row) => number) => (): number =>
    seen === undefined ? Number.NaN : pick(seen)
  return {
    async look() {
      const { rows } = await withClient(pool, (client) => client.query<Row>(LOOK))
      seen = rows[0]
    },
    metrics: [
      gauge(
        'parallax_database_bytes',
        'Size of the database.',
        of(({ bytes }) => Number(bytes)),
      ),
      gauge(
        'parallax_database_connections',
        'Connections to the server of all its databases.',
        of(({ connections }) => connections),
      ),
      gauge(
        'parallax_database_connections_max',
        'Connections that the server allows.',
        of(({ connectionsMax }) => connectionsMax),
      ),
    ],
  }
}
