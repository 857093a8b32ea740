import { hostname } from 'node:os'
import { openClusterInterest } from '../adapters/nats/cluster-interest.ts'
import { createGatekeeper } from '../adapters/nats/trust/gatekeeper.ts'
import type { Database } from '../adapters/postgres/database.ts'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { clusterOf, DEFAULT_CLUSTER } from '../domain/cluster.ts'
import {
  createEnrolmentDesk,
  type EnrolmentDesk,
} from '../orchestrator/enrolment/enrolment-desk.ts'
import { startExchange } from '../orchestrator/enrolment/exchange.ts'
import type { EnrolledCollector } from '../orchestrator/enrolment/ports.ts'
import type { Roster } from '../orchestrator/roster.ts'
import type { HubSettings } from '../settings/settings.ts'
import type { Bus } from '../wire/bus.ts'
import { enrolAt, type EnrolLink } from '../wire/enrolment.ts'
import type { Active } from './desk/active.ts'
import type { OutsideLink } from './hub-bus.ts'
import { serversBehind, type HubAddress } from './hub-tunnels.ts'
import type { Undoing } from './undoing.ts'

export interface HubEnrolmentParts {
  readonly hub: string
  readonly settings: Pick<HubSettings, 'peers'>
  readonly bus: Bus
  readonly outside: OutsideLink
  readonly database: Pick<Database, 'enrolment'>
  readonly active: Pick<Active, 'fleet'>
  readonly roster: Roster
  readonly clock: Clock
  readonly log: Log
}

/** A cluster that an apply brought is told to servers of clusters within this time. */
const CLUSTERS_MS = 2_000

export interface HubEnrolment {
  readonly desk: EnrolmentDesk
  /** Collectors whose messages count for nothing, by id. */
  shutOut(): readonly string[]
  /** Calls `run` when somebody was shut out here, or joined under the name of one who was: plans say who counts. */
  onShutOut(run: () => void): void
  /** Tells other hubs on this bus who joined and who was shut out, and hears it from them. */
  exchangeOver(bus: Bus): void
}

/** Lets collectors join this hub; `undefined` where the bus asks nobody who he is. */
export async function startEnrolment(
  parts: HubEnrolmentParts,
  undoing: Undoing,
): Promise<HubEnrolment | undefined> {
  const { hub, settings, bus, outside, database, active, roster, clock, log } = parts
  const { trust, link, servers } = outside
  if (trust === undefined) return undefined
  let joined: readonly EnrolledCollector[] = []
  let shutOut: readonly string[] = []
  let changed: () => void = () => undefined
  const know = (collectors: readonly EnrolledCollector[]): void => {
    joined = collectors.filter(({ revokedAt }) => revokedAt === undefined)
    shutOut = collectors.filter(({ revokedAt }) => revokedAt !== undefined).map(({ id }) => id)
    roster.expect(joined.map(({ id }) => id))
    for (const id of shutOut) roster.forget(id)
  }
  know(await database.enrolment.collectors())
  const clusters = (): readonly string[] => [
    ...new Set([
      DEFAULT_CLUSTER,
      ...active.fleet.clusters.keys(),
      ...joined.map(({ cluster }) => cluster),
    ]),
  ]
  keepInterest({ hub, link, clusters, clock, log }, undoing)
  const store = database.enrolment
  const gatekeeper = createGatekeeper(trust, link.servers)
  const exchange = startExchange({ hub, store, gatekeeper, onChange: know, clock, log })
  undoing.add(() => exchange.close())
  const itself: HubAddress = { name: hub, servers }
  const peers = settings.peers.map(({ name, url }): HubAddress => ({ name, servers: [url] }))
  const linkTo = (cluster: string, to: HubAddress): EnrolLink => {
    const tunnel = clusterOf(active.fleet.clusters, cluster)?.tunnel
    return { hubs: [to.name], servers: [...serversBehind(tunnel, to, hub)] }
  }
  const desk = createEnrolmentDesk({
    hub,
    store,
    gatekeeper,
    servers: (cluster) => linkTo(cluster, itself).servers,
    links: (cluster) =>
      [itself, ...peers].map((to) => linkTo(cluster, to)).filter((way) => way.servers.length > 0),
    hasCluster: (name) => clusterOf(active.fleet.clusters, name) !== undefined,
    onChange: (collectors) => {
      const before = shutOut.join()
      know(collectors)
      void exchange.say()
      if (shutOut.join() !== before) changed()
    },
    clock,
    log,
  })
  const answering = bus.answer(enrolAt(hub), (question) => desk.enrol(question))
  undoing.add(() => answering.close())
  return {
    desk,
    shutOut: () => shutOut,
    onShutOut: (run) => (changed = run),
    exchangeOver: (other) => exchange.over(other),
  }
}

interface InterestParts extends Pick<HubEnrolmentParts, 'hub' | 'clock' | 'log'> {
  readonly link: OutsideLink['link']
  readonly clusters: () => readonly string[]
}

/** Servers of clusters know what this hub hears for as long as it runs. */
function keepInterest(parts: InterestParts, undoing: Undoing): void {
  const { clusters, clock } = parts
  const interest = openClusterInterest(parts)
  undoing.add(() => interest.close())
  const stop = new AbortController()
  const keep = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      interest.setClusters(clusters())
      await clock.sleep(CLUSTERS_MS, stop.signal)
    }
  }
  const kept = keep()
  undoing.add(async () => {
    stop.abort()
    await kept
  })
}

/** Where collectors on other machines reach the bus of this hub. */
export function serversOf(
  { busAddresses, busUrl, busListen }: HubSettings,
  port: number,
): readonly string[] {
  if (busUrl !== undefined) return busUrl
  if (busAddresses.length > 0)
    return busAddresses.map((address) => `tls://${withPort(address, port)}`)
  const { host } = busListen
  const reached = ['0.0.0.0', '::'].includes(host) ? hostname() : host
  return [`tls://${withPort(reached.includes(':') ? `[${reached}]` : reached, port)}`]
}

/** `[::1]` and `hub` get the port, `hub:4223` has one. */
function withPort(address: string, port: number): string {
  if (/:\d+$/.test(address) && !/^[^[]*:.*:/.test(address)) return address
  const isBare = address.includes(':') && !address.startsWith('[')
  return `${isBare ? `[${address}]` : address}:${port}`
}
