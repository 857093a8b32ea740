import { isoOf } from '../base/instant.ts'
import { listQuery } from '../wire/api/queries.ts'
import { listObjects } from './objects/list.ts'
import type { HubFacade } from './ports.ts'

/** `curl hub/now`: the problems as a plain table under one line of counters, for terminals without our command line. */
export function nowTable({ live, clock }: HubFacade): string {
  const query = listQuery.parse({ limit: '1000' })
  const { items, total } = listObjects(live.all(), 'problems', query)
  const { hosts, services } = live.counters
  const title =
    `hosts ${hosts.up} up, ${hosts.down} down, ${hosts.unreachable} unreachable, ${hosts.pending} pending, ${hosts.stale} stale; ` +
    `services ${services.ok} ok, ${services.warning} warning, ${services.critical} critical, ${services.unknown} unknown, ` +
    `${services.pending} pending, ${services.stale} stale; ${isoOf(clock.now())}`
  const rows = items.map((row) => [
    row.isStale ? `${row.state.toUpperCase()} (stale)` : row.state.toUpperCase(),
    row.lastChangeAt ?? '-',
    row.host,
    row.service ?? '-',
    plain(row.output),
  ])
  const table = [['STATE', 'SINCE', 'HOST', 'SERVICE', 'OUTPUT'], ...rows]
  const widths = [0, 1, 2, 3].map((column) =>
    Math.max(...table.map((cells) => cells[column]?.length ?? 0)),
  )
  const lines = table.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  const body = total === 0 ? ['no problems'] : lines
  const more = total > items.length ? [`and ${total - items.length} more`] : []
  return [title, '', ...body, ...more, ''].join('\n')
}

/** Output comes from plugins: no control characters reach the terminal. */
function plain(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, ' ')
}
