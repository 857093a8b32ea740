import { execFileSync } from 'node:child_process'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CheckCommand } from './check.ts'
import { escapeDollars, fillRuntimeMacros, piecesOf } from './macros.ts'
import { unquotableIn } from './shell-quoting.ts'

function lineWith(line: string, value: string): string {
  const command: CheckCommand = {
    kind: 'shell-line',
    line,
    hasRuntimeMacros: true,
    environment: {},
  }
  const filled = fillRuntimeMacros(command, { SERVICEOUTPUT: value })
  if (filled.kind !== 'shell-line') throw new Error('another kind of command')
  return filled.line
}

/** What `sh -c` prints, every argument in angle brackets. */
function run(line: string): string {
  return execFileSync('/bin/sh', ['-c', `show() { printf '<%s>' "$@"; }\n${line}`], {
    encoding: 'utf8',
  })
}

const NASTY = [
  '',
  'plain',
  'two words',
  `it's`,
  `"quoted"`,
  '$(touch /tmp/never) `id` ${HOME} $HOME',
  '; exit 7 #',
  'a\nb\n',
  '\\',
  `\\'"\``,
  '*',
  '~',
  '-n',
  '}',
  '$$ $HOSTSTATE$',
]

const PLACES: readonly [name: string, line: string, expected: (value: string) => string][] = [
  ['unquoted', 'show $SERVICEOUTPUT$', (v) => `<${v}>`],
  ['inside a word', 'show a=$SERVICEOUTPUT$,b', (v) => `<a=${v},b>`],
  ['single quotes', `show 'x $SERVICEOUTPUT$ y'`, (v) => `<x ${v} y>`],
  ['double quotes', 'show "x $SERVICEOUTPUT$ y"', (v) => `<x ${v} y>`],
  ['command substitution', 'X="$(show $SERVICEOUTPUT$ end)"; show "$X"', (v) => `<<${v}><end>>`],
  [
    'quoted in a substitution',
    `X="$(show "$SERVICEOUTPUT$" '$SERVICEOUTPUT$')"; show "$X"`,
    (v) => `<<${v}><${v}>>`,
  ],
  ['backticks', 'X=`show $SERVICEOUTPUT$ end`; show "$X"', (v) => `<<${v}><end>>`],
  [
    'single quotes in backticks',
    `X=\`show 'x$SERVICEOUTPUT$' end\`; show "$X"`,
    (v) => `<<x${v}><end>>`,
  ],
  ['default of a parameter', 'show "${NOTSET:-$SERVICEOUTPUT$}"', (v) => `<${v}>`],
  ['after a quote that is escaped', `show \\' $SERVICEOUTPUT$ \\"`, (v) => `<'><${v}><">`],
  ['after parentheses in quotes', `show "(a" $SERVICEOUTPUT$ '('`, (v) => `<(a><${v}><(>`],
  ['in a subshell', '(show $SERVICEOUTPUT$); show b', (v) => `<${v}><b>`],
  ['after a comment', `show a # it's\nshow $SERVICEOUTPUT$`, (v) => `<a><${v}>`],
]

describe('[MA7] a value of the run is data wherever it stands in a shell line', () => {
  test.each(PLACES)('%s', (_, line, expected) => {
    for (const value of NASTY) expect(run(lineWith(line, value))).toBe(expected(value))
  })
  test('property: any text, in any of these places', () => {
    const text = fc.string({
      unit: fc.constantFrom(...`ab '"\`$\\(){};#&|<>*?~!\n-=`.split('')),
      maxLength: 12,
    })
    fc.assert(
      fc.property(text, fc.constantFrom(...PLACES), (value, [, line, expected]) => {
        expect(run(lineWith(line, value))).toBe(expected(value))
      }),
      { numRuns: 150 },
    )
  })
  test('a byte 0 is left out', () => {
    expect(run(lineWith('show $SERVICEOUTPUT$', 'a\0b'))).toBe('<ab>')
  })
})

test('[MA8] in arguments a value is data as it is, and a name without a value is empty', () => {
  const command: CheckCommand = {
    kind: 'arguments',
    program: '/bin/echo',
    arguments: ['$SERVICEOUTPUT$', 'at $TIMET$', '$$5'],
    hasRuntimeMacros: true,
    environment: {},
  }
  expect(fillRuntimeMacros(command, { SERVICEOUTPUT: `'; "` })).toMatchObject({
    arguments: [`'; "`, 'at ', '$5'],
    hasRuntimeMacros: false,
  })
})

test('[MA1] dollars: two are one, and one that begins no macro is itself', () => {
  expect(piecesOf('a$$b $? $(date) $HOME/x ${X} 5$')).toEqual([
    { kind: 'text', text: 'a$b $? $(date) $HOME/x ${X} 5$' },
  ])
  expect(piecesOf('$ARG1$$ARG2$')).toHaveLength(2)
  expect(piecesOf('$$ARG1$')).toEqual([{ kind: 'text', text: '$ARG1$' }])
  expect(piecesOf('$HOSTADDRESS:edge-2$')).toEqual([
    { kind: 'macro', name: 'HOSTADDRESS', of: 'edge-2' },
  ])
})

test('[MA1] property: an escaped text comes back whole', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('$', 'A', 'B', ' ', ':') }), (text) => {
      const pieces = piecesOf(escapeDollars(text))
      expect(pieces.map((piece) => (piece.kind === 'text' ? piece.text : '?')).join('')).toBe(text)
    }),
  )
})

test('[MA9] lines in which nothing can be quoted are known', () => {
  expect(unquotableIn('cat <<EOF\n$SERVICEOUTPUT$\nEOF')).toBe('here-document')
  expect(unquotableIn('echo `echo \\`id\\``')).toBe('nested backticks')
  expect(unquotableIn(`echo '<<' "<<" \\<\\< \`id\``)).toBeUndefined()
})
