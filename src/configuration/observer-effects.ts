import { counted } from '../base/words.ts'
import { siteOf } from '../domain/cluster.ts'
import { decisionOf, type DecisionPolicy } from '../domain/decision-policy.ts'
import type { Host, Monitored } from '../domain/fleet.ts'
import type { FleetChange } from './change-effects.ts'
import { sharedSite } from './observers.ts'

/** What a change does to who observes, and to how verdicts are made: a line, or nothing, each. Rule OV10 of docs/spec/observers.md. */
export const observerEffects: readonly ((change: FleetChange) => string | undefined)[] = [
  moreObservers,
  fewerObservers,
  otherObservers,
  otherSites,
  otherDomains,
  sharedSites,
  otherDecisions,
]

type Pair = readonly [old: Host, now: Host]

function hostPairs({ before, after, difference }: FleetChange): readonly Pair[] {
  return (difference.get('hosts')?.changed ?? []).flatMap((name) => {
    const [old, now] = [before.hosts.get(name), after.hosts.get(name)]
    return old === undefined || now === undefined ? [] : [[old, now] as const]
  })
}

function lostBy([old, now]: Pair): number {
  return old.observers.filter((cluster) => !now.observers.includes(cluster)).length
}

function isGrown([old, now]: Pair): boolean {
  return now.observers.length > old.observers.length
}

function moreObservers(change: FleetChange): string | undefined {
  const grown = hostPairs(change).filter(isGrown)
  const [first] = grown
  if (first === undefined) return undefined
  const numbers = new Set(grown.map(([, now]) => now.observers.length))
  const [only] = numbers
  const clusters = numbers.size === 1 ? counted(only ?? 0, 'cluster') : 'more clusters'
  return grown.length === 1
    ? `host ${first[1].name} is observed by ${clusters} now`
    : `${grown.length} hosts are observed by ${clusters} now`
}

function fewerObservers(change: FleetChange): string | undefined {
  const shrunk = hostPairs(change).filter(isShrunk)
  if (shrunk.length === 0) return undefined
  const names = new Set(shrunk.map(([, { name }]) => name))
  const services = change.after.services
    .values()
    .reduce((sum, { hostName }) => sum + (names.has(hostName) ? 1 : 0), 0)
  const numbers = new Set(shrunk.map((pair) => `${lostBy(pair)} of ${pair[0].observers.length}`))
  const [only = ''] = numbers
  const lost = numbers.size === 1 ? `${only.replace(/^1 /, 'one ')} observers` : 'observers'
  const hosts = counted(names.size, 'host')
  const who = services === 0 ? hosts : `${hosts} and ${counted(services, 'service')}`
  return `${who} ${names.size + services === 1 ? 'loses' : 'lose'} ${lost}`
}

function isShrunk([old, now]: Pair): boolean {
  return now.observers.length < old.observers.length
}

/** As many as before, or more, with some that go. */
function otherObservers(change: FleetChange): string | undefined {
  const count = hostPairs(change).filter(
    (pair) => pair[0].observers.length > 1 && !isShrunk(pair) && lostBy(pair) > 0,
  ).length
  if (count === 0) return undefined
  return `${counted(count, 'host')} ${count === 1 ? 'has' : 'have'} other observers`
}

function otherSites(change: FleetChange): string | undefined {
  const count = hostPairs(change).filter(([old, now]) => old.site !== now.site).length
  return count === 0 ? undefined : `${counted(count, 'host')} at another site`
}

/** Clusters that count as witnesses of another site. */
function otherDomains({ before, after, difference }: FleetChange): string | undefined {
  const count = (difference.get('clusters')?.changed ?? []).filter(
    (name) => siteOf(before.clusters, name) !== siteOf(after.clusters, name),
  ).length
  return count === 0 ? undefined : `${counted(count, 'cluster')} at another site`
}

/** New or changed hosts, and all when sites of clusters change: observers that count as one witness. */
function sharedSites({ before, after, difference }: FleetChange): string | undefined {
  let count = 0
  for (const { name, observers } of after.hosts.values()) {
    if (observers.length < 2 || sharedSite(observers, after.clusters) === undefined) continue
    const old = before.hosts.get(name)
    if (old === undefined || sharedSite(old.observers, before.clusters) === undefined) count++
  }
  if (count === 0 || difference.size === 0) return undefined
  return `${counted(count, 'host')} with two observers at one site, whose failures count once`
}

function otherDecisions({ before, after, difference }: FleetChange): string | undefined {
  let count = 0
  for (const kind of ['hosts', 'services'] as const) {
    const [earlier, later] = [before[kind], after[kind]] as [
      ReadonlyMap<string, Monitored>,
      ReadonlyMap<string, Monitored>,
    ]
    for (const id of difference.get(kind)?.changed ?? []) {
      const [old, now] = [earlier.get(id), later.get(id)]
      if (old !== undefined && now !== undefined && isOther(decisionOf(old), decisionOf(now)))
        count++
    }
  }
  if (count === 0) return undefined
  return count === 1
    ? '1 check is decided in another way'
    : `${count} checks are decided in another way`
}

function isOther(old: DecisionPolicy, now: DecisionPolicy): boolean {
  return old.theta !== now.theta || JSON.stringify(old.rule) !== JSON.stringify(now.rule)
}
