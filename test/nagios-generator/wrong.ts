import * as fc from 'fast-check'
import { configurations, filesOf, type NagiosConfiguration } from './configurations.ts'
import type { NagiosFiles } from './nagios-verdict.ts'
import type { Block } from './pools.ts'

/** Values that stand badly in most places. */
const BAD_VALUES = [
  '',
  'nobody',
  '*',
  '!*',
  '!nobody',
  '+nobody',
  '+',
  ',',
  'a,,b',
  'null',
  'nulls',
  '-1',
  '-0.5',
  '1.5',
  'abc',
  '5x',
  '99999999999',
  '1e9',
  'x;y',
  '\\',
  'a\\',
  '!',
  'two,  words',
  'ü',
  'x'.repeat(300),
  'bad<name>',
  'semi`colon',
  '25:00-26:00',
  '09:00-17:00,',
  '09:00-17:00, 18:00-19:00',
  '9:0-17:5',
  '0900-1700',
  'monday 2',
]

const BAD_DIRECTIVES = [
  'colour',
  'host_nme',
  'HOST_NAME',
  'register',
  'name',
  'use',
  '_',
  '_x',
  'members',
  'mondy',
  'Monday',
  'day 32',
  'february 30',
  'monday 6',
  'day 0',
  'monday 0 may',
  '2026-13-01',
  '26-01-01',
  '2027-01-05 - 2026-01-05',
  'day 15 - 3',
  'exclude',
  'parents',
  'is_volatile',
  'failure_prediction_enabled',
]

/** Texts that stand badly between the lines of a file. */
const BAD_LINES = [
  'define host {',
  'define machine {\n host_name x\n}',
  'define {',
  'define',
  'host {',
  '}',
  '{',
  '} }',
  'junk',
  'use h-base',
  'include_file=x',
  '\\',
  ';',
  'define host { host_name x }',
  'define host\n{',
  'xdefine host {',
  '# comment \\',
]

type Edit =
  | { readonly kind: 'drop-block'; readonly at: number }
  | { readonly kind: 'repeat-block'; readonly at: number }
  | { readonly kind: 'drop-line'; readonly at: number; readonly line: number }
  | { readonly kind: 'repeat-line'; readonly at: number; readonly line: number }
  | { readonly kind: 'value'; readonly at: number; readonly line: number; readonly word: string }
  | {
      readonly kind: 'directive'
      readonly at: number
      readonly line: number
      readonly word: string
    }
  | { readonly kind: 'add'; readonly at: number; readonly name: string; readonly value: string }
  | {
      readonly kind: 'swap-values'
      readonly at: number
      readonly line: number
      readonly other: number
    }

const position = fc.nat({ max: 9999 })
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ kind: fc.constant('drop-block' as const), at: position }),
  fc.record({ kind: fc.constant('repeat-block' as const), at: position }),
  fc.record({ kind: fc.constant('drop-line' as const), at: position, line: position }),
  fc.record({ kind: fc.constant('repeat-line' as const), at: position, line: position }),
  fc.record({
    kind: fc.constant('value' as const),
    at: position,
    line: position,
    word: fc.constantFrom(...BAD_VALUES),
  }),
  fc.record({
    kind: fc.constant('directive' as const),
    at: position,
    line: position,
    word: fc.constantFrom(...BAD_DIRECTIVES),
  }),
  fc.record({
    kind: fc.constant('add' as const),
    at: position,
    name: fc.constantFrom(...BAD_DIRECTIVES),
    value: fc.constantFrom(...BAD_VALUES),
  }),
  fc.record({
    kind: fc.constant('swap-values' as const),
    at: position,
    line: position,
    other: position,
  }),
)

function edited(blocks: readonly Block[], change: Edit): readonly Block[] {
  const at = change.at % blocks.length
  const block = blocks[at] as Block
  if (change.kind === 'drop-block') return blocks.toSpliced(at, 1)
  if (change.kind === 'repeat-block') return blocks.toSpliced(at, 0, block)
  return blocks.with(at, { ...block, directives: editedLines(block, change, blocks) })
}

type LineEdit = Extract<Edit, { readonly line: number }> | Extract<Edit, { readonly kind: 'add' }>

function editedLines(
  { directives }: Block,
  change: LineEdit,
  blocks: readonly Block[],
): Block['directives'] {
  if (change.kind === 'add') return [...directives, [change.name, change.value]]
  const line = change.line % directives.length
  const [name, value] = directives[line] as readonly [string, string]
  switch (change.kind) {
    case 'drop-line':
      return directives.toSpliced(line, 1)
    case 'repeat-line':
      return [...directives, [name, value]]
    case 'value':
      return directives.with(line, [name, change.word])
    case 'directive':
      return directives.with(line, [change.word, value])
    case 'swap-values': {
      const others = (blocks[change.other % blocks.length] as Block).directives
      const other = others[change.other % others.length]
      return directives.with(line, [name, other?.[1] ?? ''])
    }
  }
}

/** A change of the text itself: a line put in, a line taken out, a piece cut off, two lines joined. */
type TextEdit = readonly [kind: 'insert' | 'remove' | 'cut' | 'join', at: number, line: string]

const textEdit: fc.Arbitrary<TextEdit> = fc.tuple(
  fc.constantFrom(
    'insert' as const,
    'insert' as const,
    'remove' as const,
    'cut' as const,
    'join' as const,
  ),
  position,
  fc.constantFrom(...BAD_LINES),
)

function editedText(text: string, [kind, at, line]: TextEdit): string {
  if (kind === 'cut') return text.slice(0, at % text.length)
  const lines = text.split('\n')
  const index = at % lines.length
  if (kind === 'insert') return lines.toSpliced(index, 0, line).join('\n')
  if (kind === 'remove') return lines.toSpliced(index, 1).join('\n')
  return lines
    .with(index, `${lines[index]}${lines[index + 1] ?? ''}`)
    .toSpliced(index + 1, 1)
    .join('\n')
}

/** Configurations with one or two faults. Some are still accepted: then their objects must be equal too. */
export const wrongFiles: fc.Arbitrary<NagiosFiles> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .tuple(configurations, fc.array(edit, { minLength: 1, maxLength: 2 }))
      .map(([configuration, edits]) => {
        const blocks = edits.reduce(edited, configuration.blocks)
        return filesOf({ ...configuration, blocks } satisfies NagiosConfiguration)
      }),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(configurations.map(filesOf), textEdit)
      .map(([{ settings, files }, change]): NagiosFiles => ({
        settings,
        files: files.map(([name, text], index) => [
          name,
          index === 0 ? editedText(text, change) : text,
        ]),
      })),
  },
)
