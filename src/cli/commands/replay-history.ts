import { readFileSync } from 'node:fs'
import { isatty } from 'node:tty'
import { systemClock } from '../../adapters/system/clock.ts'
import { after, instant, isInstant, isoOf, type Instant } from '../../base/instant.ts'
import { counted } from '../../base/words.ts'
import { durationMs } from '../../configuration/duration.ts'
import { readPolicyFile, type PolicyFile } from '../../configuration/policy-file.ts'
import {
  replayPast,
  settledBefore,
  type PastReplay,
  type PastSource,
} from '../../roles/past-replay.ts'
import {
  evidenceList,
  observedTopology,
  receiptList,
  type EvidenceItem,
  type ReceiptList,
} from '../../wire/api/past-verdicts.ts'
import type { Client } from '../client.ts'
import { CommandFailed, EXIT } from '../exit.ts'
import { displayName } from '../object-name.ts'
import { createProgressBar } from '../simulation/progress-bar.ts'
import type { Terminal } from '../terminal.ts'

export interface ReplayHistoryFlags {
  readonly from: string
  readonly to?: string
  /** A file. */
  readonly policy?: string
  readonly output: 'table' | 'json'
  readonly quiet?: boolean
}

const PAGE = 5_000
const PART_MS = 30 * 86_400_000
const HOUR_MS = 3_600_000
/** Outages that are printed; JSON has all. */
const SHOWN_MAX = 20

/**
 * Decides the past of a hub again, from what it has stored.
 * @throws CommandFailed `usage` for times and policies that cannot be used, with file, line and column; `notFound` without the file
 */
export async function replayHistory(
  terminal: Terminal,
  client: Client,
  flags: ReplayHistoryFlags,
): Promise<void> {
  const now = systemClock.now()
  const from = timeOf('--from', flags.from, now)
  const to = flags.to === undefined ? settledBefore(now) : timeOf('--to', flags.to, now)
  if (from >= to) throw new CommandFailed(EXIT.usage, '--from must be before --to')
  const policy = flags.policy === undefined ? undefined : policyOf(flags.policy)
  const bar = createProgressBar({
    write: (text) => void (flags.quiet !== true && process.stderr.write(text)),
    isLive: isatty(process.stderr.fd),
    columns: process.stderr.columns ?? 80,
    monotonicMs: () => systemClock.monotonicMs(),
  })
  const hours = Math.max(1, Math.round((to - from) / HOUR_MS))
  const show = (share: number): void =>
    bar.show({ done: Math.floor(share * hours), worlds: hours, share, noun: 'hour' })
  const order = { from, to, ...(policy === undefined ? {} : { policy: policy.of }) }
  const replay = await replayPast(sourceOf(client), order, show).finally(() => bar.end())
  if (flags.output === 'json') terminal.data(JSON.stringify(jsonOf(replay, from, to), null, 2))
  else print(terminal, replay, { from, to, policy: flags.policy })
  if (replay.receipts.odd.length > 0) process.exitCode = EXIT.failed
}

function sourceOf(client: Client): PastSource {
  return {
    topology: () => client.get('/api/v1/topology', observedTopology),
    receipts: (from, to) => inParts(from, to, (...part) => receiptsOf(client, ...part)),
    evidence: (from, to) => inParts(from, to, (...part) => evidenceOf(client, ...part)),
  }
}

/** A question may span 31 days at most. */
async function* inParts<T>(
  from: Instant,
  to: Instant,
  read: (from: Instant, to: Instant) => AsyncGenerator<T>,
): AsyncGenerator<T> {
  for (let start = from; start < to; start = after(start, PART_MS))
    yield* read(start, instant(Math.min(to, start + PART_MS)))
}

async function* receiptsOf(
  client: Client,
  from: Instant,
  to: Instant,
): AsyncGenerator<ReceiptList['items'][number]> {
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: ReceiptList = await client.get(
      pathOf('receipts', { from, to, cursor }),
      receiptList,
    )
    yield* page.items
    cursor = page.nextCursor
  }
}

async function* evidenceOf(
  client: Client,
  from: Instant,
  to: Instant,
): AsyncGenerator<EvidenceItem> {
  for (let cursor: string | null = ''; cursor !== null;) {
    const path = pathOf('evidence', { from, to, cursor })
    const page: { items: EvidenceItem[]; nextCursor: string | null } = await client.get(
      path,
      evidenceList,
    )
    yield* page.items
    cursor = page.nextCursor
  }
}

function pathOf(
  what: 'receipts' | 'evidence',
  { from, to, cursor }: { readonly from: Instant; readonly to: Instant; readonly cursor: string },
): string {
  const query = new URLSearchParams({ from: isoOf(from), to: isoOf(to), limit: String(PAGE) })
  if (cursor !== '') query.set('cursor', cursor)
  return `/api/v1/${what}?${query.toString()}`
}

