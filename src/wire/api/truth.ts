import { z } from 'zod'
import { resultUse, stateName, verdictKind } from './objects.ts'
import { listQuery } from './queries.ts'

const time = z.iso.datetime()
const evidenceClass = z.enum(['ok', 'error', 'timeout', 'unknown'])
const reason = z.enum(['contradicted', 'false-ok', 'silent'])

const cause = z.object({ scope: z.enum(['service', 'host', 'site']), name: z.string() })

const relation = z.enum(['none', 'agrees', 'contradicted', 'open', 'outvoted', 'blind'])

/** Why a verdict is what it is. */
export const explanation = z.object({
  id: z.string(),
  at: time,
  /** Whether it is of now, or the last change before the time that was asked for. */
  isLive: z.boolean(),
  kind: verdictKind,
  cause: cause.nullable(),
  /** In the words of the configuration: `evidence`, `at least 2`. */
  rule: z.string(),
  evidence: z.number(),
  needed: z.number(),
  isUnconfirmed: z.boolean(),
  sentence: z.string(),
  okAt: time.nullable(),
  okOf: z.string().nullable(),
  witnesses: z.array(
    z.object({
      observer: z.string(),
      site: z.string(),
      class: evidenceClass,
      run: z.number(),
      weight: z.number(),
      falseRate: z.number(),
      at: time,
    }),
  ),
  setAside: z.array(z.object({ observer: z.string(), reason, share: z.number() })),
  /** What is said without evidence: other rules on the same evidence. Only of now. */
  otherRules: z.array(z.object({ rule: z.string(), kind: verdictKind })),
})
export type ExplanationAnswer = z.infer<typeof explanation>

/** One row for each observer of a check: what it said last, and what is made of it. */
export const reports = z.object({
  id: z.string(),
  items: z.array(
    z.object({
      observer: z.string(),
      site: z.string(),
      class: evidenceClass.nullable(),
      at: time.nullable(),
      isFresh: z.boolean(),
      run: z.number(),
      weight: z.number(),
      relation,
      /** Silence that waits for others to speak, until then at the latest. */
      penalisedUntil: time.nullable(),
      setAside: reason.nullable(),
    }),
  ),
})
export type Reports = z.infer<typeof reports>

export const observerList = z.object({
  items: z.array(
    z.object({
      observer: z.string(),
      site: z.string(),
      /** Results that could be compared with others. */
      results: z.number(),
      /** Share of them that others contradict, 0 to 1. */
      badShare: z.number(),
      setAside: reason.nullable(),
      lastAt: time.nullable(),
      /** By site of what it looks at: results that could be compared, those that others contradict, and how often its failures are false. */
      sites: z.array(
        z.object({
          site: z.string(),
          results: z.number(),
          contradicted: z.number(),
          falseTimeouts: z.number(),
          falseErrors: z.number(),
        }),
      ),
    }),
  ),
  incidents: z.array(
    z.object({
      kind: z.string(),
      observer: z.string(),
      subject: z.string().nullable(),
      text: z.string(),
      openedAt: time,
      closedAt: time.nullable(),
    }),
  ),
})
export type ObserverList = z.infer<typeof observerList>

/** A name for all verdicts at one instant; hubs that hold the same results have the same. */
export const digest = z.object({
  hub: z.string(),
  at: time,
  digest: z.string(),
  checks: z.number(),
})
export type Digest = z.infer<typeof digest>

/** Hosts and services that several clusters observe; filters as in other lists, `limit` counts hosts and services. */
export const sharedQuery = listQuery
  .omit({ sort: true, cursor: true, limit: true, includeHandled: true })
  .extend({
    page: z.coerce.number().int().min(1).max(100_000).default(1),
    limit: z.coerce.number().int().min(1).max(500).default(500),
  })
export type SharedQuery = z.infer<typeof sharedQuery>

const cell = z.object({
  class: evidenceClass,
  at: time,
  /** How long that execution took; `null`: before the hub was started again. */
  latencyMs: z.number().nullable(),
  isFresh: z.boolean(),
  relation,
})

/** Targets by observers. A failing observer is a column, a failing target a row. */
export const vantageMatrix = z.object({
  observers: z.array(
    z.object({
      name: z.string(),
      site: z.string(),
      setAside: reason.nullable(),
      /** Share of its results that others contradict, 0 to 1. */
      badShare: z.number(),
    }),
  ),
  /** Worst first. */
  rows: z.array(
    z.object({
      id: z.string(),
      host: z.string(),
      service: z.string().nullable(),
      verdict: verdictKind,
      /** In the order of `observers`; `null`: it does not observe this, or has said nothing yet. */
      cells: z.array(cell.nullable()),
    }),
  ),
  total: z.number().int(),
})
export type VantageMatrix = z.infer<typeof vantageMatrix>

/** One row for each check and observer. */
export const rawReport = z.object({
  id: z.string(),
  host: z.string(),
  service: z.string().nullable(),
  verdict: verdictKind,
  observer: z.string(),
  site: z.string(),
  /** What the newest result says; `null`: nothing yet. */
  class: evidenceClass.nullable(),
  state: stateName,
  at: time.nullable(),
  latencyMs: z.number().nullable(),
  isFresh: z.boolean(),
  /** What the decision makes of it now, or of one that came after it and was late or ahead of its time; `null`: nothing came yet. */
  use: resultUse.nullable(),
  relation,
  /** Silence that waits for others to speak, until then at the latest. */
  penalisedUntil: time.nullable(),
  setAside: reason.nullable(),
  output: z.string(),
})
export type RawReport = z.infer<typeof rawReport>

/** In the order of the configuration; `total` counts hosts and services. */
export const rawReports = z.object({
  items: z.array(rawReport),
  total: z.number().int(),
  nextPage: z.number().int().nullable(),
})
export type RawReports = z.infer<typeof rawReports>
