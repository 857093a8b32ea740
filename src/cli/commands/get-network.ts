import type { Command } from 'commander'
import { systemClock } from '../../adapters/system/clock.ts'
import { clusterList, collectorList, hubList } from '../../wire/api/network.ts'
import { hubCommand, withExamples, withFormat, withHubOptions } from '../command.ts'
import { printListing, type Listing } from '../format.ts'
import { clusterListing, collectorListing, hubListing } from '../network-listings.ts'
import { observerListing, observerRows } from '../observer-listing.ts'
import { observerList } from '../../wire/api/truth.ts'
import type { HubCommand } from '../command.ts'

/** `get clusters`, `get collectors` and `get hubs`. */
export function addGetNetwork(get: Command): void {
  const collectors = get
    .command('collectors')
    .description('list collectors, and how they are')
    .option('--cluster <name>', 'only of this cluster')
  withExamples(collectors, [
    ['parallax get collectors', 'health, load, outboxes'],
    ['parallax get collectors --cluster east -o wide', 'with clocks, memory and versions'],
    ['parallax get collectors -o name | xargs -n1 parallax describe', 'all that is known'],
  ])
  withFormat(withHubOptions(collectors)).action(async (flags: ClusterFlag, self: Command) => {
    const hub = hubCommand(self)
    const { items } = await hub.client.get('/api/v1/collectors', collectorList)
    const wanted = items.filter(
      ({ cluster }) => flags.cluster === undefined || cluster === flags.cluster,
    )
    print(hub, collectorListing(wanted, hub.terminal.paint, systemClock.now()))
  })

  const clusters = get.command('clusters').description('list clusters, blind ones marked')
  withExamples(clusters, [
    ['parallax get clusters', 'who is there, who checks how much'],
    ["parallax get clusters -o json | jq '.[] | select(.blindSince)'", 'blind spots, for a script'],
  ])
  withFormat(withHubOptions(clusters)).action(async (_: object, self: Command) => {
    const hub = hubCommand(self)
    const { items } = await hub.client.get('/api/v1/clusters', clusterList)
    print(hub, clusterListing(items, hub.terminal.paint, systemClock.now()))
  })

  const hubs = get.command('hubs').description('list hubs as the one that answers sees them')
  withExamples(hubs, [
    ['parallax get hubs', 'do they follow the same revision?'],
    ['parallax get hubs -o wide', 'with versions'],
  ])
  withFormat(withHubOptions(hubs)).action(async (_: object, self: Command) => {
    const hub = hubCommand(self)
    const { items } = await hub.client.get('/api/v1/hubs', hubList)
    print(hub, hubListing(items, hub.terminal.paint, systemClock.now()))
  })
  addObservers(get)
}

function addObservers(get: Command): void {
  const observers = get
    .command('observers')
    .description(
      'list clusters that observe hosts together with others, and what is wrong with them',
    )
  withExamples(observers, [
    ['parallax get observers', 'who is contradicted, silent or not believed'],
    ['parallax get observers -o json', 'for a script'],
  ])
  withFormat(withHubOptions(observers)).action(async (_: object, self: Command) => {
    const hub = hubCommand(self)
    const list = await hub.client.get('/api/v1/observers', observerList)
    print(hub, observerListing(observerRows(list), systemClock.now()))
  })
}

interface ClusterFlag {
  readonly cluster?: string
}

function print<Row extends object>(
  { terminal, format, hasHeader }: HubCommand,
  listing: Listing<Row>,
): void {
  printListing(terminal, listing, { format, hasHeader })
}
