import { collectorId } from '../domain/cluster.ts'
import { hintsTo, probesOf } from './asking.ts'
import {
  beatOf,
  beatsOf,
  clockOf,
  helloTo,
  orderTo,
  standingsOf,
  standingsPageOf,
} from './cluster.ts'
import {
  allWatermarks,
  passive,
  plan,
  planAcknowledgement,
  planDecision,
  planProposal,
  recheck,
  results,
} from './subjects.ts'
import { leaseEndTo, workOf } from './work.ts'

/** Subjects that somebody may publish and listen to; everything else is refused by the bus. */
export interface Permissions {
  readonly publish: readonly string[]
  readonly subscribe: readonly string[]
}

const ANY = '*'

/** What answers to the questions of this one come in under; others may not listen there. */
export function inboxPrefix(cluster: string, name: string): string {
  return `_INBOX.${collectorId(cluster, name)}`
}

/**
 * Whether answers may go there. Who asks names the subject of the answer himself, and a server does not look whether he might publish there:
 * whoever answered anywhere would let a collector write, in a hub's name, plans of others and orders to the streams.
 */
export function isInbox(subject: string): boolean {
  return /^_(INBOX|HUB|PEER|ENROL)\./.test(subject)
}

/** The same for a hub. No cluster can be called so. */
export function hubInboxPrefix(hub: string): string {
  return `_HUB.${hub}`
}

/**
 * What hubs ask each other is answered elsewhere: configurations of all clusters with their secrets are in it, and a cluster's own servers
 * may neither hear nor say it.
 */
export function peerInboxPrefix(hub: string): string {
  return `_PEER.${hub}`
}

/**
 * Of one collector: it speaks only as itself, and hears only its own plan and what its cluster says. Answers to questions that it was
 * asked come on top: the bus allows each once.
 */
export function collectorPermissions(cluster: string, name: string): Permissions {
  const own = rightsOf(cluster, name)
  return { ...own, subscribe: [...own.subscribe, `${inboxPrefix(cluster, name)}.>`] }
}

/**
 * Of a server of the cluster's own: all that its collectors may, whatever they are called. What they may say it may hear too, because a
 * nats-server tells such a server of a hub's interest only then; and answers between hubs and collectors pass.
 */
export function clusterPermissions(cluster: string): Permissions {
  const { publish, subscribe } = rightsOf(cluster, ANY)
  const answers = hubInboxPrefix('>')
  return {
    publish: [...publish, answers],
    subscribe: [...new Set([...subscribe, ...publish, `_INBOX.${cluster}.>`, answers])],
  }
}

/**
 * What a hub hears of one cluster. A cluster's own servers are told of a hub's interest only when all of it lies within what they may
 * publish (seen with nats-server 2.9): `results.hub-a.>` does not, this does.
 */
export function heardOfCluster(hub: string, cluster: string): readonly string[] {
  const all = collectorId(cluster, ANY)
  return [
    results(hub, all),
    beatsOf(cluster),
    helloTo(hub, all),
    clockOf(hub, all),
    planAcknowledgement(hub, all),
    hintsTo(hub, all),
  ].map(nameOf)
}

function rightsOf(cluster: string, name: string): Permissions {
  const id = collectorId(cluster, name)
  return {
    publish: [
      results(ANY, id),
      beatOf(id),
      standingsOf(id),
      helloTo(ANY, id),
      clockOf(ANY, id),
      planAcknowledgement(ANY, id),
      hintsTo(ANY, id),
      standingsPageOf(`${cluster}.${ANY}`),
      workOf(cluster),
      leaseEndTo(`${cluster}.${ANY}`, id),
    ].map(nameOf),
    subscribe: [
      plan(id),
      planProposal(id),
      planDecision(id),
      recheck(id),
      probesOf(id),
      passive(id),
      orderTo(id),
      allWatermarks(id),
      beatsOf(cluster),
      standingsOf(`${cluster}.${ANY}`),
      standingsPageOf(id),
      workOf(cluster),
      leaseEndTo(id, `${cluster}.${ANY}`),
    ].map(nameOf),
  }
}

function nameOf({ name }: { readonly name: string }): string {
  return name
}
