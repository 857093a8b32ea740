import { z } from 'zod'

/** The lines of a trace: a topology, results in the order in which they came, and the truth. Times are ms since it began. */

const NAME_MAX = 255
const name = z.string().min(1).max(NAME_MAX)
/** Clocks may be wrong, but not by more than some years. */
const time = z.number().min(-1e12).max(1e12)
const SERVICES_MAX = 200_000
const DAYS_MAX = 31

export const topologyLine = z.object({
  kind: z.literal('topology'),
  intervalMs: z.number().int().min(1_000).max(86_400_000),
  timeoutMs: z.number().int().min(100).max(3_600_000),
  durationMs: z
    .number()
    .int()
    .min(1_000)
    .max(DAYS_MAX * 86_400_000),
  vantages: z
    .array(z.object({ id: name, site: z.string().max(NAME_MAX) }))
    .min(2)
    .max(32),
  sites: z.array(name).min(1).max(10_000),
  hosts: z
    .array(z.object({ id: name, site: name }))
    .min(1)
    .max(SERVICES_MAX),
  services: z
    .array(z.object({ id: name, host: name, check: name }))
    .min(1)
    .max(SERVICES_MAX),
})
export type TopologyLine = z.infer<typeof topologyLine>

export const resultLine = z.tuple([
  name,
  name,
  z.enum(['ok', 'error', 'timeout', 'unknown']),
  time,
  time,
  z.number().int().min(-2_147_483_648).max(2_147_483_647),
  time,
  time.nullable(),
  z.union([z.literal(0), z.literal(1)]),
])

const span = { from: z.number(), to: z.number() }

export const truthLine = z.object({
  kind: z.literal('truth'),
  outages: z.array(
    z.object({
      ...span,
      service: name,
      cause: z.array(z.enum(['service', 'host', 'site'])).min(1),
      subject: name,
      flap: z.boolean().optional(),
    }),
  ),
  observerFaults: z.array(
    z.object({
      ...span,
      type: z.enum(['path', 'ban', 'overload', 'isolate', 'misconf', 'stuck', 'burst', 'step']),
      vantages: z.array(name).min(1),
      site: name.optional(),
      host: name.optional(),
    }),
  ),
})
export type TruthLine = z.infer<typeof truthLine>

export const COLUMNS = [
  'vantage',
  'service',
  'class',
  't',
  'raw',
  'seq',
  'arriveA',
  'arriveB',
  'extra',
] as const

/** `vantages.0.site: Invalid input`, `class: Invalid option` */
export function problemOf(error: z.ZodError): string {
  const issue = error.issues[0]
  if (issue === undefined) return 'it cannot be used'
  const [first, ...rest] = issue.path
  const column = typeof first === 'number' ? COLUMNS[first] : first
  const place = [column ?? [], ...rest].flat().join('.')
  return place === '' ? issue.message : `${place}: ${issue.message}`
}
