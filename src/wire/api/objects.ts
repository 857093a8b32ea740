import { z } from 'zod'

/** What the API says of hosts and services. Times are ISO 8601 in UTC, lengths of time are in ms as their names say. */

export const stateName = z.enum([
  'pending',
  'ok',
  'warning',
  'critical',
  'unknown',
  'up',
  'down',
  'unreachable',
])

/** What several observers amount to; a state is beside it, in the words of Nagios. */
export const verdictKind = z.enum(['up', 'suspect', 'down', 'recovering', 'unknown'])
export type VerdictKind = z.infer<typeof verdictKind>

export const seenBy = z.object({
  observers: z.array(z.string()).readonly(),
  /** One letter for each, in their order: o OK, f failure, t silence, u could not look, - nothing fresh, x not believed. */
  marks: z.string(),
})
export type SeenBy = z.infer<typeof seenBy>

export const objectRow = z.object({
  /** `host` or `host!service`. */
  id: z.string(),
  kind: z.enum(['host', 'service']),
  host: z.string(),
  service: z.string().nullable(),
  displayName: z.string(),
  groups: z.array(z.string()),
  state: stateName,
  type: z.enum(['soft', 'hard']),
  attempt: z.number().int(),
  maxAttempts: z.number().int(),
  isProblem: z.boolean(),
  /** Unseen for longer than its horizon: whatever `state` says is the past. */
  isStale: z.boolean(),
  isFlapping: z.boolean(),
  lastCheckAt: z.iso.datetime().nullable(),
  lastChangeAt: z.iso.datetime().nullable(),
  output: z.string(),
  executionMs: z.number(),
  latencyMs: z.number(),
  /** `null`: one observer. */
  verdict: verdictKind.nullable(),
  /** `null`: one observer. */
  seenBy: seenBy.nullable(),
})
export type ObjectRow = z.infer<typeof objectRow>

export const objectDetail = objectRow.extend({
  alias: z.string().nullable(),
  address: z.string().nullable(),
  parents: z.array(z.string()),
  /** Clusters that check it (a service: its host), each with its failure domain; the first is the host's cluster. */
  observers: z.array(z.object({ cluster: z.string(), site: z.string() })),
  /** Failure domain of the host; empty when nobody said. */
  site: z.string(),
  /** How several observers become one verdict, as the configuration says it: `evidence`, `at least 2`. */
  rule: z.string(),
  /** Nats of evidence that make a failure certain. */
  theta: z.number(),
  longOutput: z.string(),
  perfdata: z.string(),
  lastHardState: stateName,
  lastHardChangeAt: z.iso.datetime().nullable(),
  /** Before it nothing is known of the object. */
  firstCheckAt: z.iso.datetime().nullable(),
  flapPercent: z.number(),
  intervalMs: z.number(),
  retryIntervalMs: z.number(),
  timeoutMs: z.number(),
  period: z.string().nullable(),
  /** Secrets are masked. */
  command: z.string(),
  variables: z.record(z.string(), z.string()),
  notes: z.string(),
  notesUrl: z.string(),
  actionUrl: z.string(),
  /** `file:line` of the configuration. */
  source: z.string(),
})
export type ObjectDetail = z.infer<typeof objectDetail>

export const counters = z.object({
  hosts: z.object({
    up: z.number(),
    down: z.number(),
    unreachable: z.number(),
    pending: z.number(),
    stale: z.number(),
  }),
  services: z.object({
    ok: z.number(),
    warning: z.number(),
    critical: z.number(),
    unknown: z.number(),
    pending: z.number(),
    stale: z.number(),
  }),
})
export type Counters = z.infer<typeof counters>

export const objectList = z.object({
  items: z.array(objectRow),
  total: z.number().int(),
  /** Pass as `cursor` for the next page; null at the end. */
  nextCursor: z.string().nullable(),
})
export type ObjectList = z.infer<typeof objectList>

export const changeRow = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  from: stateName,
  to: stateName,
  type: z.enum(['soft', 'hard']),
  attempt: z.number().int(),
  output: z.string(),
})
export type ChangeRow = z.infer<typeof changeRow>

export const resultUse = z.enum([
  'counted',
  'late',
  'clock-suspect',
  'penalised',
  'set-aside',
  'no-vote',
  'duplicate',
])
export type ResultUse = z.infer<typeof resultUse>

export const historyRow = z.object({
  collector: z.string(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  state: stateName,
  /** What the decision made of it. */
  use: resultUse,
  /** Why it ran; `probe`: a hub in doubt asked for it. `null`: not kept, by an older program. */
  origin: z.enum(['scheduled', 'requested', 'passive', 'probe']).nullable(),
  output: z.string(),
  perfdata: z.string(),
})
export type HistoryRow = z.infer<typeof historyRow>

export const series = z.object({
  label: z.string(),
  unit: z.string(),
  warn: z.string().nullable(),
  crit: z.string().nullable(),
  min: z.number().nullable(),
  max: z.number().nullable(),
  /** Parallel columns; `at` in ms since the epoch. */
  at: z.array(z.number()),
  value: z.array(z.number().nullable()),
  low: z.array(z.number().nullable()),
  high: z.array(z.number().nullable()),
})
export type SeriesColumns = z.infer<typeof series>
