import { stripVTControlCharacters } from 'node:util'

/** Columns of text for people: padded, two spaces apart, the last one cut to the width of the terminal. */
export interface Column<Row> {
  readonly title: string
  text(row: Row): string
  /** Characters; so that tables that follow each other stand below each other. */
  readonly least?: number
  paint?(text: string, row: Row): string
}

export interface TableShape {
  /** Characters; Infinity when nobody looks. */
  readonly width: number
  readonly hasHeader: boolean
}

export function renderTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  shape: TableShape,
): string {
  const texts = rows.map((row) => columns.map((column) => plain(column.text(row))))
  const widths = columns.map((column, index) =>
    Math.max(
      column.least ?? 0,
      shape.hasHeader ? column.title.length : 0,
      ...texts.map((line) => line[index]?.length ?? 0),
    ),
  )
  const before = widths.slice(0, -1).reduce((sum, width) => sum + width + 2, 0)
  const last = Math.max(10, shape.width - before)
  const lay = (cells: readonly string[], row: Row | undefined): string =>
    cells
      .map((cell, index) => {
        const isLast = index === columns.length - 1
        const cut = isLast && cell.length > last ? `${cell.slice(0, last - 1)}…` : cell
        const padded = isLast ? cut : cut.padEnd(widths[index] ?? 0)
        return row === undefined ? padded : (columns[index]?.paint?.(padded, row) ?? padded)
      })
      .join('  ')
      .trimEnd()
  const lines = texts.map((cells, index) => lay(cells, rows[index]))
  if (shape.hasHeader)
    lines.unshift(
      lay(
        columns.map((column) => column.title),
        undefined,
      ),
    )
  return lines.join('\n')
}

/** Control characters of a plugin's output must not drive somebody's terminal. */
export function plain(text: string): string {
  return stripVTControlCharacters(text).replace(/\p{Cc}/gu, ' ')
}
