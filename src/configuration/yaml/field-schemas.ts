import { z } from 'zod'
import { DURATION, durationMs } from '../duration.ts'
import { NAME_LENGTH_MAX } from '../names.ts'

/** Fields that many kinds of objects have. A message may carry a hint after a line break. */

const TEXT_LENGTH_MAX = 4096
export const LINE_LENGTH_MAX = 32_768
const LIST_LENGTH_MAX = 10_000
const INTERVAL_MAX_MS = 31 * 86_400_000

export const text = (max = TEXT_LENGTH_MAX) => z.string().max(max)
export const name = text(NAME_LENGTH_MAX).min(1)
export const oneOrMore = <T extends z.ZodType>(item: T) =>
  z.union([item, z.array(item).max(LIST_LENGTH_MAX)])
export const names = oneOrMore(name)
export const list = z.array(name).max(LIST_LENGTH_MAX)

/** A length of time that may be nothing. */
export const delay = z
  .string({
    error: ({ input }) =>
      typeof input === 'number' ? `${input} has no unit\nwrite ${input}s, or ${input}m` : undefined,
  })
  .regex(DURATION, 'is not a duration\nwrite 30s, 5m, 1h30m or 500ms')
  .refine((value) => (durationMs(value) ?? 1) <= INTERVAL_MAX_MS, 'must be 31 days at most')
  .meta({ title: 'duration' })
export const duration = delay
  .refine((value) => (durationMs(value) ?? 1) > 0, 'must be longer than nothing')
  .meta({ title: 'duration' })
export const interval = duration.refine(
  (value) => (durationMs(value) ?? 1000) >= 1000,
  'must be one second at least',
)

export const macroName = z
  .string()
  .regex(/^_?[A-Za-z0-9][A-Za-z0-9_]*$/, 'is no name of a variable\nuse letters, digits and _')
export const variableValue = z.union([text(), z.number(), z.boolean()])
export const variables = z
  .record(macroName, oneOrMore(variableValue))
  .describe(
    'Custom variables: RACK is the macro $_HOSTRACK$ on a host, $_SERVICERACK$ on a service, $_CONTACTRACK$ on a contact. A list is for `forEach`; as a macro it is joined by commas.',
  )

/** Names of files in `templates/`, without the ending. */
export const packageNames = oneOrMore(
  z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'is no name of a package'),
)
