import { connect, type NatsConnection } from '@nats-io/transport-node'
import { BusUnavailable } from '../../../wire/bus.ts'
import { authenticatorOf } from './credentials.ts'
import { CLAIMS_UPDATE } from './signing.ts'
import { tlsOf } from './tls.ts'
import type { Trust } from './trust.ts'

const ANSWER_MS = 5_000

/**
 * Tells servers who is shut out now: connections of those are cut at once. Servers that are joined to these hear it from them.
 * @param servers any one of them will do
 * @throws BusUnavailable when none can be told; it has it from its configuration when it is started again
 */
export async function pushAccount(trust: Trust, servers: readonly string[]): Promise<void> {
  let connection: NatsConnection | undefined
  try {
    connection = await connect({
      servers: [...servers],
      name: 'parallax: who is shut out',
      tls: tlsOf(trust.ca, servers),
      authenticator: authenticatorOf(await trust.systemCredentials()),
      timeout: ANSWER_MS,
      reconnect: false,
      ignoreClusterUpdates: true,
    })
    const reply = await connection.request(CLAIMS_UPDATE, await trust.account(), {
      timeout: ANSWER_MS,
    })
    const { error } = reply.json<{ readonly error?: { readonly description?: string } }>()
    if (error !== undefined) throw new Error(error.description ?? 'the server does not want it')
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause)
    throw new BusUnavailable(`${servers.join(', ')} could not be told who is shut out: ${text}`, {
      cause,
    })
  } finally {
    await connection?.close()
  }
}
