import { resolve } from 'node:path'
import { z } from 'zod'
import { NODE_NAME } from '../domain/cluster.ts'

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export interface Address {
  readonly host: string
  readonly port: number
}

/** Another hub of the installation. */
export interface Peer {
  readonly name: string
  /** Of its nats-server. */
  readonly url: string
}

const size = z
  .string()
  .regex(/^\d+(\.\d+)?\s*(B|KB|MB|GB|TB)?$/i, 'write a size such as 512MB')
  .transform(bytesOf)
const hours = z
  .string()
  .regex(/^\d+h$/, 'write hours such as 24h')
  .transform((text) => Number.parseInt(text, 10) * 3_600_000)
const days = numberOf(1, 3650, 'of days ')
const slots = numberOf(1, 10_000)

const address = z.string().transform((text, context): Address => {
  const match = /^(?:(\[[0-9a-fA-F:]+\]|[^:]+):)?(\d{1,5})$/.exec(text.trim())
  const port = Number(match?.[2])
  if (match === null || port > 65_535) {
    context.addIssue('write host:port, such as 127.0.0.1:8470 or [::1]:8470')
    return z.NEVER
  }
  return { host: (match[1] ?? '127.0.0.1').replace(/^\[|\]$/g, ''), port }
})
const items = z
  .string()
  .transform((text) => text.split(',').map((item) => item.trim()))
  .refine((list) => list.every((item) => item !== ''), 'write them with commas between')

const peers = items.transform((list, context): readonly Peer[] => {
  const found = list.map((item): Peer => {
    const at = item.indexOf('=')
    return { name: item.slice(0, Math.max(0, at)), url: item.slice(at + 1) }
  })
  const isWrong = ({ name, url }: Peer): boolean =>
    !NODE_NAME.test(name) || !/^(nats|tls):\/\/[^/]+$/.test(url)
  const isTwice = new Set(found.map(({ name }) => name)).size !== found.length
  if (!found.some(isWrong) && !isTwice) return found
  context.addIssue(
    'write NAME=tls://host:port for each, such as hub-b=tls://hub-b.example.org:4222',
  )
  return z.NEVER
})

export const parsers = {
  config: z
    .string()
    .min(1)
    .transform((path) => resolve(path)),
  data: z
    .string()
    .min(1)
    .transform((path) => resolve(path)),
  listen: address,
  metricsListen: address,
  databaseUrl: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'write postgres://user:password@host/database'),
  watchdog: z
    .string()
    .refine(
      (text) => text === 'no' || (/^\d+$/.test(text) && Number(text) >= 5 && Number(text) <= 600),
      'write a whole number of seconds from 5 to 600, or no',
    ),
  logLevel: z.enum(LOG_LEVELS, `write ${LOG_LEVELS.join(', ')}`),
  pluginSlots: slots,
  builtinSlots: slots,
  roles: z.enum(['full', 'executor'], 'write full or executor'),
  outboxBytesMax: size,
  outboxAgeMaxMs: hours,
  historyDays: days,
  seriesDays: days,
  receiptsDays: days,
  isBehindTls: z.enum(['yes', 'no'], 'write yes or no').transform((word) => word === 'yes'),
  hubName: z
    .string()
    .regex(NODE_NAME, 'write small letters, digits and hyphens, such as hub-a; 63 at most'),
  busListen: address,
  leafListen: address,
  busAddresses: items,
  busUrl: items.refine(
    (list) => list.every((url) => /^(nats|tls):\/\/[^/]+$/.test(url)),
    'write nats://host:port or tls://host:port',
  ),
  peers,
} as const

export type SettingKey = keyof typeof parsers

/** A whole number within bounds; what else is told in one sentence. */
function numberOf(min: number, max: number, of: string = '') {
  const words = `write a whole number ${of}from ${min} to ${max}`
  return z.coerce.number(words).int(words).min(min, words).max(max, words)
}

function bytesOf(text: string): number {
  const match = /^([\d.]+)\s*([A-Z]*)$/i.exec(text.trim())
  const power = ['', 'KB', 'MB', 'GB', 'TB'].indexOf(
    (match?.[2] ?? '').toUpperCase().replace(/^B$/, ''),
  )
  return Math.round(Number(match?.[1]) * 1024 ** Math.max(0, power))
}
