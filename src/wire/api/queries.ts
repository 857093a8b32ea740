import { z } from 'zod'
import { changeRow, historyRow, series, stateName, verdictKind } from './objects.ts'

/** What may stand after `?`, and the answers that are lists of the past. Times are ISO 8601 with an offset or `Z`. */

/** One value, several with commas between them, or the parameter several times. */
const words = <T>(word: z.ZodType<T, string>) =>
  z
    .union([z.string(), z.array(z.string()).max(50)])
    .transform((given) =>
      (typeof given === 'string' ? [given] : given)
        .flatMap((part) => part.split(','))
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )
    .pipe(z.array(word).max(50))

const flag = z.enum(['true', 'false']).transform((word) => word === 'true')
const count = (max: number, preset: number) =>
  z.coerce.number().int().min(1).max(max).default(preset)
const text = z.string().max(255)
const time = z.iso.datetime({ offset: true })

export const SORT_KEYS = ['severity', 'name', 'host', 'age', 'state', 'last-check'] as const
export const sortKey = z.enum(SORT_KEYS)
export type SortKey = z.infer<typeof sortKey>

/** `GET /hosts`, `/services`, `/problems`. All that is given must hold. */
export const listQuery = z.object({
  /** Such as `critical,warning`. */
  state: words(stateName).optional(),
  type: z.enum(['soft', 'hard']).optional(),
  /** What several observers amount to, such as `suspect,down`; checks of one observer have no verdict. */
  verdict: words(verdictKind).optional(),
  /** Name with `*` and `?`, without regard to case. */
  host: text.optional(),
  /** Host group or service group that the object is in. */
  group: words(text).optional(),
  /** Part of the host's, the service's or the shown name, or of the output; without regard to case. */
  q: text.optional(),
  isStale: flag.optional(),
  /** Problems somebody has taken in hand are shown too. */
  includeHandled: flag.default(false),
  /**
   * severity: worst first, then newest; name: by display name; host: by host, then service; age: newest change first;
   * state: by code; last-check: oldest check first. A minus in front turns it round.
   */
  sort: z.templateLiteral([z.enum(['', '-']), sortKey]).optional(),
  cursor: z.string().max(2048).optional(),
  limit: count(1000, 100),
})
export type ListQuery = z.infer<typeof listQuery>

const objectId = z
  .string()
  .min(1)
  .max(511)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must not hold control characters')

/** Half open: from <= t < to. Without `to` until now, without `from` the 24 hours before `to`. */
const span = { from: time.optional(), to: time.optional() }

export const historyQuery = z.object({ id: objectId, ...span, limit: count(10_000, 100) })
export const changesQuery = z.object({
  id: objectId.optional(),
  ...span,
  limit: count(10_000, 100),
})
export const seriesQuery = z.object({ id: objectId, ...span, points: count(5000, 500) })

/** Newest first. */
export const historyList = z.object({ items: z.array(historyRow) })
/** Newest first. */
export const changeList = z.object({ items: z.array(changeRow) })
export const seriesList = z.object({ items: z.array(series) })

export const streamQuery = z.object({
  /** Only these events; without it all. */
  kinds: words(z.enum(['objects', 'changes'])).optional(),
})

export const reloadAnswer = z.object({ revision: z.string(), changed: z.number().int() })

export const tokenRow = z.object({
  id: z.string(),
  name: z.string(),
  role: z.enum(['admin', 'operator', 'viewer']),
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().nullable(),
  lastUsedAt: z.iso.datetime().nullable(),
})
export type TokenRow = z.infer<typeof tokenRow>
export const tokenList = z.object({ items: z.array(tokenRow) })

export const readiness = z.object({ isReady: z.boolean(), reasons: z.array(z.string()) })
