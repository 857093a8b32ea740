import { Client } from 'pg'

const CONNECT_MAX_MS = 5000

/** Connects once and says which server it is, such as `PostgreSQL 16.4 at db.example:5432/parallax`. Rejects with the driver's error. */
export async function describeServer(url: string): Promise<string> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MAX_MS,
    statement_timeout: CONNECT_MAX_MS,
  })
  await client.connect()
  try {
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version')
    return `PostgreSQL ${rows[0]?.server_version ?? '?'} at ${client.host}:${client.port}/${client.database ?? ''}`
  } finally {
    await client.end()
  }
}
