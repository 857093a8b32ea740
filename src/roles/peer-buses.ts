import { join } from 'node:path'
import { openNatsBus } from '../adapters/nats/bus.ts'
import type { LinkSettings } from '../adapters/nats/link.ts'
import { authenticatorOf } from '../adapters/nats/trust/credentials.ts'
import { openTrust } from '../adapters/nats/trust/trust.ts'
import type { ReplicaBus } from '../orchestrator/replication/ports.ts'
import type { Peer } from '../settings/setting-parsers.ts'
import { peerInboxPrefix } from '../wire/permissions.ts'
import type { HubParts } from './hub-parts.ts'
import type { Undoing } from './undoing.ts'

/**
 * Where a hub meets the others: on its own nats-server, and on that of each peer, with the credentials that all hubs of an installation can
 * make. Answers do not come in where those of collectors do.
 */
export async function openPeerBuses(
  name: string,
  { settings, clock, log, own }: PeersOf,
  undoing: Undoing,
): Promise<readonly ReplicaBus[]> {
  const peers = settings.peers.map(async (peer) => {
    const credentials = await credentialsFor(peer, name, settings.data, clock)
    return { servers: [peer.url], hubs: [peer.name], ...credentials }
  })
  const buses = [own, ...(await Promise.all(peers))].map((link) => {
    const links = [{ ...link, inboxPrefix: peerInboxPrefix(name) }]
    const bus = openNatsBus({ name, links, clock, log })
    undoing.add(() => bus.close())
    return bus
  })
  return buses.map((bus) => ({ bus, onOpen: (run) => bus.onOpen(() => run()) }))
}

export interface PeersOf extends Pick<HubParts, 'settings' | 'clock' | 'log'> {
  /** To its own server. */
  readonly own: LinkSettings
}

/** A server without TLS, on the loopback, asks nobody. */
async function credentialsFor({ url }: Peer, name: string, data: string, clock: HubParts['clock']) {
  if (url.startsWith('nats://')) return { ca: undefined, authenticator: undefined }
  const trust = await openTrust(join(data, 'trust'), clock)
  return { ca: trust.ca, authenticator: authenticatorOf(await trust.hubCredentials(name)) }
}
