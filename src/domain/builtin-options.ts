import { z } from 'zod'
import type { BuiltinName } from './check.ts'
import { COMPONENT_NAMES, COMPONENTS } from './self-monitoring/components.ts'
import { parseRange } from './threshold.ts'

/**
 * What each built-in check understands, docs/reference/builtin-checks.md in code. Every schema is strict, fills in its defaults and
 * leaves its own output unchanged, so that options may be parsed once at compile time and again by the check.
 * Numbers may arrive as text because a macro such as `$ARG1$` made them.
 * For a JSON Schema use `z.toJSONSchema(schema, { io: 'input' })`.
 */

const numberLike = (pattern: RegExp, hint: string, from: number, to: number) =>
  z
    .union([z.number(), z.string().regex(pattern, hint)], hint)
    .transform(Number)
    .pipe(z.number().min(from, `${hint}, from ${from}`).max(to, `${hint}, up to ${to}`))

const integer = (from: number, to: number) =>
  numberLike(/^\d+$/, 'a whole number', from, to).pipe(z.int('a whole number'))
const yesNo = z
  .union([z.boolean(), z.enum(['true', 'false'])], 'true or false')
  .transform((value) => value === true || value === 'true')
const port = integer(1, 65_535)
const name = z.string().trim().min(1).max(253)
const list = <T extends z.ZodType<string>>(item: T) =>
  z.union([item.transform((one) => [one]), z.array(item).max(1000)], 'one text or a list of them')
const texts = list(z.string().min(1).max(4096))

const UNIT_SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 }
const SECONDS_HINT = 'seconds, such as 0.5, 500ms or 2s'
/** Seconds: `0.5`, or with its unit: `500ms`, `2s`, `1m`. */
const seconds = z
  .union(
    [z.number().min(0), z.string().regex(/^(\d+(\.\d+)?|\.\d+)(ms|s|m|h)?$/, SECONDS_HINT)],
    SECONDS_HINT,
  )
  .transform((value) => {
    if (typeof value === 'number') return value
    const unit = /[a-z]+$/.exec(value)?.[0] ?? 's'
    return Number.parseFloat(value) * (UNIT_SECONDS[unit] ?? 1)
  })
const days = numberLike(/^\d+$/, 'a number of days', 0, 36_500)

/** A threshold range as plugins take it, kept as text. */
const range = z
  .union([z.number().min(0).transform(String), z.string()])
  .refine((text) => parseRange(text) !== undefined, 'a threshold range, such as 10, 10:, ~:10')

const FREE = /^\d+(\.\d+)?(%|[KMGTP]?i?B)$/
/** Free space: `10%` or a size with its unit: `500MB`, `2GiB`. */
const free = z.string().regex(FREE, 'a share or size with its unit, such as 10%, 500MB, 2GiB')
const percent = z.string().regex(/^\d+(\.\d+)?%$/, 'a share, such as 10%')
const severity = z.enum(['ok', 'warning', 'critical'])
const family = z.enum(['any', '4', '6']).default('any')
const limits = { warning: seconds.optional(), critical: seconds.optional() }
const ranges = { warning: range.optional(), critical: range.optional() }

const tcp = z.strictObject({
  host: name,
  port,
  family,
  ...limits,
  /** Sent after the connection stands; `\n`, `\r`, `\t`, `\\` are understood when `escape` is set. */
  send: z.string().max(65_536).optional(),
  /** The answer must begin with one of these (with all of them when `all`). */
  expect: texts.optional(),
  quit: z.string().max(65_536).optional(),
  all: yesNo.default(false),
  escape: yesNo.default(false),
  mismatch: severity.default('warning'),
  refused: severity.default('critical'),
})

