import { expect, test } from 'vitest'
import { printListing, type Format } from './format.ts'
import type { Terminal } from './terminal.ts'

const keep = (text: string): string => text

function printed(
  rows: readonly { name: string; note: string }[],
  format: Format,
): { data: string[]; said: string[] } {
  const data: string[] = []
  const said: string[] = []
  const terminal: Terminal = {
    data: (text) => void data.push(text),
    say: (text) => void said.push(text),
    isInteractive: false,
    columns: Number.POSITIVE_INFINITY,
    paint: { bold: keep, dim: keep, red: keep, yellow: keep, green: keep, magenta: keep },
  }
  const listing = {
    rows,
    columns: [{ title: 'NAME', text: (row: { name: string }) => row.name }],
    wideColumns: [],
    name: (row: { name: string }) => row.name,
    whenEmpty: 'none',
  }
  printListing(terminal, listing, { format, hasHeader: true })
  return { data, said }
}

test('an empty table says so on stderr and prints no data', () => {
  expect(printed([], 'table')).toEqual({ data: [], said: ['none'] })
})

test('an empty list is still a list for a script', () => {
  expect(printed([], 'json').data).toEqual(['[]'])
})

test('csv quotes, and does not let a spreadsheet run what a plugin wrote', () => {
  expect(printed([{ name: 'a,b', note: '=cmd("x")' }], 'csv').data).toEqual([
    'name,note',
    `"a,b","'=cmd(""x"")"`,
  ])
})

test('yaml, ndjson and names', () => {
  const rows = [{ name: 'a', note: 'n' }]
  expect(printed(rows, 'yaml').data).toEqual(['- name: a\n  note: n'])
  expect(printed(rows, 'ndjson').data).toEqual(['{"name":"a","note":"n"}'])
  expect(printed(rows, 'name').data).toEqual(['a'])
})
