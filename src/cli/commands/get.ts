import { Option, type Command } from 'commander'
import { SORT_KEYS } from '../../wire/api/queries.ts'
import { objectList, type ObjectRow } from '../../wire/api/objects.ts'
import type { Client } from '../client.ts'
import { countOf, hubCommand, withExamples, withFormat, withHubOptions } from '../command.ts'
import { printListing } from '../format.ts'
import { displayName } from '../object-name.ts'
import { objectColumns } from '../object-columns.ts'
import { pluginLineOf } from '../plugin-line.ts'
import { systemClock } from '../../adapters/system/clock.ts'
import { addGetNetwork } from './get-network.ts'

interface GetFlags {
  readonly state?: string
  readonly host?: string
  readonly group?: string
  readonly search?: string
  readonly sort?: string
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
      .option('--limit <n>', 'at most so many', '10000')
    withFormat(withHubOptions(command)).action(async (flags: GetFlags, self: Command) =>
      list(kind, flags, self),
    )
  }
  addGetNetwork(get)
}

async function list(kind: (typeof KINDS)[number], flags: GetFlags, self: Command): Promise<void> {
  const { terminal, client, format, hasHeader } = hubCommand(self)
  const rows = await fetchRows(client, kind, flags)
  if (format === 'nagios') {
    const line = pluginLineOf(rows)
    terminal.data(line.text)
    process.exitCode = line.code
    return
  }
  const listing = {
    rows,
    ...objectColumns(terminal.paint, systemClock.now()),
    name: (row: ObjectRow) => displayName(row.id),
    whenEmpty: kind === 'problems' ? 'no problems' : `no ${kind} match`,
  }
  printListing(terminal, listing, { format, hasHeader })
}

/** Reads page after page. */
async function fetchRows(client: Client, kind: string, flags: GetFlags): Promise<ObjectRow[]> {
  const limit = countOf(flags.limit, '--limit', 1_000_000)
  const query = new URLSearchParams()
  if (flags.state !== undefined) query.set('state', flags.state)
  if (flags.host !== undefined) query.set('host', flags.host)
  if (flags.group !== undefined) query.set('group', flags.group)
  if (flags.search !== undefined) query.set('q', flags.search)
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
