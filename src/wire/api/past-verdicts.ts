import { z } from 'zod'

/** What was recorded of verdicts and of what they came from: enough to decide again. Times are in ms since the epoch. */

const time = z.iso.datetime({ offset: true })
const whole = z.number().int()

/** Half open: from <= t < to. `cursor` is `nextCursor` of the page before. */
const pastQuery = z.object({
  from: time,
  to: time,
  limit: z.coerce.number().int().min(1).max(10_000).default(1000),
})
const cursor = (form: RegExp) => z.string().regex(form, 'is no cursor').optional()

export const receiptQuery = pastQuery.extend({
  cursor: cursor(/^\d{1,15}\.\d{1,9}\.[a-z]{1,20}$/),
})
export const evidenceQuery = pastQuery.extend({
  cursor: cursor(/^\d{1,15}\.\d{1,9}\.\d{1,9}$/),
})

/** What it must hold is in docs/spec/truth.md, EV22. */
export const receiptList = z.object({
  items: z.array(
    z.looseObject({
      at: z.number(),
      checkId: z.string(),
      from: z.string(),
      kind: z.enum(['up', 'suspect', 'down', 'recovering', 'unknown']),
      sentence: z.string(),
    }),
  ),
  nextCursor: z.string().nullable(),
})
export type ReceiptList = z.infer<typeof receiptList>

/** A result of one observer, as evidence. */
export const evidenceItem = z.object({
  id: z.string(),
  observer: z.string(),
  at: whole,
  endedAt: whole,
  /** Orders results that began at once. */
  tie: whole,
  class: z.enum(['ok', 'error', 'timeout', 'unknown']),
  isProbe: z.boolean(),
})
export type EvidenceItem = z.infer<typeof evidenceItem>

/** By their ends, oldest first; of checks that several clusters observe now. */
export const evidenceList = z.object({
  items: z.array(evidenceItem),
  nextCursor: z.string().nullable(),
})
export type EvidenceList = z.infer<typeof evidenceList>

const rule = z.union([
  z.enum(['evidence', 'any', 'majority']),
  z.object({ kOf: whole }),
  z.object({ penaltyMs: z.number() }),
])

/** Who observes what, in dense numbers: an index into these lists is the number of an observer, a site, a host. */
export const observedTopology = z.object({
  observers: z.array(z.object({ name: z.string(), site: z.string() })),
  sites: z.array(z.string()),
  hosts: z.array(z.object({ name: z.string(), site: whole })),
  checks: z.array(
    z.object({
      id: z.string(),
      host: whole,
      isHostCheck: z.boolean(),
      intervalMs: z.number(),
      timeoutMs: z.number(),
      observers: z.array(whole),
      rule,
      theta: z.number(),
    }),
  ),
})
export type ObservedTopology = z.infer<typeof observedTopology>
