import { z } from 'zod'
import { configurationKind, owner } from './configuration.ts'

/** What may stand after `?` at the addresses below `/api/v1/configuration`. */

const flag = z.enum(['true', 'false']).transform((word) => word === 'true')
const revision = z.string().min(4).max(64)
const count = (max: number, preset: number) =>
  z.coerce.number().int().min(1).max(max).default(preset)

/** The longest that a request for a job waits for its end, ms. */
export const JOB_WAIT_MS_MAX = 25_000

export const jobQuery = z.object({
  waitMs: z.coerce.number().int().min(0).max(JOB_WAIT_MS_MAX).default(0),
})

export const revisionsQuery = z.object({
  limit: count(1000, 50),
  /** `nextBefore` of the page before. */
  before: z
    .string()
    .regex(/^\d{1,15}$/, 'is no `nextBefore` of a page')
    .optional(),
})

export const diffQuery = z.object({ from: revision, to: revision })
export const exportQuery = z.object({ revision: revision.optional() })

export const configurationObjectsQuery = z.object({
  kind: configurationKind.optional(),
  managedBy: owner.optional(),
  /** `true`: only what waits for an apply; `false`: only what does not. */
  pending: flag.optional(),
  /** `nextAfter` of the page before. */
  after: z.string().max(600).optional(),
  limit: count(1000, 100),
})

export const removalQuery = z.object({
  managedBy: owner.optional(),
  force: flag.default(false),
})
