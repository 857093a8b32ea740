import { Option, type Command } from 'commander'
import { systemClock } from '../../adapters/system/clock.ts'
import {
  configurationStatus,
  diffAnswer,
  revisionList,
  type RevisionSummary,
} from '../../wire/api/configuration.ts'
import type { Client } from '../client.ts'
import {
  COMPILE_MS_MAX,
  countOf,
  hubCommand,
  withExamples,
  withFormat,
  withHubOptions,
} from '../command.ts'
import { CommandFailed, EXIT } from '../exit.ts'
import { printListing } from '../format.ts'
import { ageOf } from '../object-columns.ts'
import { cut, DONE, renderChanges, renderCounts } from '../plan/changes.ts'
import type { Column } from '../table.ts'
import type { Paint } from '../terminal.ts'

const PAGE = 1000

export function addHistory(program: Command): void {
  const command = program
    .command('history')
    .description('which configuration was active when, newest first')
    .option('-n, --limit <n>', 'at most so many', '20')
  withExamples(command, [
    ['parallax history', 'the last 20'],
    ['parallax history -n 100 -o json', 'for a script'],
    ['parallax history -n 2 -o name', 'the last two names'],
  ])
  withFormat(withHubOptions(command)).action(async (flags: { limit: string }, self: Command) => {
    const { terminal, client, format, hasHeader } = hubCommand(self)
    const rows = await fetchRevisions(client, countOf(flags.limit, '--limit', 100_000))
    const now = systemClock.now()
    const listing = {
      rows,
      columns: columnsOf(terminal.paint, now),
      wideColumns: [
        { title: 'AT', text: (row: RevisionSummary) => row.activatedAt },
        { title: 'HUB', text: (row: RevisionSummary) => row.origin ?? '' },
        { title: 'HOSTS', text: (row: RevisionSummary) => String(row.hosts) },
        { title: 'SERVICES', text: (row: RevisionSummary) => String(row.services) },
      ],
      name: (row: RevisionSummary) => row.revision,
      whenEmpty: 'no revision was active yet',
    }
    printListing(terminal, listing, { format, hasHeader })
    await sayWhatWaits(client, (text) => terminal.say(text))
  })
}

function columnsOf(paint: Paint, now: number): readonly Column<RevisionSummary>[] {
  return [
    {
      title: 'REVISION',
      text: (row) => (row.isActive ? `${row.revision} *` : row.revision),
      paint: (text, row) => (row.isActive ? paint.bold(text) : text),
    },
    { title: 'AGE', text: (row) => ageOf(row.activatedAt, now) },
    { title: 'BY', text: (row) => cut(row.author, 20) },
    { title: 'KIND', text: (row) => row.kind },
    { title: 'CHANGED', text: (row) => String(row.changed) },
    { title: 'MESSAGE', text: messageOf },
  ]
}

function messageOf({ message, remark }: RevisionSummary): string {
  if (remark === undefined) return message
  return message === '' ? `(${remark})` : `${message} (${remark})`
}

async function fetchRevisions(client: Client, limit: number): Promise<RevisionSummary[]> {
  const rows: RevisionSummary[] = []
  const query = new URLSearchParams()
  while (rows.length < limit) {
    query.set('limit', String(Math.min(PAGE, limit - rows.length)))
    const path = `/api/v1/configuration/revisions?${query.toString()}`
    const page = await client.get(path, revisionList)
    rows.push(...page.revisions)
    if (page.nextBefore === null || page.revisions.length === 0) break
    query.set('before', page.nextBefore)
  }
  return rows
}

/** The list shows what was; these are why the next apply may bring more than the files' last change. */
async function sayWhatWaits(client: Client, say: (text: string) => void): Promise<void> {
  const { active, isPinned, pending } = await client.get(
    '/api/v1/configuration',
    configurationStatus,
  )
  if (isPinned && active?.kind === 'rollback')
    say('\nA rollback is active: the files count again with the next `parallax apply`.')
  else if (isPinned)
    say(
      '\nAnother hub applied last: an apply here begins with the files of this hub, if it has any.',
    )
  if (pending > 0)
    say(`\nObjects that wait for an apply: ${pending}. \`parallax object list --pending\``)
}

export function addDiff(program: Command): void {
  const command = program
    .command('diff')
    .argument('<from>', 'a revision, or the beginning of its name')
    .argument('[to]', 'another; without it the active one')
    .description('what differs between two revisions')
    .option('--all', 'show every object, however many')
    .addOption(
      new Option('-o, --output <format>', 'how to print').choices(['text', 'json']).default('text'),
    )
  withExamples(command, [
    ['parallax diff 3fa9c1', 'since then'],
    ['parallax diff 3fa9c1 b07e22', 'from one to the other'],
    ['parallax diff 3fa9c1 -o json', 'for a script'],
  ])
  withHubOptions(command).action(
    async (
      from: string,
      given: string | undefined,
      flags: { output: string; all?: boolean },
      self: Command,
    ) => {
      const { terminal, client } = hubCommand(self, COMPILE_MS_MAX)
      const to = given ?? (await activeRevision(client))
      const answer = await fetchDiff(client, from, to)
      if (flags.output === 'json') return terminal.data(JSON.stringify(answer, null, 2))
      if (answer.changes.length === 0)
        return terminal.data(`Revisions ${answer.from} and ${answer.to} are the same.`)
      const counts = renderCounts(answer.changes, `${answer.from} -> ${answer.to}`, DONE)
      const changes = renderChanges(answer.changes, terminal, flags.all === true)
      terminal.data([...changes, '', ...counts].join('\n'))
    },
  )
}

export async function fetchDiff(client: Client, from: string, to: string) {
  for (const name of [from, to]) revisionName(name)
  const query = new URLSearchParams({ from, to })
  return client.get(`/api/v1/configuration/diff?${query.toString()}`, diffAnswer)
}

/** @throws CommandFailed */
export function revisionName(name: string): string {
  if (/^[0-9a-f]{4,64}$/.test(name)) return name
  throw new CommandFailed(
    EXIT.usage,
    `'${name}' is no name of a revision`,
    'write at least 4 of its letters and digits; `parallax history` lists the revisions',
  )
}

/** @throws CommandFailed while there is none */
export async function activeRevision(client: Client): Promise<string> {
  const { active } = await client.get('/api/v1/configuration', configurationStatus)
  if (active === null) throw new CommandFailed(EXIT.notFound, 'no revision is active yet')
  return active.revision
}
