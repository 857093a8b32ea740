import type { Command } from 'commander'
import { systemClock } from '../../adapters/system/clock.ts'
import { explanation, reports, type ExplanationAnswer, type Reports } from '../../wire/api/truth.ts'
import { hubCommand, withExamples, withFormat, withHubOptions } from '../command.ts'
import { CommandFailed, EXIT } from '../exit.ts'
import { printObject } from '../format.ts'
import { displayName, objectIdOf } from '../object-name.ts'
import { ageOf } from '../object-columns.ts'
import { plain, renderTable, type Column } from '../table.ts'
import type { Terminal } from '../terminal.ts'

interface ExplainFlags {
  readonly at?: string
  readonly raw?: boolean
}

export function addExplain(program: Command): void {
  const command = program
    .command('explain')
    .argument('<object>', 'host or host/service that several clusters observe')
    .description(
      'why a verdict is what it is: who saw what, how much it weighs, who is not believed',
    )
    .option('--at <time>', 'the last change before this time (2026-11-23T14:05:00Z) instead of now')
    .option('--raw', 'what each observer said last, as it came')
  withExamples(command, [
    ['parallax explain web-01/http', 'the verdict of now, and what other rules would say'],
    ['parallax explain web-01/http --raw', 'one row for each observer'],
    ['parallax explain web-01 --at 2026-11-23T14:05:00Z', 'from the receipt of that time'],
    ['parallax explain web-01/http -o json', 'for a script'],
  ])
  withFormat(withHubOptions(command)).action(
    async (name: string, flags: ExplainFlags, self: Command) => {
      const { terminal, client, format } = hubCommand(self)
      const path = `/api/v1/objects/${encodeURIComponent(objectIdOf(name))}`
      const isTable = format === 'table' || format === 'wide'
      if (flags.raw === true && flags.at !== undefined)
        throw new CommandFailed(EXIT.usage, '--raw shows what is said now; leave --at out')
      if (flags.raw === true) {
        const said = await client.get(`${path}/reports`, reports)
        return isTable ? printReports(terminal, said) : printObject(terminal, said, format)
      }
      const when = flags.at === undefined ? '' : `?at=${encodeURIComponent(timeOf(flags.at))}`
      const found = await client.get(`${path}/explanation${when}`, explanation)
      if (!isTable) return printObject(terminal, found, format)
      printExplanation(terminal, found)
    },
  )
}

function timeOf(text: string): string {
  const ms = Date.parse(text)
  if (Number.isNaN(ms))
    throw new CommandFailed(
      EXIT.usage,
      `--at ${text}: this is no time`,
      'write it as 2026-11-23T14:05:00Z',
    )
  return new Date(ms).toISOString()
}

function printExplanation(terminal: Terminal, found: ExplanationAnswer): void {
  terminal.data(terminal.paint.bold(displayName(found.id)))
  const lines: (readonly [string, string])[] = [
    ['Verdict', plain(found.sentence)],
    ['At', found.isLive ? 'now' : found.at],
    ['Cause', found.cause === null ? '' : `${found.cause.scope} ${displayName(found.cause.name)}`],
    ['Rule', found.rule],
    [
      'Last OK',
      found.okAt === null ? 'none that counts' : `${found.okAt} from ${found.okOf ?? ''}`,
    ],
  ]
  for (const [label, text] of lines) if (text !== '') terminal.data(`  ${label.padEnd(11)} ${text}`)
  if (found.witnesses.length > 0) {
    terminal.data('')
    terminal.data(table(WITNESSES, found.witnesses))
  }
  for (const { observer, reason, share } of found.setAside)
    terminal.data(`  ${observer} is not believed: ${REASONS[reason]} (${Math.round(share * 100)}%)`)
  const others = found.otherRules.filter(({ rule }) => rule !== found.rule)
  if (others.length > 0) {
    terminal.data('')
    terminal.data('Other rules would say')
    for (const { rule, kind } of others) terminal.data(`  ${rule.padEnd(12)} ${kind.toUpperCase()}`)
  }
}

const REASONS = {
  contradicted: 'others contradict it',
  'false-ok': 'it says OK where two other sites keep failing',
  silent: 'it is silent',
} as const

type Witness = ExplanationAnswer['witnesses'][number]

const WITNESSES: readonly Column<Witness>[] = [
  { title: 'WITNESS', text: ({ observer }) => observer },
  { title: 'SITE', text: ({ site }) => site },
  { title: 'SAW', text: (one) => (one.run > 1 ? `${one.class} x${one.run}` : one.class) },
  { title: 'WEIGHT', text: ({ weight }) => `+${weight.toFixed(1)}` },
  { title: 'WRONG', text: ({ falseRate }) => `${(falseRate * 100).toFixed(2)}%` },
  { title: 'AT', text: ({ at }) => at },
]

type Report = Reports['items'][number]

function printReports(terminal: Terminal, { id, items }: Reports): void {
  terminal.data(terminal.paint.bold(displayName(id)))
  const now = systemClock.now()
  const columns: readonly Column<Report>[] = [
    { title: 'OBSERVER', text: ({ observer }) => observer },
    { title: 'SITE', text: ({ site }) => site },
    { title: 'SAID', text: (one) => (one.class === null ? 'nothing yet' : one.class) },
    { title: 'AGE', text: ({ at }) => (at === null ? '' : ageOf(at, now)) },
    { title: 'FRESH', text: ({ isFresh }) => (isFresh ? 'yes' : 'no') },
    { title: 'WEIGHT', text: ({ weight }) => (weight === 0 ? '' : `+${weight.toFixed(1)}`) },
    { title: 'USE', text: useText },
  ]
  terminal.data(table(columns, items))
}

function useText({ setAside, penalisedUntil, relation, class: said }: Report): string {
  if (setAside !== null) return `set aside: ${REASONS[setAside]}`
  if (penalisedUntil !== null) return `waits for others, until ${penalisedUntil}`
  if (said === null) return ''
  return relation === 'contradicted' || relation === 'outvoted' ? relation : 'counts'
}

function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  return renderTable(columns, rows, { width: Number.POSITIVE_INFINITY, hasHeader: true })
}
