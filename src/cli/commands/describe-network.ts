import { systemClock } from '../../adapters/system/clock.ts'
import { counted } from '../../base/words.ts'
import {
  clusterList,
  collectorList,
  collectorRow,
  hubList,
  type ClusterRow,
  type CollectorRow,
  type HubRow,
} from '../../wire/api/network.ts'
import type { HubCommand } from '../command.ts'
import { CommandFailed, EXIT } from '../exit.ts'
import { printObject } from '../format.ts'
import {
  clockText,
  clusterState,
  collectorListing,
  isOff,
  msText,
  outboxText,
  paintCluster,
  planOf,
  sizeText,
  slotsOf,
  standingOf,
} from '../network-listings.ts'
import { printLines, type Lines } from '../labelled-lines.ts'
import { ageOf } from '../object-columns.ts'
import { describeObserver } from './describe-observer.ts'
import { renderTable } from '../table.ts'
import type { Terminal } from '../terminal.ts'

const KINDS = ['collector', 'cluster', 'hub', 'observer'] as const
type Kind = (typeof KINDS)[number]

/** Something of the network that people name as `collector/east.c1`. */
export interface NetworkName {
  readonly kind: Kind
  readonly name: string
}

/** `undefined` for hosts and services. Also in two words, and in the plural as `get` has it. */
export function networkNameOf(first: string, second: string | undefined): NetworkName | undefined {
  const [word = '', ...rest] = second === undefined ? first.split('/') : [first, second]
  const kind = KINDS.find((one) => word === one || word === `${one}s`)
  const name = rest.join('/')
  return kind === undefined || name === '' ? undefined : { kind, name }
}

/** All that is known of a collector, a cluster, a hub or an observer. @throws CommandFailed when it is not known */
export async function describeNetwork(hub: HubCommand, { kind, name }: NetworkName): Promise<void> {
  if (kind === 'collector') return describeCollector(hub, name)
  if (kind === 'observer') return describeObserver(hub, name)
  return kind === 'cluster' ? describeCluster(hub, name) : describeHub(hub, name)
}

async function describeCollector(hub: HubCommand, id: string): Promise<void> {
  const row = await hub.client.get(`/api/v1/collectors/${encodeURIComponent(id)}`, collectorRow)
  if (isStructured(hub)) return printObject(hub.terminal, row, hub.format)
  printLines(hub.terminal, row.id, collectorLines(row, hub.terminal))
}

function collectorLines(row: CollectorRow, { paint }: Terminal): Lines {
  const now = systemClock.now()
  const { load } = row
  const seen =
    row.lastSeenAt === null
      ? 'not since this hub started'
      : `${row.lastSeenAt} (${ageOf(row.lastSeenAt, now)} ago)`
  const health = row.health === 'lost' ? paint.bold(paint.red(row.health)) : row.health
  const head: Lines = [
    ['Health', `${health} since ${row.since} (${ageOf(row.since, now)})`],
    ['Last heard', seen],
    ['Cluster', row.cluster],
  ]
  if (row.standing === null || load === null) return head
  if (row.health === 'lost')
    return [
      ...head,
      ['Checks', `none now; ${row.checks} on ${counted(row.hosts, 'host')} before`],
      ...row.outboxes.map(
        (outbox, index) =>
          [index === 0 ? 'Outbox' : '', `${outboxText(outbox)} when it was heard last`] as const,
      ),
      ['Program', row.program ?? ''],
    ]
  return [
    ...head,
    ['Standing', `${standingOf(row)}, weight ${row.weight}`],
    ['Checks', `${row.checks} on ${counted(row.hosts, 'host')}`],
    [
      'Executor',
      `${slotsOf(row)} slots, ${load.waiting} waiting, ${msText(load.lateP99Ms)} late (p99), event loop ${msText(load.loopLagMs)} late`,
    ],
    ...row.outboxes.map((outbox, index) => {
      const text = `${outboxText(outbox)}, ${sizeText(outbox.bytes)} on disk`
      return [index === 0 ? 'Outbox' : '', outbox.lost > 0 ? paint.red(text) : text] as const
    }),
    ...row.clocks.map((clock, index) => {
      const text = `${clockText(clock)}, measured ${msText(clock.ageMs)} ago`
      return [index === 0 ? 'Clock' : '', isOff(clock) ? paint.yellow(text) : text] as const
    }),
    ['Plan', `${planOf(row)}, revision ${row.revision || '-'}, epoch ${row.epoch ?? '-'}`],
    [
      '',
      row.refusal === undefined ? '' : paint.red(`cannot follow the active one: ${row.refusal}`),
    ],
    ['Results', `${row.results} since its start, ${counted(row.leasesLost, 'lease')} lost`],
    ['Program', `${row.program}, ${sizeText(row.memoryBytes)} of memory`],
  ]
}

