import { join } from 'node:path'
import { openNatsBus, type NatsBus } from '../adapters/nats/bus.ts'
import { authenticatorOf } from '../adapters/nats/trust/credentials.ts'
import { openTrust } from '../adapters/nats/trust/trust.ts'
import type { ReplicaBus } from '../orchestrator/replication/ports.ts'
import type { Peer } from '../settings/setting-parsers.ts'
import { hubInboxPrefix } from '../wire/permissions.ts'
import type { HubParts } from './hub-parts.ts'
import type { Undoing } from './undoing.ts'

/**
 * Where a hub meets the others: on its own bus, and on one that leads to the nats-server of each peer, with the credentials that all hubs of an
 * installation can make.
 */
export async function openPeerBuses(
  name: string,
  { settings, clock, log, own }: PeersOf,
  undoing: Undoing,
): Promise<readonly ReplicaBus[]> {
  const peers = settings.peers.map(async (peer) => {
    const credentials = await credentialsFor(peer, name, settings.data, clock)
    const link = { servers: [peer.url], hubs: [peer.name], inboxPrefix: hubInboxPrefix(name) }
    const bus = openNatsBus({ name, links: [{ ...link, ...credentials }], clock, log })
    undoing.add(() => bus.close())
    return bus
  })
  const buses = [own, ...(await Promise.all(peers))]
  return buses.map((bus) => ({ bus, onOpen: (run) => bus.onOpen(() => run()) }))
}

export interface PeersOf extends Pick<HubParts, 'settings' | 'clock' | 'log'> {
  readonly own: NatsBus
}

/** A server without TLS, on the loopback, asks nobody. */
async function credentialsFor({ url }: Peer, name: string, data: string, clock: HubParts['clock']) {
  if (url.startsWith('nats://')) return { ca: undefined, authenticator: undefined }
  const trust = await openTrust(join(data, 'trust'), clock)
  return { ca: trust.ca, authenticator: authenticatorOf(await trust.hubCredentials(name)) }
}
