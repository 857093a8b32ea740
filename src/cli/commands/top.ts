import process from 'node:process'
import type { Command } from 'commander'
import { systemClock } from '../../adapters/system/clock.ts'
import { clusterList, collectorList, hubList } from '../../wire/api/network.ts'
import type { Client } from '../client.ts'
import {
  hubCommand,
  withExamples,
  withFormat,
  withHubOptions,
  type HubCommand,
} from '../command.ts'
import { CommandFailed, EXIT } from '../exit.ts'
import { printObject } from '../format.ts'
import { openScreen, type Screen } from '../screen.ts'
import { topLines, type NetworkView } from '../top-table.ts'

const REFRESH_MS = 2_000

export function addTop(program: Command): void {
  const command = program
    .command('top')
    .description('collectors as they work now: slots, lateness, outboxes, clocks')
    .option('--once', 'print once and end, as without a terminal')
  withExamples(command, [
    ['parallax top', 'drawn anew every 2 s; q ends it'],
    ['parallax top --once', 'one look'],
    ['parallax top -o json', 'collectors, clusters and hubs for a script'],
  ])
  withFormat(withHubOptions(command)).action(async (flags: { once?: boolean }, self: Command) => {
    const hub = hubCommand(self)
    const isLive = hub.terminal.isInteractive && hub.format === 'table' && flags.once !== true
    if (isLive) return watch(hub)
    print(hub, await look(hub.client))
  })
}

async function look(client: Client): Promise<NetworkView> {
  const [collectors, clusters, hubs] = await Promise.all([
    client.get('/api/v1/collectors', collectorList),
    client.get('/api/v1/clusters', clusterList),
    client.get('/api/v1/hubs', hubList),
  ])
  return { collectors: collectors.items, clusters: clusters.items, hubs: hubs.items }
}

function print({ terminal, format }: HubCommand, view: NetworkView): void {
  if (format === 'json' || format === 'ndjson' || format === 'yaml')
    return printObject(terminal, view, format)
  if (format !== 'table' && format !== 'wide')
    throw new CommandFailed(
      EXIT.usage,
      `top has no ${format} form`,
      '`parallax get collectors` has all forms',
    )
  const shape = {
    paint: terminal.paint,
    now: systemClock.now(),
    columns: terminal.columns,
    rows: Number.POSITIVE_INFINITY,
    trouble: '',
  }
  for (const line of topLines(view, shape)) terminal.data(line)
}

/** Until somebody ends it. A hub that is away is asked again; what cannot become better ends it. */
async function watch({ client, terminal }: HubCommand): Promise<void> {
  let view = await look(client)
  let trouble = ''
  const draw = (): void => {
    const { columns, rows } = screen
    screen.draw(
      topLines(view, { paint: terminal.paint, now: systemClock.now(), columns, rows, trouble }),
    )
  }
  const screen: Screen = openScreen(draw)
  try {
    while (!screen.left.aborted) {
      draw()
      await systemClock.sleep(REFRESH_MS, screen.left)
      if (screen.left.aborted) break
      try {
        const seen = await Promise.race([look(client), aborted(screen.left)])
        if (seen === undefined) break
        view = seen
        trouble = ''
      } catch (error) {
        if (!(error instanceof CommandFailed) || error.status !== EXIT.unreachable) throw error
        trouble = `${error.message}; this is what was seen last`
      }
    }
  } finally {
    screen.close()
  }
  // A question that is still open is not waited for.
  process.exit(EXIT.ok)
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(undefined), { once: true })
  })
}
