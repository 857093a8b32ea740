import type { Language, Seed } from './seeds.ts'
import { SIGNS } from './signs.ts'

/** Inputs are cut to this. */
const LENGTH_MAX = 64 * 1024

export interface Chance {
  /** An integer from 0 to `limit` - 1. */
  below(limit: number): number
  from<T>(choices: readonly T[]): T
}

export function chanceOf(random: () => number): Chance {
  const below = (limit: number): number => Math.floor(random() * limit)
  return { below, from: (choices) => choices[below(choices.length)] as never }
}

type Mutation = (text: string, chance: Chance, seed: Mutated) => string

/** What a mutation may draw from. */
export interface Mutated {
  readonly language: Language
  /** Words of all seeds of the language. */
  readonly words: readonly string[]
  /** Another seed of the same language. */
  readonly other: string
}

const splice = (text: string, at: number, remove: number, insert: string): string =>
  text.slice(0, at) + insert + text.slice(at + remove)

const byLines =
  (change: (lines: string[], chance: Chance, seed: Mutated) => string[]): Mutation =>
  (text, chance, seed) =>
    change(text.split('\n'), chance, seed).join('\n')

const atByte: Mutation = (text, chance) => {
  const at = chance.below(text.length + 1)
  const sign = String.fromCharCode(chance.below(8) === 0 ? chance.below(65_536) : chance.below(256))
  return splice(text, at, chance.below(2), sign)
}

const cutOut: Mutation = (text, chance) =>
  splice(text, chance.below(text.length + 1), 1 + chance.below(40), '')

const cutOff: Mutation = (text, chance) => text.slice(0, chance.below(text.length + 1))

const repeatPiece: Mutation = (text, chance) => {
  const at = chance.below(text.length + 1)
  const piece = text.slice(at, at + 1 + chance.below(200))
  return splice(text, at, 0, piece.repeat(1 + chance.below(8)))
}

/** Seldom: long lines, deep nesting, very many of one thing. */
const explode: Mutation = (text, chance, { language }) => {
  const sign = chance.from([...SIGNS[language], '[', '{', '- ', 'a: ', 'a,'])
  const length = 1 << (8 + chance.below(8))
  return splice(
    text,
    chance.below(text.length + 1),
    0,
    sign.repeat(Math.ceil(length / Math.max(1, sign.length))),
  )
}

const insertSign: Mutation = (text, chance, { language }) =>
  splice(
    text,
    chance.below(text.length + 1),
    chance.below(3) * chance.below(4),
    chance.from(SIGNS[language]),
  )

const WORD = /[^\s,:;!{}[\]]+/g

/** Another word, or a sign, in place of one of the text. */
const swapWord: Mutation = (text, chance, { words, language }) => {
  const found = [...text.matchAll(WORD)]
  if (found.length === 0) return text
  const { index, 0: word } = chance.from(found)
  const instead = chance.below(3) === 0 ? chance.from(SIGNS[language]) : chance.from(words)
  return splice(text, index, word.length, instead)
}

const dropLine = byLines((lines, chance) =>
  lines.toSpliced(chance.below(lines.length), 1 + chance.below(3)),
)

const moveLine = byLines((lines, chance) => {
  const [line = ''] = lines.splice(chance.below(lines.length), 1)
  return lines.toSpliced(chance.below(lines.length + 1), 0, line)
})

const repeatLine = byLines((lines, chance) => {
  const at = chance.below(lines.length)
  const copies = Array.from({ length: 1 + chance.below(12) }, () => lines[at] as string)
  return lines.toSpliced(chance.below(lines.length), 0, ...copies)
})

const joinLines = byLines((lines, chance) => {
  const at = chance.below(lines.length)
  return lines.toSpliced(at, 2, `${lines[at]}${chance.from(['', ' ', '\\'])}${lines[at + 1] ?? ''}`)
})

const indentLines = byLines((lines, chance) => {
  const at = chance.below(lines.length)
  const until = at + 1 + chance.below(6)
  const space = ' '.repeat(1 + chance.below(4))
  const isDeeper = chance.below(2) === 0
  return lines.map((line, index) => {
    if (index < at || index >= until) return line
    return isDeeper
      ? space + line
      : line.slice(Math.min(space.length, /^ */.exec(line)?.[0].length ?? 0))
  })
})

const ofOther = byLines((lines, chance, { other }) => {
  const others = other.split('\n')
  const from = chance.below(others.length)
  return lines.toSpliced(
    chance.below(lines.length),
    chance.below(3),
    ...others.slice(from, from + 1 + chance.below(12)),
  )
})

/** One object, from its first line to the next of the same depth, put somewhere else: also into another, or several times. */
const moveBlock = byLines((lines, chance) => {
  const from = chance.below(lines.length)
  const depth = /^\s*/.exec(lines[from] as string)?.[0].length ?? 0
  let until = from + 1
  while (until < lines.length && (/^\s*/.exec(lines[until] as string)?.[0].length ?? 0) > depth)
    until++
  const block = lines.slice(from, until)
  const rest = chance.below(2) === 0 ? lines : lines.toSpliced(from, block.length)
  const shift = ' '.repeat(chance.below(3) * 2)
  return rest.toSpliced(chance.below(rest.length + 1), 0, ...block.map((line) => shift + line))
})

/** The value of one key or directive goes to another, so that names lead back to themselves. */
const crossValues = byLines((lines, chance) => {
  const [from, to] = [chance.below(lines.length), chance.below(lines.length)]
  const split = /^(\s*\S+?:?\s+)(.*)$/
  const [value, target] = [
    split.exec(lines[from] as string)?.[2],
    split.exec(lines[to] as string)?.[1],
  ]
  return value === undefined || target === undefined ? lines : lines.with(to, target + value)
})

/** Commoner ones stand several times. */
const MUTATIONS: readonly Mutation[] = [
  atByte,
  atByte,
  atByte,
  cutOut,
  cutOut,
  cutOff,
  repeatPiece,
  insertSign,
  insertSign,
  insertSign,
  swapWord,
  swapWord,
  swapWord,
  swapWord,
  dropLine,
  moveLine,
  repeatLine,
  joinLines,
  indentLines,
  ofOther,
  ofOther,
  moveBlock,
  moveBlock,
  crossValues,
  crossValues,
]

/** One to eight changes of a seed, one time in two hundred something very large or deep. */
export function mutate(seed: Seed, mutated: Mutated, chance: Chance): string {
  let text = seed.text
  for (let n = 1 + chance.below(8); n > 0; n--) {
    text = chance.from(MUTATIONS)(text, chance, mutated)
    if (text.length > LENGTH_MAX) text = text.slice(0, LENGTH_MAX)
  }
  if (chance.below(200) === 0) text = explode(text, chance, mutated)
  return text.slice(0, LENGTH_MAX)
}

export function wordsOf(seeds: readonly Seed[]): readonly string[] {
  return [...new Set(seeds.flatMap(({ text }) => text.match(WORD) ?? []))].sort()
}
