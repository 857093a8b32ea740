import { z } from 'zod'
import { NODE_NAME } from '../../domain/cluster.ts'
import { DEFAULT_THETA, OBSERVERS_MAX } from '../../domain/decision-policy.ts'
import { durationMs } from '../duration.ts'
import { NODE_NAME_RULE } from '../names.ts'
import { duration, text } from './field-schemas.ts'

/** Who observes, from where, and how their words become one verdict. */

const SITE_LENGTH_MAX = 100
const PENALTY_MAX_MS = 3_600_000
const THETA_MAX = 100

const clusterName = z
  .string()
  .refine(
    (name) => name === '+' || NODE_NAME.test(name),
    `is no name of a cluster\n${NODE_NAME_RULE}`,
  )

export const observers = z.union([
  clusterName,
  z
    .array(clusterName)
    .min(1, 'is empty\nname one cluster at least')
    // One more for the `+`.
    .max(OBSERVERS_MAX + 1),
])

export const site = text(SITE_LENGTH_MAX)
  .min(1, 'is empty\nleave it out when there is none')
  .refine((value) => value === value.trim(), 'must not begin or end with a space')

const verdictWord = z.enum(['evidence', 'any', 'majority'])
const verdict = z
  .union([
    verdictWord,
    z.strictObject({
      atLeast: z
        .int()
        .min(1)
        .max(OBSERVERS_MAX)
        .describe('So many observers must see the failure at once.'),
    }),
    z.strictObject({
      penalty: duration
        .refine((value) => (durationMs(value) ?? 0) <= PENALTY_MAX_MS, 'must be an hour at most')
        .describe(
          'Silence of the target waits so long for an OK of anybody; an answer that is bad counts at once.',
        ),
    }),
  ])
  .meta({ title: 'verdict' })

export const deciding = {
  verdict: verdict
    .describe(
      "How the words of several observers become one verdict: `evidence` weighs them by how often each is contradicted, `any` takes one failure, `majority` more than half of those that see it; `{ atLeast: 2 }` takes two; `{ penalty: 30s }` lets silence wait so long for an OK. Default evidence, for a service its host's. One observer decides alone.",
    )
    .optional(),
  theta: z
    .number()
    .min(1)
    .max(THETA_MAX)
    .describe(
      `Evidence, in nats, that makes a failure certain under \`verdict: evidence\`: more is slower and surer. Default ${DEFAULT_THETA}, for a service its host's.`,
    )
    .optional(),
}
