import { stringify } from 'yaml'
import { CommandFailed, EXIT } from './exit.ts'
import { renderTable, type Column } from './table.ts'
import type { Terminal } from './terminal.ts'

export const FORMATS = ['table', 'wide', 'json', 'ndjson', 'yaml', 'name', 'csv', 'nagios'] as const
export type Format = (typeof FORMATS)[number]

export interface Listing<Row> {
  readonly rows: readonly Row[]
  readonly columns: readonly Column<Row>[]
  /** Shown by `-o wide` besides. */
  readonly wideColumns: readonly Column<Row>[]
  name(row: Row): string
  readonly whenEmpty: string
}

export interface ListingOptions {
  readonly format: Format
  readonly hasHeader: boolean
}

/** Prints a list in any format but `nagios`, which is a matter of the command. */
export function printListing<Row extends object>(
  terminal: Terminal,
  listing: Listing<Row>,
  options: ListingOptions,
): void {
  const { rows } = listing
  switch (options.format) {
    case 'table':
    case 'wide': {
      if (rows.length === 0) return terminal.say(listing.whenEmpty)
      const [last, ...others] = [...listing.columns].reverse()
      const columns =
        options.format === 'wide' && last !== undefined
          ? [...others.reverse(), ...listing.wideColumns, last]
          : listing.columns
      return terminal.data(
        renderTable(columns, rows, { width: terminal.columns, hasHeader: options.hasHeader }),
      )
    }
    case 'json':
      return terminal.data(JSON.stringify(rows, null, 2))
    case 'ndjson':
      return rows.forEach((row) => terminal.data(JSON.stringify(row)))
    case 'yaml':
      return terminal.data(stringify(rows).trimEnd())
    case 'name':
      return rows.forEach((row) => terminal.data(listing.name(row)))
    case 'csv':
      return printCsv(terminal, rows, options.hasHeader)
    case 'nagios':
      throw new CommandFailed(EXIT.usage, 'this command has no nagios form')
  }
}

function printCsv(terminal: Terminal, rows: readonly object[], hasHeader: boolean): void {
  const keys = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const cell = (value: unknown): string => {
    const text =
      typeof value === 'string'
        ? value
        : value === null || value === undefined
          ? ''
          : JSON.stringify(value)
    // A leading = + - @ would be run as a formula by a spreadsheet.
    const safe = /^[=+\-@]/.test(text) && typeof value === 'string' ? `'${text}` : text
    return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
  }
  if (hasHeader && keys.length > 0) terminal.data(keys.join(','))
  for (const row of rows)
    terminal.data(keys.map((key) => cell((row as Record<string, unknown>)[key])).join(','))
}

/** One object in any of the structured formats. */
export function printObject(terminal: Terminal, value: object, format: Format): void {
  if (format === 'yaml') return terminal.data(stringify(value).trimEnd())
  return terminal.data(JSON.stringify(value, null, format === 'ndjson' ? 0 : 2))
}
