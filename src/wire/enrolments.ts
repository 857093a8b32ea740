import { z } from 'zod'
import { instant } from '../base/instant.ts'
import { NODE_NAME } from '../domain/cluster.ts'
import type { Subject } from './bus.ts'
import { publicKey } from './enrolment.ts'
import { MESSAGE_VERSION } from './subjects.ts'

/** What hubs of an installation tell each other of who joined and who was shut out: all of it, so that whoever was away needs no more. */

const COLLECTORS_MAX = 10_000
const KEYS_MAX = 100_000
const nodeName = z.string().regex(NODE_NAME)
const at = z.int().nonnegative().transform(instant)

const enrolledCollector = z
  .object({
    id: z.string(),
    cluster: nodeName,
    name: nodeName,
    publicKey,
    joinedAt: at,
    joinedBy: z.string().max(1_024),
    revokedAt: at.optional(),
  })
  .refine(({ id, cluster, name }) => id === `${cluster}.${name}`, 'the id is another')
  .transform(({ revokedAt, ...rest }) => ({ ...rest, revokedAt }))

export const enrolments = z.object({
  version: z.literal(MESSAGE_VERSION),
  hub: nodeName,
  collectors: z.array(enrolledCollector).max(COLLECTORS_MAX),
  /** Keys that are shut out for ever. */
  revoked: z.array(publicKey).max(KEYS_MAX),
})
export type Enrolments = z.output<typeof enrolments>

/** Every half minute, and after each change. `*` is every hub's. */
export const enrolmentsOf = (hub: string): Subject<Enrolments> => ({
  name: `enrolments.${hub}`,
  read: (value) => enrolments.parse(value),
})
