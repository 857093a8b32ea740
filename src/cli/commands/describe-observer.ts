import { systemClock } from '../../adapters/system/clock.ts'
import { observerList, type ObserverList } from '../../wire/api/truth.ts'
import type { HubCommand } from '../command.ts'
import { CommandFailed, EXIT } from '../exit.ts'
import { printObject } from '../format.ts'
import { printLines } from '../labelled-lines.ts'
import { ageOf } from '../object-columns.ts'
import { plain, renderTable, type Column } from '../table.ts'
import type { Terminal } from '../terminal.ts'

type Observer = ObserverList['items'][number]
type Incident = ObserverList['incidents'][number]

/** Incidents that are over, beside the open ones. */
const PAST_MAX = 10

/** Whether what a cluster says is believed, in which sites, and what was wrong with it in the last week. @throws CommandFailed when it is none */
export async function describeObserver(hub: HubCommand, name: string): Promise<void> {
  const { items, incidents } = await hub.client.get('/api/v1/observers', observerList)
  const found = items.find(({ observer }) => observer === name)
  if (found === undefined)
    throw new CommandFailed(
      EXIT.notFound,
      `there is no observer '${name}'`,
      '`parallax get observers` lists the clusters that observe hosts together with others',
    )
  const own = incidents.filter(({ observer }) => observer === name)
  const { terminal, format } = hub
  if (format !== 'table' && format !== 'wide')
    return printObject(terminal, { ...found, incidents: own }, format)
  printObserver(terminal, found)
  if (found.sites.length > 0) printTable(terminal, SITES, found.sites)
  printIncidents(terminal, own)
}

function printObserver(
  terminal: Terminal,
  { observer, site, results, badShare, setAside, lastAt }: Observer,
): void {
  const { paint } = terminal
  const now = systemClock.now()
  printLines(terminal, observer, [
    ['Site', plain(site)],
    ['Believed', setAside === null ? 'yes' : paint.red(`no, it is ${WORDS[setAside]}`)],
    ['Results', `${results} that could be compared with others`],
    ['', `${(badShare * 100).toFixed(1)}% of them contradicted`],
    ['Last result', lastAt === null ? 'none yet' : `${lastAt} (${ageOf(lastAt, now)} ago)`],
  ])
}

const WORDS = {
  contradicted: 'contradicted by others',
  'false-ok': 'saying OK where two other sites keep failing',
  silent: 'silent',
} as const

const percent = (share: number): string => `${(share * 100).toFixed(2)}%`

const SITES: readonly Column<Observer['sites'][number]>[] = [
  { title: 'LOOKS AT', text: ({ site }) => plain(site) },
  { title: 'RESULTS', text: ({ results }) => String(results) },
  { title: 'CONTRADICTED', text: ({ contradicted }) => String(contradicted) },
  { title: 'FALSE TIMEOUTS', text: ({ falseTimeouts }) => percent(falseTimeouts) },
  { title: 'FALSE ERRORS', text: ({ falseErrors }) => percent(falseErrors) },
]

function printIncidents(terminal: Terminal, incidents: readonly Incident[]): void {
  const open = incidents.filter(({ closedAt }) => closedAt === null)
  const over = incidents.filter(({ closedAt }) => closedAt !== null).slice(0, PAST_MAX)
  if (open.length + over.length === 0) terminal.data('\nNothing was wrong with it in the last week')
  else printTable(terminal, INCIDENTS, [...open, ...over])
}

const INCIDENTS: readonly Column<Incident>[] = [
  { title: 'FROM', text: ({ openedAt }) => openedAt },
  { title: 'TO', text: ({ closedAt }) => closedAt ?? 'now' },
  { title: 'INCIDENT', text: ({ text }) => text },
]

function printTable<Row>(
  terminal: Terminal,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): void {
  terminal.data('')
  terminal.data(renderTable(columns, rows, { width: Number.POSITIVE_INFINITY, hasHeader: true }))
}