/** `2026-11-23T14:05:00Z`, or `2h` for two hours ago. */
function timeOf(flag: string, text: string, now: Instant): Instant {
  const ago = durationMs(text)
  const ms = ago === undefined ? Date.parse(text) : now - ago
  if (text === '' || Number.isNaN(ms) || !isInstant(ms))
    throw new CommandFailed(
      EXIT.usage,
      `${flag} ${text}: this is no time`,
      'write it as 2026-11-23T14:05:00Z, or 2h for two hours ago',
    )
  return instant(ms)
}

function policyOf(file: string): PolicyFile {
  const read = readPolicyFile({ file, text: textOf(file) })
  if ('policy' in read) return read.policy
  const lines = read.problems.map(
    ({ file: place, line, column, message, hint }) =>
      `${place}:${line}:${column}: ${message}${hint === undefined ? '' : ` (${hint})`}`,
  )
  throw new CommandFailed(EXIT.usage, lines.join('\n'))
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new CommandFailed(EXIT.notFound, `${file}: there is no such file`)
    throw new CommandFailed(EXIT.usage, `${file}: it cannot be read (${code ?? String(error)})`)
  }
}

function print(
  terminal: Terminal,
  { checks, observers, results, receipts, outages, other }: PastReplay,
  {
    from,
    to,
    policy,
  }: { readonly from: Instant; readonly to: Instant; readonly policy?: string | undefined },
): void {
  if (checks === 0)
    terminal.say('Nothing is observed by several clusters: there is nothing to decide again.')
  const { total, odd } = receipts
  const rows: (readonly [string, string])[] = [
    ['Time', `${isoOf(from)} to ${isoOf(to)}`],
    [
      'Evidence',
      `${counted(results, 'result')} of ${counted(checks, 'check')}, ${counted(observers, 'observer')}`,
    ],
    [
      'Receipts',
      total === 1
        ? `${1 - odd.length} of 1 verdict follows from its receipt`
        : `${total - odd.length} of ${total} verdicts follow from their receipts`,
    ],
    ['Outages', `${outages.length} as it is decided now`],
  ]
  if (other !== undefined) {
    const { avoided, missed, added, delaysMs } = other.compared
    rows.push(
      ['', `${other.outages.length} with ${policy ?? ''}`],
      [
        'Difference',
        `-${counted(avoided.length, 'false alarm')}, +${missed.length} missed, +${added.length} more, ${delayText(delaysMs)}`,
      ],
    )
  }
  for (const [label, text] of rows) terminal.data(`${label.padEnd(11)} ${text}`)
  for (const { id, at, said, computed } of odd.slice(0, SHOWN_MAX))
    terminal.data(
      `  ${isoOf(at)} ${displayName(id)}: it was ${said}, its receipt gives ${computed}`,
    )
  if (other === undefined) return
  const { avoided, missed, added } = other.compared
  const lists = { avoided, missed, more: added }
  for (const [word, list] of Object.entries(lists))
    for (const one of list.slice(0, SHOWN_MAX))
      terminal.data(
        `  ${word.padEnd(8)} ${displayName(one.checkId)}  ${isoOf(one.from)} to ${one.to === null ? 'now' : isoOf(one.to)}`,
      )
}

function delayText(delaysMs: readonly number[]): string {
  const median = delaysMs[Math.floor(delaysMs.length / 2)]
  if (median === undefined) return 'no delay to compare'
  const seconds = Math.round(median / 1000)
  return `${seconds < 0 ? '' : '+'}${seconds} s median delay`
}

function jsonOf({ receipts, outages, other, ...rest }: PastReplay, from: Instant, to: Instant) {
  const outageOf = (one: PastReplay['outages'][number]) => ({
    id: one.checkId,
    from: isoOf(one.from),
    to: one.to === null ? null : isoOf(one.to),
  })
  return {
    from: isoOf(from),
    to: isoOf(to),
    ...rest,
    receipts: {
      total: receipts.total,
      reproduced: receipts.total - receipts.odd.length,
      odd: receipts.odd.map((one) => ({ ...one, at: isoOf(one.at) })),
    },
    outages: outages.map(outageOf),
    ...(other === undefined
      ? {}
      : {
          other: {
            outages: other.outages.map(outageOf),
            avoided: other.compared.avoided.map(outageOf),
            missed: other.compared.missed.map(outageOf),
            added: other.compared.added.map(outageOf),
            delaysMs: other.compared.delaysMs,
          },
        }),
  }
}
