import type { Command } from 'commander'
import { z } from 'zod'
import { systemClock } from '../../adapters/system/clock.ts'
import { DEFAULT_CLUSTER } from '../../domain/cluster.ts'
import {
  changeRow,
  objectDetail,
  objectList,
  type ChangeRow,
  type ObjectDetail,
  type ObjectRow,
} from '../../wire/api/objects.ts'
import { hubCommand, withExamples, withFormat, withHubOptions } from '../command.ts'
import { CommandFailed, EXIT } from '../exit.ts'
import { printObject } from '../format.ts'
import { displayName, objectIdOf } from '../object-name.ts'
import { ageOf, objectColumns, paintState } from '../object-columns.ts'
import { plain, renderTable } from '../table.ts'
import { verdictSentence } from '../verdict-text.ts'
import { explanation, type ExplanationAnswer } from '../../wire/api/truth.ts'
import type { Terminal } from '../terminal.ts'
import { describeNetwork, networkNameOf } from './describe-network.ts'

export function addDescribe(program: Command): void {
  const command = program
    .command('describe')
    .argument(
      '<object>',
      'host, host/service, collector/ID, cluster/NAME, hub/NAME or observer/NAME',
    )
    .argument('[name]', 'after the word collector, cluster, hub or observer')
    .description(
      'all that is known of a host, a service, a collector, a cluster, a hub or an observer',
    )
  withExamples(command, [
    ['parallax describe web-01', 'a host and its services'],
    ['parallax describe web-01/http', 'a service'],
    ['parallax describe collector/east.c1', 'a collector; also: describe collector east.c1'],
    ['parallax describe cluster/east', 'a cluster and its collectors'],
    [
      'parallax describe observer/east',
      'whether the cluster is believed, where, and what was wrong with it',
    ],
    ['parallax describe web-01/http -o yaml', 'for a script'],
  ])
  withFormat(withHubOptions(command)).action(
    async (first: string, second: string | undefined, _: object, self: Command) => {
      const ofNetwork = networkNameOf(first, second)
      if (ofNetwork !== undefined) return describeNetwork(hubCommand(self), ofNetwork)
      if (second === undefined) return describe(first, self)
      throw new CommandFailed(
        EXIT.usage,
        `'${first} ${second}' names nothing`,
        'write web-01/http, or collector, cluster, hub or observer and its name',
      )
    },
  )
}

async function describe(name: string, self: Command): Promise<void> {
  const { terminal, client, format } = hubCommand(self)
  const id = objectIdOf(name)
  const detail = await client.get(`/api/v1/objects/${encodeURIComponent(id)}`, objectDetail)
  if (format !== 'table' && format !== 'wide') return printObject(terminal, detail, format)
  const changes = await client.get(
    `/api/v1/changes?id=${encodeURIComponent(id)}&limit=10`,
    z.object({ items: z.array(changeRow) }),
  )
  const explained =
    detail.verdict === null
      ? undefined
      : await client.get(`/api/v1/objects/${encodeURIComponent(id)}/explanation`, explanation)
  const isHost = detail.kind === 'host'
  const services = isHost
    ? (
        await client.get(
          `/api/v1/services?host=${encodeURIComponent(detail.host)}&limit=1000`,
          objectList,
        )
      ).items
    : []
  printDetail(terminal, detail, explained)
  printServices(terminal, services)
  printChanges(terminal, changes.items)
}

function causeText(explained: ExplanationAnswer | undefined): string {
  const cause = explained?.cause ?? null
  return cause === null ? '' : `${cause.scope} ${displayName(cause.name)}`
}

