import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseDocument } from 'yaml'
import { ODD_TEXTS } from '../../../test/odd-texts.ts'
import { blockOf } from './yaml-text.ts'

function read(written: string): unknown {
  const document = parseDocument(written, { prettyErrors: false })
  expect([...document.errors, ...document.warnings], written).toEqual([])
  return document.toJS()
}

const text = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...ODD_TEXTS) },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
  {
    weight: 3,
    arbitrary: fc.string({
      unit: fc.constantFrom(...' \n\n\t:#-?!&*|>\'"%@`,[]{}=~<\\0aé.'.split('')),
      maxLength: 30,
    }),
  },
)
const key = text.filter((one) => one !== '__proto__')
const data = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    text,
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((one) => one + 0),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 6 }),
    fc.dictionary(key, tie('value'), { maxKeys: 6, noNullPrototype: true }),
  ),
})).value

describe('data as YAML', () => {
  test.each(ODD_TEXTS)('%j stays what it is as a value, an item and a key', (odd) => {
    const written = {
      block: odd,
      items: [odd, odd],
      deep: { list: [[odd], { [odd]: odd, more: 'x'.repeat(100) }] },
      flow: { [odd]: odd },
      [`${odd} `]: odd,
    }
    expect(read(blockOf(Object.entries(written)))).toEqual(written)
  })

  test('whatever data is written is read again', () => {
    fc.assert(
      fc.property(fc.dictionary(key, data, { minKeys: 1, noNullPrototype: true }), (written) => {
        expect(read(blockOf(Object.entries(written)))).toEqual(written)
      }),
      { numRuns: 2000 },
    )
  })

  test('what is short stands on one line, lines stay lines, long ones are folded', () => {
    const long = `$USER1$/check_http -H $HOSTADDRESS$ ${'--header "X-Y: z" '.repeat(8)}-w 1`
    const lines = blockOf(
      Object.entries({
        use: ['a', 'b'],
        checkCommand: { builtin: 'tcp', port: 22 },
        notes: 'first\nsecond\n',
        line: long,
        nothing: undefined,
        none: {},
        list: [{ host: 'x'.repeat(80), and: [{ group: 'y'.repeat(80) }] }],
      }),
    )
    expect(lines).toBe(`use: [a, b]
checkCommand: { builtin: tcp, port: 22 }
notes: |
  first
  second
line: >-
  $USER1$/check_http -H $HOSTADDRESS$ --header "X-Y: z" --header "X-Y: z" --header "X-Y: z" --header "X-Y: z" --header
  "X-Y: z" --header "X-Y: z" --header "X-Y: z" --header "X-Y: z" -w 1
none: {}
list:
  - host: ${'x'.repeat(80)}
    and:
      - { group: ${'y'.repeat(80)} }
`)
  })

  test('a key of any length', () => {
    const written = { ['k'.repeat(2000)]: { inner: 'x'.repeat(200), list: ['y'] } }
    expect(read(blockOf(Object.entries(written)))).toEqual(written)
  })
})
