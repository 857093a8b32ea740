import { counter, gauge } from '../base/metrics.ts'
import { checkNameOf } from '../domain/check-id.ts'
import { HUB_CLUSTER } from '../domain/cluster.ts'
import type { Member, Roster } from '../orchestrator/roster.ts'
import { BusUnavailable, type Bus } from '../wire/bus.ts'
import { orderTo } from '../wire/cluster.ts'
import { MESSAGE_VERSION, passive, recheck, type PassiveResults } from '../wire/subjects.ts'
import { SUBMIT_WITHIN_MS, type CollectorReach } from './collector-reach.ts'

export interface RemoteParts {
  readonly bus: Bus
  readonly roster: Roster
  /** Whose collectors check this host. */
  readonly clusterOf: (host: string) => string
}

/** A person waits for it. */
const ORDER_WITHIN_MS = 5_000

/** How a hub reaches the collectors of all clusters. */
export function reachRemote({ bus, roster, clusterOf }: RemoteParts): CollectorReach {
  const live = (): readonly Member[] => roster.live()
  return {
    async recheck(checkIds, requestedAt) {
      const byCluster = Map.groupBy(checkIds, (id) => clusterOf(checkNameOf(id).host))
      // Who of the cluster checks a host is the cluster's own affair: the others ignore it.
      const messages = live().flatMap(({ id, cluster }) => {
        const ids = byCluster.get(cluster) ?? []
        const message = { version: MESSAGE_VERSION, checkIds: ids, requestedAt } as const
        return ids.length === 0 ? [] : [bus.publish(recheck(id), message)]
      })
      await Promise.all(messages)
    },
    async submit(results) {
      const byCluster = Map.groupBy(results, ({ checkId }) => clusterOf(checkNameOf(checkId).host))
      for (const [cluster, ofCluster] of byCluster) {
        const members = live().filter((member) => member.cluster === cluster)
        await submitToOne(bus, members, cluster, ofCluster)
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

/** Without the hub's own. */
function others(members: readonly Member[]): number {
  return members.filter(({ cluster }) => cluster !== HUB_CLUSTER).length
}

/** Any member keeps them: the next is asked when one does not answer. @throws BusUnavailable when none does */
async function submitToOne(
  bus: Bus,
  members: readonly Member[],
  cluster: string,
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
  throw new BusUnavailable(`no collector of cluster '${cluster}' takes results now`)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