function printDetail(
  terminal: Terminal,
  detail: ObjectDetail,
  explained: ExplanationAnswer | undefined,
): void {
  const now = systemClock.now()
  const state = detail.isStale
    ? `STALE, was ${detail.state.toUpperCase()}`
    : detail.state.toUpperCase()
  const since =
    detail.lastChangeAt === null
      ? ''
      : ` since ${detail.lastChangeAt} (${ageOf(detail.lastChangeAt, now)})`
  const lines: (readonly [string, string])[] = [
    [
      'State',
      `${paintState(terminal.paint, detail, state)}${since}, ${detail.type}, attempt ${detail.attempt}/${detail.maxAttempts}`,
    ],
    ['Verdict', plain(verdictSentence(detail))],
    ['Why', plain(explained?.sentence ?? '')],
    ['Cause', causeText(explained)],
    ['Output', plain(detail.output)],
    ...detail.longOutput
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => ['', plain(line)] as const),
    ['Perfdata', detail.perfdata],
    ...checkLines(detail, now),
    ['Address', detail.address ?? ''],
    ['Parents', detail.parents.join(', ')],
    ...observerLines(detail),
    ['Groups', detail.groups.join(', ')],
    ...Object.entries(detail.variables).map(([key, value]) => [`_${key}`, value] as const),
    ['Notes', detail.notes],
    ['Written in', detail.source],
  ]
  terminal.data(
    terminal.paint.bold(
      detail.service === null ? detail.host : `${detail.host} / ${detail.service}`,
    ),
  )
  for (const [label, text] of lines) {
    if (text !== '') terminal.data(`  ${label.padEnd(11)} ${text}`)
  }
}

/** Who observes it; one observer decides alone, and the default one need not be named. */
function observerLines({
  observers,
  site,
  rule,
  theta,
}: ObjectDetail): readonly (readonly [label: string, text: string])[] {
  const names = observers.map((one) =>
    one.site === one.cluster ? one.cluster : `${one.cluster} (${plain(one.site)})`,
  )
  if (observers.length < 2)
    return [
      ['Cluster', names.filter((name) => name !== DEFAULT_CLUSTER).join()],
      ['Site', plain(site)],
    ]
  return [
    ['Observers', names.join(', ')],
    ['Site', plain(site)],
    ['Decided by', rule === 'evidence' ? `evidence, theta ${theta}` : rule],
  ]
}

/** When and how it is checked; of a passive one, what was handed in. */
function checkLines(
  detail: ObjectDetail,
  now: number,
): readonly (readonly [label: string, text: string])[] {
  const last =
    detail.lastCheckAt === null
      ? 'never'
      : `${detail.lastCheckAt} (${ageOf(detail.lastCheckAt, now)} ago)`
  if (detail.command === '')
    return [
      ['Handed in', last],
      ['Command', 'passive: results come from outside'],
    ]
  const took =
    detail.lastCheckAt === null
      ? ''
      : `, took ${detail.executionMs} ms, ${detail.latencyMs} ms late`
  const period = detail.period === null ? '' : `, in ${detail.period}`
  const isShared = detail.observers.length > 1 // looked at by all of them instead
  const retry = isShared ? '' : `, retry ${detail.retryIntervalMs / 1000} s`
  return [
    ['Checked', `${last}${took}`],
    [
      'Interval',
      `${detail.intervalMs / 1000} s${retry}, timeout ${detail.timeoutMs / 1000} s${period}`,
    ],
    ['Command', detail.command],
  ]
}

function printServices(terminal: Terminal, services: readonly ObjectRow[]): void {
  if (services.length === 0) return
  terminal.data('')
  terminal.data(
    renderTable(objectColumns(terminal.paint, systemClock.now(), services).columns, services, {
      width: terminal.columns,
      hasHeader: true,
    }),
  )
}

function printChanges(terminal: Terminal, changes: readonly ChangeRow[]): void {
  if (changes.length === 0) return
  terminal.data('')
  terminal.data(
    renderTable(changeColumns(terminal), changes, { width: terminal.columns, hasHeader: true }),
  )
}

export function changeColumns(terminal: Terminal) {
  return [
    { title: 'AT', text: (row: ChangeRow) => row.at },
    {
      title: 'STATE',
      text: (row: ChangeRow) => `${row.from.toUpperCase()} -> ${row.to.toUpperCase()}`,
      least: 'CRITICAL -> CRITICAL'.length,
      paint: (text: string, row: ChangeRow) =>
        paintState(terminal.paint, { state: row.to, isStale: false }, text),
    },
    { title: 'TYPE', text: (row: ChangeRow) => `${row.type} ${row.attempt}`, least: 6 },
    { title: 'OBJECT', text: (row: ChangeRow) => displayName(row.id), least: 20 },
    { title: 'OUTPUT', text: (row: ChangeRow) => row.output },
  ]
}
