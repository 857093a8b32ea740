import { z } from 'zod'

/** What ran in a window of time: which collector ran which check when, by the hub's clock. */

const time = z.iso.datetime({ offset: true })

/** Half open: from <= t < to, of the end of the execution. Without `to` until now. */
export const executionsQuery = z.object({
  from: time,
  to: time.optional(),
  /** Only what collectors of this cluster ran. */
  cluster: z.string().min(1).max(63).optional(),
  /** `nextCursor` of the page before. */
  cursor: z
    .string()
    .regex(/^\d{1,15}(\.\d{1,9}){2}$/, 'is no cursor')
    .optional(),
  limit: z.coerce.number().int().min(1).max(10_000).default(1000),
})

export const executionRow = z.object({
  /** `host` or `host!service`. */
  id: z.string(),
  collector: z.string(),
  startedAt: z.iso.datetime(),
  ranMs: z.number(),
})
export type ExecutionRow = z.infer<typeof executionRow>

/** How often a check runs by schedule. */
export const rhythm = z.object({ intervalMs: z.number(), retryIntervalMs: z.number() })

/** Oldest end first. */
export const executionList = z.object({
  items: z.array(executionRow),
  /** Of the checks in `items` that are scheduled now, by id. */
  rhythms: z.record(z.string(), rhythm),
  nextCursor: z.string().nullable(),
})
export type ExecutionList = z.infer<typeof executionList>
