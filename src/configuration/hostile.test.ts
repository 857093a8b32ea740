import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { compile } from './compile.ts'
import { STARTER_PATH } from './load.ts'
import { renderProblem } from './problem.ts'
import { revisionOf } from './revision.ts'

const SEEDS = [
  readFileSync(STARTER_PATH, 'utf8'),
  `hosts:
  a: &a { use: [t], address: 192.0.2.1, parents: b, variables: { D: [1, x] }, checkCommand: c!1!2 }
  b: { services: { s: { checkCommand: { line: 'x $ARG1$ $_HOSTD$' } } } }
templates: { hosts: { t: { groups: [+, g], checkInterval: 30s } } }
hostGroups: { g: { memberGroups: [h], members: a }, h: }
commands: { c: { arguments: [x, $HOSTNAME$] }, d: { builtin: http } }
apply:
  r: { where: { or: [{ group: g }, { not: { variable: { D: x } } }] }, forEach: D, service: { checkCommand: d } }
timePeriods: { p: { days: { monday - friday: 09:00-17:00 }, exclude: p } }
resources: { USER1: { env: X } }
contacts: { x: { groups: y } }
contactGroups: { y: { members: x } }
`,
]

const fragment = fc.constantFrom(
  '{',
  '}',
  '[',
  ']',
  ': ',
  '- ',
  '\n',
  '  ',
  '&a',
  '*a',
  '!x',
  '|',
  '>',
  '"',
  "'",
  '$',
  '$$',
  '#',
  '---\n',
  '~',
  'null',
  '0x',
  '1e9',
  '.nan',
  'true',
  '\t',
  '\0',
  '\uFEFF',
  '<<',
  '__proto__',
  'use',
  '%',
  '\u{1F600}',
  '-1',
  '',
)

/** Cuts, repeats and pieces from the grammar, anywhere. */
const mutated = fc
  .tuple(
    fc.constantFrom(...SEEDS),
    fc.array(fc.tuple(fc.nat(), fc.nat(40), fragment), { minLength: 1, maxLength: 12 }),
  )
  .map(([seed, edits]) =>
    edits.reduce((text, [position, length, piece]) => {
      const at = position % (text.length + 1)
      return text.slice(0, at) + piece + text.slice(at + length)
    }, seed),
  )

function check(text: string): void {
  const { fleet, problems } = compile([{ file: 'p.yaml', text }])
  for (const problem of problems) {
    expect(problem.line).toBeGreaterThan(0)
    expect(problem.column).toBeGreaterThan(0)
    expect(renderProblem(problem)).toMatch(/^p\.yaml:\d+:\d+: \S/)
  }
  expect(revisionOf(fleet)).toMatch(/^[0-9a-f]{12}$/)
}

test('[CF9] property: no mutation of a configuration makes reading throw', () => {
  fc.assert(fc.property(mutated, check), { numRuns: 400 })
})

/** Any data at all under the keys that are known. */
const anyData = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(
      'a',
      'b',
      'x!y',
      '$HOSTNAME$',
      '$ARG1$',
      '30s',
      '',
      '*',
      '+',
      5,
      -1,
      true,
      null,
      1e300,
    ),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(
        'use',
        'groups',
        'host',
        'where',
        'service',
        'services',
        'checkCommand',
        'builtin',
        'line',
        'arguments',
        'command',
        'variables',
        'members',
        'memberGroups',
        'days',
        'exclude',
        'not',
        'and',
        'file',
        'port',
        'forEach',
        'name',
        'constructor',
      ),
      tie('value'),
      { maxKeys: 4 },
    ),
  ),
})).value
const KEYS = [
  'hosts',
  'services',
  'apply',
  'commands',
  'templates',
  'hostGroups',
  'serviceGroups',
  'timePeriods',
  'contacts',
  'contactGroups',
  'resources',
  'secrets',
]

test('[CF9] property: no shape of data makes reading throw', () => {
  const names = fc.dictionary(fc.constantFrom('a', 'b', 'hosts', 'services', 'USER1'), anyData, {
    maxKeys: 3,
  })
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...KEYS), names, { maxKeys: 6 }), (data) =>
      check(JSON.stringify(data)),
    ),
    { numRuns: 400 },
  )
})
