import { counter, gauge } from '../base/metrics.ts'
import { checkNameOf, type CheckId } from '../domain/check-id.ts'
import { HUB_CLUSTER } from '../domain/cluster.ts'
import type { Member, Roster } from '../orchestrator/roster.ts'
import { BusUnavailable, type Bus } from '../wire/bus.ts'
import { orderTo } from '../wire/cluster.ts'
import { MESSAGE_VERSION, passive, recheck, type PassiveResults } from '../wire/subjects.ts'
import { SUBMIT_WITHIN_MS, type CollectorReach } from './collector-reach.ts'

export interface RemoteParts {
  readonly bus: Bus
  readonly roster: Roster
  /** Whose collectors check this host; one or more, in the order of the configuration. */
  readonly observersOf: (host: string) => readonly string[]
  /** Whether a check is run by schedule: then every observer runs it, else one of them. */
  readonly isScheduled: (id: CheckId) => boolean
}

/** A person waits for it. */
const ORDER_WITHIN_MS = 5_000

/** How a hub reaches the collectors of all clusters. */
export function reachRemote(parts: RemoteParts): CollectorReach {
  const { bus, roster, observersOf } = parts
  const live = (): readonly Member[] => roster.live()
  return {
    async recheck(checkIds, requestedAt) {
      const byCluster = checksByCluster(checkIds, parts)
      // Who of the cluster checks a host is the cluster's own affair: the others ignore it.
      const messages = live().flatMap(({ id, cluster }) => {
        const ids = byCluster.get(cluster) ?? []
        const message = { version: MESSAGE_VERSION, checkIds: ids, requestedAt } as const
        return ids.length === 0 ? [] : [bus.publish(recheck(id), message)]
      })
      await Promise.all(messages)
    },
    async submit(results) {
      const nameOf = (id: CheckId): string => observersOf(checkNameOf(id).host).join(', ')
      const byObservers = Map.groupBy(results, ({ checkId }) => nameOf(checkId))
      for (const [names, ofThem] of byObservers) {
        // Any observer keeps them; the first is asked first, so that those of one sender come from one.
        const members = names
          .split(', ')
          .flatMap((name) => live().filter(({ cluster }) => cluster === name))
        await submitToOne(bus, members, names, ofThem)
      }
    },
    status() {
      const beats = live().flatMap(({ beat }) => beat ?? [])
      const outboxes = beats.flatMap((beat) => beat.outboxes)
      return {
        outbox: {
          waiting: sum(outboxes.map(({ waiting }) => waiting)),
          lost: sum(outboxes.map(({ lost }) => lost)),
        },
        executor: {
          running: sum(beats.map(({ load }) => load.running)),
          slots: sum(beats.map(({ load }) => load.slots)),
          waiting: sum(beats.map(({ load }) => load.waiting)),
          latenessP99Ms: Math.max(0, ...beats.map(({ load }) => load.lateP99Ms)),
        },
      }
    },
    members: () => roster.members(),
    async order(id, want, author) {
      const message = { version: MESSAGE_VERSION, author, want } as const
      return (await bus.request(orderTo(id), message, ORDER_WITHIN_MS)).standing
    },
    metrics: [
      gauge('parallax_collectors', 'Collectors that joined.', () => others(roster.members())),
      gauge('parallax_collectors_live', 'Collectors that are there.', () => others(live())),
      counter(
        'parallax_collectors_forged_total',
        'Beats under the name of another.',
        () => roster.forged,
      ),
    ],
  }
}

/** Each check at every cluster that runs it; one that only runs when asked, at the first that is there. */
function checksByCluster(
  ids: readonly CheckId[],
  { roster, observersOf, isScheduled }: RemoteParts,
): ReadonlyMap<string, readonly CheckId[]> {
  const there = new Set(roster.live().map(({ cluster }) => cluster))
  const byCluster = new Map<string, CheckId[]>()
  for (const id of ids) {
    const observers = observersOf(checkNameOf(id).host)
    const first = observers.find((cluster) => there.has(cluster))
    const asked = isScheduled(id) ? observers : first === undefined ? [] : [first]
    for (const cluster of asked) {
      const before = byCluster.get(cluster)
      if (before === undefined) byCluster.set(cluster, [id])
      else before.push(id)
    }
  }
  return byCluster
}

/** Without the hub's own. */
function others(members: readonly Member[]): number {
  return members.filter(({ cluster }) => cluster !== HUB_CLUSTER).length
}

/** Any member keeps them: the next is asked when one does not answer. @throws BusUnavailable when none does */
async function submitToOne(
  bus: Bus,
  members: readonly Member[],
  clusters: string,
  results: PassiveResults['results'],
): Promise<void> {
  const message = { version: MESSAGE_VERSION, results } as const
  const withinMs = SUBMIT_WITHIN_MS / Math.max(1, members.length)
  for (const { id } of members) {
    try {
      await bus.request(passive(id), message, withinMs)
      return
    } catch (error) {
      if (!(error instanceof BusUnavailable)) throw error
    }
  }
  throw new BusUnavailable(`no collector of cluster '${clusters}' takes results now`)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