async function describeCluster(hub: HubCommand, name: string): Promise<void> {
  const row = found((await hub.client.get('/api/v1/clusters', clusterList)).items, {
    kind: 'cluster',
    name,
  })
  const { items } = await hub.client.get('/api/v1/collectors', collectorList)
  const members = items.filter(({ cluster }) => cluster === name)
  if (isStructured(hub))
    return printObject(hub.terminal, { ...row, collectors: members }, hub.format)
  const { terminal } = hub
  printLines(terminal, row.name, clusterLines(row, terminal))
  if (members.length === 0) return
  const { columns } = collectorListing(members, terminal.paint, systemClock.now())
  const shape = { width: terminal.columns, hasHeader: true }
  terminal.data('')
  terminal.data(renderTable(columns, members, shape))
}

function clusterLines(row: ClusterRow, { paint }: Terminal): Lines {
  const blind =
    row.blindSince === null
      ? ''
      : paint.red(`nobody checks its ${counted(row.hosts, 'host')} since ${row.blindSince}`)
  return [
    ['State', paintCluster(paint, row, clusterState(row, systemClock.now()))],
    ['Blind spot', blind],
    ['Alias', row.alias === row.name ? '' : row.alias],
    ['Site', row.site],
    ['Notes', row.notes],
    ['Collectors', `${row.live} live, ${row.late} late, ${row.lost} lost`],
    [
      'Members',
      row.live + row.late + row.lost === 0
        ? ''
        : row.isAgreed
          ? 'see the same members'
          : 'do not see the same members',
    ],
    ['Hosts', `${row.hosts}, ${row.assignedHosts} of them assigned`],
    ['Services', String(row.services)],
    [
      'Takeover',
      row.silenceMs === 0
        ? ''
        : `after ${msText(row.silenceMs)} of silence, ${row.takeoverRate} checks a second`,
    ],
    ['Tunnel', row.tunnel ?? ''],
  ]
}

async function describeHub(hub: HubCommand, name: string): Promise<void> {
  const row = found((await hub.client.get('/api/v1/hubs', hubList)).items, { kind: 'hub', name })
  if (isStructured(hub)) return printObject(hub.terminal, row, hub.format)
  printLines(hub.terminal, row.name, hubLines(row))
}

function hubLines(row: HubRow): Lines {
  const now = systemClock.now()
  return [
    ['State', row.isSelf ? 'this one answers' : row.isReachable ? 'reached' : 'away'],
    ['Program', `${row.program}, up ${ageOf(row.startedAt, now)}`],
    ['Revision', `${row.revision}, epoch ${row.epoch}`],
    ['Configured', `${counted(row.hosts, 'host')}, ${counted(row.services, 'service')}`],
    ['Results', `${row.resultsPerSecond.toFixed(1)}/s`],
    ['Database', row.database],
    ['Verdicts', hubVerdictsText(row)],
  ]
}

function hubVerdictsText({ verdicts, differsMs }: HubRow): string {
  if (verdicts === null || verdicts.checks === 0) return ''
  const { checks, down, digest } = verdicts
  const others = differsMs === 0 ? '' : `, others than here for ${msText(differsMs)}`
  return `${counted(checks, 'check')} of several observers, ${down} down, digest ${digest}${others}`
}

function found<Row extends { readonly name: string }>(
  rows: readonly Row[],
  { kind, name }: NetworkName,
): Row {
  const row = rows.find((one) => one.name === name)
  if (row !== undefined) return row
  throw new CommandFailed(
    EXIT.notFound,
    `there is no ${kind} '${name}'`,
    `\`parallax get ${kind}s\` lists them`,
  )
}

function isStructured({ format }: HubCommand): boolean {
  return format !== 'table' && format !== 'wide'
}
