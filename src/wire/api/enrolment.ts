import { z } from 'zod'
import { NODE_NAME } from '../../domain/cluster.ts'

/** Who may join, and who has. */

const when = z.iso.datetime()
const nodeName = z
  .string()
  .regex(NODE_NAME, 'write small letters, digits and hyphens, such as c1; 63 at most')

const MINUTE_MS = 60_000
export const TOKEN_MS_DEFAULT = 24 * 60 * MINUTE_MS
export const TOKEN_MS_MAX = 30 * TOKEN_MS_DEFAULT

export const joinTokenRequest = z.object({
  cluster: nodeName,
  /** Only for a collector of this name. */
  name: nodeName.optional(),
  /** Default: a day. */
  expiresInMs: z.int().min(MINUTE_MS).max(TOKEN_MS_MAX).optional(),
})

const tokenShape = {
  id: z.string(),
  cluster: z.string(),
  name: z.string().nullable(),
  expiresAt: when,
}

export const joinTokenCreated = z.object({
  ...tokenShape,
  /** The line for `parallax collector join`; it is shown this once. */
  token: z.string(),
})

export const joinTokenRow = z.object({
  ...tokenShape,
  createdBy: z.string(),
  createdAt: when,
  /** Collector that joined with it. */
  usedBy: z.string().nullable(),
  usedAt: when.nullable(),
})
export type JoinTokenRow = z.infer<typeof joinTokenRow>
export const joinTokenList = z.object({ items: z.array(joinTokenRow) })

export const enrolmentRow = z.object({
  /** `cluster.name`. */
  id: z.string(),
  cluster: z.string(),
  name: z.string(),
  /** Of the key with which it shows itself on the bus. */
  publicKey: z.string(),
  joinedAt: when,
  joinedBy: z.string(),
  /** It was shut out, then. */
  revokedAt: when.nullable(),
})
export type EnrolmentRow = z.infer<typeof enrolmentRow>
export const enrolmentList = z.object({ items: z.array(enrolmentRow) })

export const revokeAnswer = z.object({
  id: z.string(),
  /** Why servers could not be told yet; `null`: all connections with its key are cut. */
  untold: z.string().nullable(),
})
