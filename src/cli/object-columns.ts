import type { ObjectRow } from '../wire/api/objects.ts'
import type { Column } from './table.ts'
import type { Paint } from './terminal.ts'
import { seenByText, verdictWord } from './verdict-text.ts'

/** Columns of hosts, services and problems; what several observers see only when one of these has several. */
export function objectColumns(
  paint: Paint,
  now: number,
  rows: readonly ObjectRow[],
): {
  readonly columns: readonly Column<ObjectRow>[]
  readonly wideColumns: readonly Column<ObjectRow>[]
} {
  const state: Column<ObjectRow> = {
    title: 'STATE',
    text: (row) =>
      row.isStale
        ? `stale (${row.state})`
        : `${row.state.toUpperCase()} ${verdictWord(row)}`.trimEnd(),
    paint: (text, row) => paintState(paint, row, text),
  }
  const isShared = rows.some(({ seenBy }) => seenBy !== null)
  return {
    columns: [
      state,
      ...(isShared ? [{ title: 'FAILS FOR', text: seenByText }] : []),
      { title: 'AGE', text: (row) => ageOf(row.lastChangeAt, now) },
      { title: 'HOST', text: (row) => row.host },
      { title: 'SERVICE', text: (row) => row.service ?? '' },
      { title: 'OUTPUT', text: (row) => row.output },
    ],
    wideColumns: [
      { title: 'TYPE', text: (row) => `${row.type} ${row.attempt}/${row.maxAttempts}` },
      { title: 'CHECKED', text: (row) => ageOf(row.lastCheckAt, now) },
      { title: 'TOOK', text: (row) => `${row.executionMs} ms` },
      { title: 'GROUPS', text: (row) => row.groups.join(',') },
    ],
  }
}

export function paintState(
  paint: Paint,
  row: Pick<ObjectRow, 'state' | 'isStale'>,
  text: string,
): string {
  if (row.isStale) return paint.dim(text)
  switch (row.state) {
    case 'critical':
    case 'down':
      return paint.bold(paint.red(text))
    case 'warning':
      return paint.yellow(text)
    case 'unknown':
    case 'unreachable':
      return paint.magenta(text)
    case 'ok':
    case 'up':
      return paint.green(text)
    case 'pending':
      return paint.dim(text)
  }
}

/** '41s', '12m', '3h20m', '5d4h'; '-' when it never happened. */
export function ageOf(at: string | null, now: number): string {
  if (at === null) return '-'
  const seconds = Math.max(0, Math.floor((now - Date.parse(at)) / 1000))
  if (seconds < 60) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes}m`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return `${hours}h${minutes % 60}m`
  return `${Math.floor(hours / 24)}d${hours % 24}h`
}
