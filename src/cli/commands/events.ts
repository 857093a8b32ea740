import type { Command } from 'commander'
import { z } from 'zod'
import { changeRow, type ChangeRow, type HistoryRow } from '../../wire/api/objects.ts'
import { historyList } from '../../wire/api/queries.ts'
import { streamChanges } from '../../wire/api/stream.ts'
import { systemClock } from '../../adapters/system/clock.ts'
import type { Client } from '../client.ts'
import {
  countOf,
  hubCommand,
  withExamples,
  withFormat,
  withHubOptions,
  type HubCommand,
} from '../command.ts'
import { CommandFailed, EXIT } from '../exit.ts'
import { printListing } from '../format.ts'
import { readEvents } from '../event-stream.ts'
import { displayName, objectIdOf } from '../object-name.ts'
import type { Column } from '../table.ts'
import { changeColumns } from './describe.ts'

interface EventFlags {
  readonly follow?: boolean
  readonly object?: string
  readonly limit: string
  readonly raw?: boolean
}

export function addEvents(program: Command): void {
  const command = program
    .command('events')
    .description('changes of state: the last ones, or as they happen')
    .option('-f, --follow', 'stay and print new ones as they happen')
    .option('--object <name>', 'only of this host or host/service')
    .option('--raw', 'results of this object, and what was made of each')
    .option('--limit <n>', 'the last so many', '50')
  withExamples(command, [
    ['parallax events', 'the last 50'],
    ['parallax events --follow', 'and then every new one'],
    [
      'parallax events --raw --object web-01/http',
      'each result, who it is of and what was made of it',
    ],
    ['parallax events --follow -o ndjson | jq .', 'for a script'],
  ])
  withFormat(withHubOptions(command)).action(async (flags: EventFlags, self: Command) =>
    events(flags, hubCommand(self)),
  )
}

async function events(flags: EventFlags, hub: HubCommand): Promise<void> {
  const id = flags.object === undefined ? undefined : objectIdOf(flags.object)
  if (flags.raw === true) return pastResults(flags, hub, id)
  const query = new URLSearchParams({ limit: String(countOf(flags.limit, '--limit', 10_000)) })
  if (id !== undefined) query.set('id', id)
  const { items } = await hub.client.get(
    `/api/v1/changes?${query.toString()}`,
    z.object({ items: z.array(changeRow) }),
  )
  print(hub, [...items].reverse(), hub.hasHeader)
  if (flags.follow === true) await follow(hub, id)
}

/** Results of one object, oldest first as changes are. @throws CommandFailed without an object, or when it is to be followed */
async function pastResults(
  flags: EventFlags,
  { client, terminal, format, hasHeader }: HubCommand,
  id: string | undefined,
): Promise<void> {
  if (id === undefined || flags.follow === true)
    throw new CommandFailed(
      EXIT.usage,
      '--raw lists past results of one object',
      'write --raw --object web-01/http, without --follow',
    )
  const limit = String(countOf(flags.limit, '--limit', 10_000))
  const query = new URLSearchParams({ id, limit })
  const { items } = await client.get(`/api/v1/history?${query.toString()}`, historyList)
  const listing = {
    rows: [...items].reverse(),
    columns: RESULT_COLUMNS,
    wideColumns: [],
    name: () => displayName(id),
    whenEmpty: 'no result in the last 24 hours',
  }
  printListing(terminal, listing, { format, hasHeader })
}

const RESULT_COLUMNS: readonly Column<HistoryRow>[] = [
  { title: 'AT', text: ({ finishedAt }) => finishedAt },
  { title: 'COLLECTOR', text: ({ collector }) => collector },
  { title: 'STATE', text: ({ state }) => state.toUpperCase() },
  { title: 'USE', text: ({ use }) => use },
  { title: 'ORIGIN', text: ({ origin }) => (origin === 'probe' ? 'asked' : (origin ?? '')) },
  { title: 'OUTPUT', text: ({ output }) => output },
]

function print(hub: HubCommand, rows: readonly ChangeRow[], hasHeader: boolean): void {
  const listing = {
    rows,
    columns: changeColumns(hub.terminal),
    wideColumns: [],
    name: (row: ChangeRow) => displayName(row.id),
    whenEmpty: 'nothing has changed yet',
  }
  printListing(hub.terminal, listing, { format: hub.format, hasHeader })
}

/** Until interrupted; a lost connection is taken up again where it broke. */
async function follow(hub: HubCommand, id: string | undefined): Promise<void> {
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  process.once('SIGTERM', () => stop.abort())
  let lastEventId: string | undefined
  let waitMs = 500
  while (!stop.signal.aborted) {
    try {
      for await (const event of readEvents(await open(hub.client, stop.signal, lastEventId))) {
        waitMs = 500
        lastEventId = event.id ?? lastEventId
        if (event.name === 'reset')
          hub.terminal.say('some events were missed while the connection was lost')
        if (event.name !== 'changes') continue
        const { changes } = streamChanges.parse(JSON.parse(event.data))
        const rows = id === undefined ? changes : changes.filter((change) => change.id === id)
        if (rows.length > 0) print(hub, rows, false)
      }
    } catch (error) {
      if (stop.signal.aborted) return
      if (error instanceof CommandFailed && error.status === EXIT.auth) throw error
    }
    if (stop.signal.aborted) return
    hub.terminal.say(`connection lost, trying again in ${waitMs / 1000} s`)
    await systemClock.sleep(waitMs, stop.signal)
    waitMs = Math.min(waitMs * 2, 10_000)
  }
}

async function open(
  client: Client,
  signal: AbortSignal,
  lastEventId: string | undefined,
): Promise<Response> {
  return client.open('/api/v1/stream', signal, {
    accept: 'text/event-stream',
    ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
  })
}