const http = z
  .strictObject({
    /** Instead of `host`, `port`, `path` and `tls`. */
    url: z
      .url({ protocol: /^https?$/, error: 'an address such as https://example.org/health' })
      .optional(),
    /** Where to connect; the host of `url` when absent. */
    host: name.optional(),
    port: port.optional(),
    tls: yesNo.default(false),
    path: z
      .string()
      .max(8192)
      .regex(/^\/[!-~]*$/, 'a path that begins with / and holds no spaces')
      .default('/'),
    /** The name asked for; `host` when absent. */
    vhost: name.optional(),
    family,
    method: z
      .string()
      .regex(/^[A-Z]{1,20}$/, 'a method in capitals, such as GET')
      .default('GET'),
    headers: list(z.string().regex(/^[!#-'*+.^-z|~\w-]+:[^\r\n]*$/, 'Name: value')).default([]),
    body: z.string().max(65_536).optional(),
    user: z.string().max(256).optional(),
    password: z.string().max(1024).optional(),
    agent: z
      .string()
      .max(256)
      .regex(/^[^\r\n]*$/)
      .default('parallax'),
    /** `200`, `200-299`, or the beginning of the status line; below 400 is fine when absent. */
    status: texts.optional(),
    contains: z.string().min(1).max(4096).optional(),
    regex: z.string().min(1).max(4096).optional(),
    ignoreCase: yesNo.default(false),
    /** Alert when `regex` fits instead of when it does not. */
    invert: yesNo.default(false),
    redirects: z.enum(['ok', 'warning', 'critical', 'follow']).default('ok'),
    redirectsMax: integer(1, 15).default(5),
    ...limits,
    sizeMin: integer(0, 2 ** 40).optional(),
    sizeMax: integer(0, 2 ** 40).optional(),
    /** Days that the certificate must still be valid. */
    certificateWarning: days.optional(),
    certificateCritical: days.optional(),
    sni: yesNo.default(true),
    verify: yesNo.default(true),
  })
  .refine((options) => options.url !== undefined || options.host !== undefined, {
    message: 'needs url or host',
    path: ['host'],
  })
  .refine((options) => compiles(options.regex), {
    message: 'no regular expression',
    path: ['regex'],
  })

const tls = z.strictObject({
  host: name,
  port: port.default(443),
  /** The name the certificate must carry and that is asked for; `host` when absent. */
  name: name.optional(),
  family,
  verify: yesNo.default(true),
  warning: days.default(30),
  critical: days.default(14),
})

export const DNS_TYPES = ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'PTR', 'SOA', 'SRV', 'TXT'] as const

const dns = z.strictObject({
  /** The name asked for. An address asks for its PTR record. */
  name,
  /** An address or a name; the first of /etc/resolv.conf when absent. */
  server: name.optional(),
  port: port.default(53),
  type: z.enum(DNS_TYPES).optional(),
  /** One of the answers must be one of these (all answers, and no other, when `all`). */
  expect: texts.optional(),
  all: yesNo.default(false),
  authoritative: yesNo.default(false),
  ...limits,
})

/** As check_ping takes it: round trip in ms and share of lost packets. */
const pingLimit = z
  .string()
  .regex(/^\d+(\.\d+)?(ms)?,\d+(\.\d+)?%$/, 'ms and loss, such as 100,20%')

const ping = z.strictObject({
  host: name,
  family,
  packets: integer(1, 20).default(5),
  /** Between the packets to one host. */
  interval: seconds.pipe(z.number().min(0.01, 'at least 10ms').max(10, 'at most 10s')).default(0.2),
  size: integer(0, 65_000).default(56),
  warning: pingLimit.default('3000,80%'),
  critical: pingLimit.default('5000,100%'),
})

const three = z
  .union([z.number().min(0).transform(String), z.string()])
  .refine((text) => /^\d+(\.\d+)?(,\d+(\.\d+)?){0,2}$/.test(text), 'one to three numbers: 5,4,3')

const load = z.strictObject({
  warning: three.optional(),
  critical: three.optional(),
  perCpu: yesNo.default(false),
})
const cpu = z.strictObject(ranges)
const memory = z.strictObject({
  /** Ranges of the used share in per cent; used is what is not available. */
  warning: range.default('90'),
  critical: range.default('95'),
  swapWarning: range.optional(),
  swapCritical: range.optional(),
})
const disk = z.strictObject({
  /** Mount points, or paths on them; every local file system when absent. */
  paths: texts.optional(),
  exclude: texts.default([]),
  excludeTypes: texts.default([]),
  warning: free.default('20%'),
  critical: free.default('10%'),
  inodeWarning: percent.optional(),
  inodeCritical: percent.optional(),
})
const process = z
  .strictObject({
    name: z.string().min(1).max(255).optional(),
    /** A regular expression over the whole command line. */
    args: z.string().min(1).max(1024).optional(),
    user: z.string().min(1).max(64).optional(),
    state: z
      .string()
      .regex(/^[RSDZTIWXt]+$/, 'letters such as R, S, D, Z')
      .optional(),
    metric: z.enum(['count', 'cpu', 'rss']).default('count'),
    ...ranges,
  })
  .refine((options) => compiles(options.args), { message: 'no regular expression', path: ['args'] })
const clock = z.strictObject({
  /** `host` or `host:port`; without servers the kernel's own word and the drift since start count. */
  servers: texts.optional(),
  family,
  warning: seconds.default(0.5),
  critical: seconds.default(5),
})
/** `label=range`, such as `waiting=5000`; `label=` for none. */
const measureLimit = z
  .string()
  .regex(/^[a-z][a-z0-9_]*=/, 'a limit of a measure, such as waiting=5000')
  .refine(
    (text) => /=\s*$/.test(text) || parseRange(text.slice(text.indexOf('=') + 1)) !== undefined,
    'a limit of a measure with a threshold range, such as waiting=5000 or disk=10:',
  )
const measureLimits = list(measureLimit).default([])

const parallax = z
  .strictObject({
    /** Absent: the whole program, with the four limits below. */
    component: z.enum(COMPONENT_NAMES, `a component: ${COMPONENT_NAMES.join(', ')}`).optional(),
    /** A collector (`cluster.name`), or a cluster for all of its collectors; empty: the process that runs the check. */
    of: z.string().trim().max(253).default(''),
    warning: measureLimits,
    critical: measureLimits,
    /** Results that wait in the outbox. */
    waitingWarning: integer(0, 1e9).default(20_000),
    waitingCritical: integer(0, 1e9).default(200_000),
    /** How late checks start, 99th percentile. */
    latenessWarning: seconds.default(2),
    latenessCritical: seconds.default(15),
  })
  .superRefine(({ component, of, ...given }, context) => {
    if (component === undefined) {
      const unused = of === '' ? ([...given.warning, ...given.critical][0] ?? '') : `of: ${of}`
      if (unused !== '')
        context.addIssue({
          code: 'custom',
          message: `'${unused}' needs component`,
          path: ['component'],
        })
      return
    }
    const { about, measures } = COMPONENTS[component]
    if (about === 'cluster' && of === '')
      context.addIssue({ code: 'custom', message: 'needs of: a cluster', path: ['of'] })
    const labels = measures.map(({ label }) => label)
    for (const key of ['warning', 'critical'] as const) {
      const strange = given[key].find((text) => !labels.includes(labelOf(text)))
      if (strange === undefined) continue
      const message = `'${labelOf(strange)}' is no measure of ${component}: ${labels.join(', ')}`
      context.addIssue({ code: 'custom', message, path: [key] })
    }
  })

function labelOf(limit: string): string {
  return limit.slice(0, limit.indexOf('='))
}

function compiles(source: string | undefined): boolean {
  if (source === undefined) return true
  try {
    return new RegExp(source) instanceof RegExp
  } catch {
    return false
  }
}

const schemas = { tcp, http, tls, dns, ping, load, cpu, memory, disk, process, clock, parallax }

export const BUILTIN_OPTIONS: Readonly<Record<BuiltinName, z.ZodType>> & typeof schemas = schemas

export type TcpOptions = z.output<typeof tcp>
export type HttpOptions = z.output<typeof http>
export type TlsOptions = z.output<typeof tls>
export type DnsOptions = z.output<typeof dns>
export type PingOptions = z.output<typeof ping>
export type LoadOptions = z.output<typeof load>
export type CpuOptions = z.output<typeof cpu>
export type MemoryOptions = z.output<typeof memory>
export type DiskOptions = z.output<typeof disk>
export type ProcessOptions = z.output<typeof process>
export type ClockOptions = z.output<typeof clock>
export type ParallaxOptions = z.output<typeof parallax>

/**
 * Network checks look at the host they belong to unless they say otherwise: call before macros are expanded.
 * An http check with a `url` connects to where the address points.
 */
export function withDefaultHost(
  builtin: BuiltinName,
  options: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const looksAtHost = builtin === 'ping' || builtin === 'tcp' || builtin === 'tls'
  const wants = looksAtHost || (builtin === 'http' && options['url'] === undefined)
  return wants && options['host'] === undefined ? { host: '$HOSTADDRESS$', ...options } : options
}
