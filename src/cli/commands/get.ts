import { Option, type Command } from 'commander'
import { SORT_KEYS } from '../../wire/api/queries.ts'
import { objectList, type ObjectRow } from '../../wire/api/objects.ts'
import type { Client } from '../client.ts'
import { countOf, hubCommand, withExamples, withFormat, withHubOptions } from '../command.ts'
import { CommandFailed, EXIT } from '../exit.ts'
import { printListing } from '../format.ts'
import { displayName } from '../object-name.ts'
import { objectColumns } from '../object-columns.ts'
import { pluginLineOf } from '../plugin-line.ts'
import { systemClock } from '../../adapters/system/clock.ts'
import { fetchRaw, rawListing } from '../raw-listing.ts'
import { addGetNetwork } from './get-network.ts'

interface GetFlags {
  readonly state?: string
  readonly host?: string
  readonly group?: string
  readonly search?: string
  readonly sort?: string
  readonly verdict?: string
  readonly raw?: boolean
  readonly limit: string
}

const SORTS = SORT_KEYS.flatMap((key) => [key, `-${key}`])
const KINDS = ['hosts', 'services', 'problems'] as const

export function addGet(program: Command): void {
  const get = program
    .command('get')
    .description('list hosts, services, problems, collectors, clusters or hubs')
  withExamples(get, [
    ['parallax get problems', 'what is wrong now'],
    ['parallax get services --host web-01 -o wide', 'one host, more columns'],
    ['parallax get collectors', 'who checks, and how they are'],
    ['parallax get services --raw --verdict suspect', 'what each observer says of doubtful ones'],
    ['parallax get services --state critical,warning -o json', 'for a script'],
  ])
  for (const kind of KINDS) {
    const command = get
      .command(kind)
      .description(`list ${kind}`)
      .option('--state <states>', 'only these, comma between them')
      .option('--host <glob>', 'only of hosts like this (web-*)')
      .option('--group <name>', 'only members of this group')
      .option('--search <text>', 'only with this text in host, service or output')
      .addOption(new Option('--sort <key>', 'order, - before it turns it round').choices(SORTS))
      .option('--verdict <verdicts>', 'only these of several observers (suspect,down)')
      .option('--limit <n>', 'at most so many', '10000')
    if (kind !== 'problems')
      command.option('--raw', 'one row for each observer: what it said, and what is made of it')
    withFormat(withHubOptions(command)).action(async (flags: GetFlags, self: Command) =>
      list(kind, flags, self),
    )
  }
  addGetNetwork(get)
}

async function list(kind: (typeof KINDS)[number], flags: GetFlags, self: Command): Promise<void> {
  const { terminal, client, format, hasHeader } = hubCommand(self)
  if (flags.raw === true) {
    if (flags.sort !== undefined)
      throw new CommandFailed(
        EXIT.usage,
        '--raw has the order of the configuration; leave --sort out',
      )
    const filter = filterOf(flags)
    filter.set('kind', kind)
    const raw = await fetchRaw(client, filter, countOf(flags.limit, '--limit', 1_000_000))
    return printListing(terminal, rawListing(raw, systemClock.now()), { format, hasHeader })
  }
  const rows = await fetchRows(client, kind, flags)
  if (format === 'nagios') {
    const line = pluginLineOf(rows)
    terminal.data(line.text)
    process.exitCode = line.code
    return
  }
  const listing = {
    rows,
    ...objectColumns(terminal.paint, systemClock.now(), rows),
    name: (row: ObjectRow) => displayName(row.id),
    whenEmpty: kind === 'problems' ? 'no problems' : `no ${kind} match`,
  }
  printListing(terminal, listing, { format, hasHeader })
}

function filterOf({ state, host, group, search, verdict }: GetFlags): URLSearchParams {
  const query = new URLSearchParams()
  if (state !== undefined) query.set('state', state)
  if (host !== undefined) query.set('host', host)
  if (group !== undefined) query.set('group', group)
  if (search !== undefined) query.set('q', search)
  if (verdict !== undefined) query.set('verdict', verdict)
  return query
}

/** Reads page after page. */
async function fetchRows(client: Client, kind: string, flags: GetFlags): Promise<ObjectRow[]> {
  const limit = countOf(flags.limit, '--limit', 1_000_000)
  const query = filterOf(flags)
  if (flags.sort !== undefined) query.set('sort', flags.sort)
  const rows: ObjectRow[] = []
  while (rows.length < limit) {
    query.set('limit', String(Math.min(1000, limit - rows.length)))
    const page = await client.get(`/api/v1/${kind}?${query.toString()}`, objectList)
    rows.push(...page.items)
    if (page.nextCursor === null || page.items.length === 0) break
    query.set('cursor', page.nextCursor)
  }
  return rows
}
