import { describe, expect, test } from 'vitest'
import { soundSite } from '../../../test/nagios-site.ts'
import { LineReader } from './lines.ts'

function linesOf(text: string): readonly (readonly [text: string, line: number])[] {
  const reader = new LineReader(text)
  const found: (readonly [string, number])[] = []
  while (reader.next()) {
    const { source, from, to, line } = reader.line
    if (from < to) found.push([source.slice(from, to), line])
  }
  return found
}

describe('[NG2] lines', () => {
  test.each([
    [
      'a \\\n   b\\\n c\nd',
      [
        ['a bc', 1],
        ['d', 4],
      ],
    ],
    [
      'a\\\\\nb',
      [
        ['a\\', 1],
        ['b', 2],
      ],
    ],
    [
      'a\\\\\\\nb',
      [
        ['a\\\\', 1],
        ['b', 2],
      ],
    ],
    [
      'a\\ \nb',
      [
        ['a\\', 1],
        ['b', 2],
      ],
    ],
    [' \\\nb', [['b', 1]]],
    [
      '\\\nb',
      [
        ['\\', 1],
        ['b', 2],
      ],
    ],
    [
      '# one \\\ntwo\nthree',
      [
        ['# one two', 1],
        ['three', 3],
      ],
    ],
    [
      'a ; b \\\nc\nd',
      [
        ['a', 1],
        ['d', 3],
      ],
    ],
    ['a\\;b;c', [['a;b', 1]]],
    ['a\\\\;b', [['a\\;b', 1]]],
    ['a\\;;b', [['a;', 1]]],
    [';a\nb', [['b', 2]]],
    [
      'a\r\n\tb\t\r\nc\\\r\nd\r\n',
      [
        ['a', 1],
        ['b', 2],
        ['cd', 3],
      ],
    ],
    [
      'a\0b\nc',
      [
        ['a', 1],
        ['c', 2],
      ],
    ],
    ['a\\', [['a', 1]]],
    ['', []],
  ])('%j', (text, expected) => {
    expect(linesOf(text)).toEqual(expected)
  })

  test('a line of many short pieces takes no more time than its length', () => {
    const started = process.hrtime.bigint()
    expect(linesOf('ab\\\n'.repeat(400_000))[0]?.[0]).toHaveLength(800_000)
    expect(Number(process.hrtime.bigint() - started) / 1e9).toBeLessThan(10)
  })

  test('what is continued keeps its blanks before the backslash and loses those behind', () => {
    const { objects } = soundSite(
      'define command {\n command_name x\n command_line a \\\n\t\t --b \\\n\t\t --c\n}\n',
    )
    expect(objects.commands.get('x')?.commandLine).toBe('a --b --c')
  })
})
