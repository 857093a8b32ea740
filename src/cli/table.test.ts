import { expect, test } from 'vitest'
import { plain, renderTable } from './table.ts'

const columns = [
  { title: 'HOST', text: (row: { host: string; output: string }) => row.host },
  { title: 'OUTPUT', text: (row: { host: string; output: string }) => row.output },
]

test('columns line up, and the last one is cut to the width', () => {
  const rows = [
    { host: 'a', output: 'short' },
    { host: 'longer', output: 'x'.repeat(50) },
  ]
  expect(renderTable(columns, rows, { width: 30, hasHeader: true })).toBe(
    `HOST    OUTPUT\na       short\nlonger  ${'x'.repeat(21)}…`,
  )
})

test('control characters of an output do not reach the terminal', () => {
  expect(plain('\u001b[31mred\u001b[0m\u0007 a\nb')).toBe('red  a b')
})
