import { z } from 'zod'

/** What the API says of collectors, clusters and hubs. Times are ISO 8601 in UTC, lengths of time are in ms as their names say. */

const count = z.number().int()
const when = z.iso.datetime()

/** `late` misses beats; `lost` has been silent for so long that others check its hosts. */
export const memberHealth = z.enum(['live', 'late', 'lost'])

export const collectorRow = z.object({
  /** `cluster.name`. */
  id: z.string(),
  cluster: z.string(),
  name: z.string(),
  health: memberHealth,
  /** Since when it has this health. */
  since: when,
  lastSeenAt: when.nullable(),
  /** `null` below: it was not heard since this hub started. */
  standing: z.enum(['active', 'joining', 'leaving', 'cordoned']).nullable(),
  role: z.enum(['full', 'executor']).nullable(),
  weight: z.number().nullable(),
  program: z.string().nullable(),
  revision: z.string().nullable(),
  epoch: count.nullable(),
  /** It follows the revision that is active here. */
  isCurrent: z.boolean(),
  /** Why it cannot: it says so itself. Absent: it can, or has not said. */
  refusal: z.string().optional(),
  hosts: count,
  checks: count,
  load: z
    .object({
      slots: count,
      running: count,
      waiting: count,
      lateP99Ms: z.number(),
      loopLagMs: z.number(),
    })
    .nullable(),
  outboxes: z.array(
    z.object({
      hub: z.string(),
      waiting: count,
      bytes: count,
      lost: count,
      oldestAgeMs: z.number(),
      isConnected: z.boolean(),
    }),
  ),
  clocks: z.array(
    z.object({ hub: z.string(), offsetMs: z.number(), errorMs: z.number(), ageMs: z.number() }),
  ),
  memoryBytes: count,
  results: count,
  leasesLost: count,
})
export type CollectorRow = z.infer<typeof collectorRow>
export const collectorList = z.object({ items: z.array(collectorRow) })

export const clusterRow = z.object({
  name: z.string(),
  alias: z.string(),
  site: z.string(),
  notes: z.string(),
  /** Of its collectors. */
  live: count,
  late: count,
  lost: count,
  /** What is configured for it. */
  hosts: count,
  services: count,
  /** Hosts that its members say they check. */
  assignedHosts: count,
  /** Its members see the same members: `false` while it is cut in parts, or for a moment after a change. */
  isAgreed: z.boolean(),
  /** Nobody checks its hosts, since then: no collector joined, all are lost, cordoned or only execute. One blind spot for the whole cluster. */
  blindSince: when.nullable(),
  silenceMs: z.number(),
  takeoverRate: z.number(),
  /** `user@host:port` of its SSH tunnel. */
  tunnel: z.string().nullable(),
})
export type ClusterRow = z.infer<typeof clusterRow>
export const clusterList = z.object({ items: z.array(clusterRow) })

export const hubRow = z.object({
  name: z.string(),
  /** The one that answers. */
  isSelf: z.boolean(),
  isReachable: z.boolean(),
  program: z.string(),
  revision: z.string(),
  /** Of its active revision: counts activations in the whole installation. */
  epoch: count,
  database: z.string(),
  hosts: count,
  services: count,
  resultsPerSecond: z.number(),
  startedAt: when,
  /** On checks that several clusters observe. Hubs with one digest say the same of each; `null`: it is of a version that does not say. */
  verdicts: z.object({ checks: count, down: count, digest: z.string() }).nullable(),
  /** For how long its verdicts have been others than those of the one that answers. */
  differsMs: z.number().nonnegative(),
})
export type HubRow = z.infer<typeof hubRow>
export const hubList = z.object({ items: z.array(hubRow) })

/** The hubs, and the checks that are down at one only. */
export const hubComparison = z.object({
  items: z.array(
    hubRow.extend({
      /** `null`: it is the one that answers, or it was asked and gave no answer. */
      disagreement: z
        .object({
          onlyHere: z.array(z.string()),
          onlyThere: z.array(z.string()),
          /** Too many are down to compare all: it is of the first by name. */
          isPartial: z.boolean(),
        })
        .nullable(),
    }),
  ),
})
export type HubComparison = z.infer<typeof hubComparison>

/** `drain` hands everything over without a gap and then keeps nothing, as `cordon` does at once; `uncordon` takes part again. */
export const collectorOrder = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('drain') }),
  z.object({ kind: z.literal('cordon') }),
  z.object({ kind: z.literal('uncordon') }),
  z.object({ kind: z.literal('weight'), weight: z.number().min(0.01).max(100) }),
])
export type CollectorOrder = z.infer<typeof collectorOrder>
export const orderAnswer = z.object({ id: z.string(), standing: z.string() })
