import { join } from 'node:path'
import { openNatsBus, type NatsBus } from '../adapters/nats/bus.ts'
import type { LinkSettings } from '../adapters/nats/link.ts'
import { startBusServer } from '../adapters/nats/server/bus-server.ts'
import { monitorServer } from '../adapters/nats/server/monitor.ts'
import { authenticatorOf } from '../adapters/nats/trust/credentials.ts'
import { openTrust, type Trust } from '../adapters/nats/trust/trust.ts'
import { hubInboxPrefix } from '../wire/permissions.ts'
import type { Metric } from '../base/metrics.ts'
import type { HubParts } from './hub-parts.ts'
import { serversOf } from './hub-enrolment.ts'
import { busMetrics } from './self/bus-metrics.ts'
import type { Undoing } from './undoing.ts'

/** What a hub's bus is made of, for who lets others onto it. */
export interface OutsideLink {
  readonly link: LinkSettings
  /** `undefined`: its servers ask nobody who he is. */
  readonly trust: Trust | undefined
  /** As collectors on other machines reach them. */
  readonly servers: readonly string[]
  /** Of its own server, where there is one. */
  readonly metrics: readonly Metric[]
  /** Settles only by rejecting: its own server died for good. */
  readonly failed: Promise<never>
}

export interface OutsideBus extends OutsideLink {
  readonly bus: NatsBus
  /** Of the connection, and of its own server where there is one. */
  readonly metrics: readonly Metric[]
}

/** The bus of a hub: a nats-server of its own, or those that it was told of. */
export async function openHubBus(
  name: string,
  parts: HubParts,
  undoing: Undoing,
): Promise<OutsideBus> {
  const { settings, clock, log } = parts
  const outside =
    settings.busUrl === undefined
      ? await startOwnServer(name, parts, undoing)
      : await linkTo(settings.busUrl, name, parts)
  const bus = openNatsBus({ name, links: [outside.link], clock, log })
  undoing.add(() => bus.close())
  return { ...outside, bus, metrics: [...outside.metrics, ...busMetrics(bus, [name])] }
}

async function startOwnServer(
  name: string,
  { settings, environment, clock, log, progress }: HubParts,
  undoing: Undoing,
): Promise<OutsideLink> {
  progress('starting the bus')
  const { data, busListen: listen, leafListen, busAddresses } = settings
  const trust = await openTrust(join(data, 'trust'), clock)
  const server = await startBusServer({
    folder: join(data, 'nats'),
    name,
    listen,
    leafListen,
    names: busAddresses.map(hostOf),
    trust,
    path: environment['PATH'],
    clock,
    log,
  })
  undoing.add(() => server.close())
  const monitor = monitorServer(server.monitorUrl, clock)
  undoing.add(() => monitor.close())
  const link = {
    servers: [server.url],
    hubs: [name],
    ca: trust.ca,
    authenticator: authenticatorOf(await trust.hubCredentials(name)),
    inboxPrefix: hubInboxPrefix(name),
  }
  const { failed, port } = server
  return { link, trust, servers: serversOf(settings, port), metrics: monitor.metrics, failed }
}

/** Servers with TLS know our accounts; those without it, on the loopback, ask nobody. */
async function linkTo(
  servers: readonly string[],
  name: string,
  { settings, clock }: HubParts,
): Promise<OutsideLink> {
  const isPlain = servers.every((server) => server.startsWith('nats://'))
  const link = { servers, hubs: [name], inboxPrefix: hubInboxPrefix(name) }
  const rest = { servers, metrics: [], failed: new Promise<never>(() => undefined) }
  if (isPlain)
    return { ...rest, trust: undefined, link: { ...link, ca: undefined, authenticator: undefined } }
  const trust = await openTrust(join(settings.data, 'trust'), clock)
  const authenticator = authenticatorOf(await trust.hubCredentials(name))
  return { ...rest, trust, link: { ...link, ca: trust.ca, authenticator } }
}

/** `[::1]:4222`, `hub.example.org` and `hub.example.org:4222` without their ports. */
function hostOf(address: string): string {
  return address.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')
}
