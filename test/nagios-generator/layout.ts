import * as fc from 'fast-check'
import type { Block } from './pools.ts'

/** How a text is written: chosen by numbers that are taken in turn, so that every block looks different. */
export interface Layout {
  readonly choices: readonly number[]
  readonly lineEnd: '\n' | '\r\n'
}

export const layout: fc.Arbitrary<Layout> = fc.record({
  choices: fc.array(fc.nat({ max: 999 }), { minLength: 8, maxLength: 40 }),
  lineEnd: fc.constantFrom('\n', '\n', '\n', '\r\n'),
})

const HEADS = [
  'define host {',
  'define host{',
  'define  host  {',
  '  define\thost {',
  'define host {  ',
]
const INDENTS = ['\t', ' ', '    ', '', '\t \t']
const GAPS = [' ', '\t', '  \t ', '\t\t\t']
const TAILS = ['', '', '', '', ' ', '\t', ' ; a comment', ';a comment', ' \t; x; y']
const BETWEEN = [
  '',
  '',
  '# a comment',
  '\t# another { define host {',
  '; old style',
  '   ',
  '# more \\\n  of a comment',
]
const ENDS = ['}', ' }', '\t}', '} ', '\t}\t']

/** The blocks as one file. */
export function textOf(blocks: readonly Block[], { choices, lineEnd }: Layout): string {
  let turn = 0
  const pick = (from: readonly string[]): string =>
    from[(choices[turn++ % choices.length] as number) % from.length] as string
  const lines: string[] = []
  for (const { type, directives } of blocks) {
    lines.push(pick(BETWEEN), pick(HEADS).replace('host', type))
    for (const [name, value] of directives) {
      lines.push(`${pick(INDENTS)}${name}${value === '' ? '' : pick(GAPS)}${value}${pick(TAILS)}`)
      if (pick(BETWEEN).startsWith('#')) lines.push(pick(BETWEEN))
    }
    lines.push(pick(ENDS))
  }
  return `${lines.join('\n')}\n`.replaceAll('\n', lineEnd)
}
