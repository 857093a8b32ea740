import { z } from 'zod'

const time = z.iso.datetime()
const verdictKind = z.enum(['up', 'suspect', 'down', 'recovering', 'unknown'])
const evidenceClass = z.enum(['ok', 'error', 'timeout', 'unknown'])
const reason = z.enum(['contradicted', 'false-ok', 'silent'])

const cause = z.object({ scope: z.enum(['service', 'host', 'site']), name: z.string() })

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
      relation: z.enum(['none', 'agrees', 'contradicted', 'open', 'outvoted', 'blind']),
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
