/**
 * Plain data as YAML 1.2. Our own, because a tree of nodes for each of 50,000 services costs seconds; what it writes any reader of YAML
 * reads back as the same data.
 */

const LINE_WIDTH = 120
/** A collection on one line is at most so long. */
const FLOW_LENGTH_MAX = 90
/** A map of more keys is a block. */
const FLOW_KEYS_MAX = 4
/** YAML wants keys on one line and within 1,024 characters; a longer one is written with `?`. */
const KEY_LENGTH_MAX = 1000

type Map_ = Readonly<Record<string, unknown>>

/** A map as a block, each line with `indent` before it and a line break behind it. Keys without a value are left out. */
export function blockOf(entries: Iterable<readonly [string, unknown]>, indent = ''): string {
  let lines = ''
  for (const [key, value] of entries) {
    if (value === undefined) continue
    const name = scalarText(key, 'key')
    lines +=
      name.length > KEY_LENGTH_MAX
        ? `${indent}? ${name}\n${indent}:${valueText(value, indent, 0)}`
        : `${indent}${name}:${valueText(value, indent, indent.length + name.length + 1)}`
  }
  return lines
}

/** What stands behind `key:` or `-`, with the line break. */
function valueText(value: unknown, indent: string, column: number): string {
  const deeper = `${indent}  `
  const flow = flowText(value)
  if (flow !== undefined) return ` ${flow}\n`
  if (typeof value === 'string') return textValue(value, deeper, column)
  if (Array.isArray(value)) {
    return `\n${value.map((item) => `${deeper}-${itemText(item, deeper)}`).join('')}`
  }
  return `\n${blockOf(Object.entries(value as Map_), deeper)}`
}

/** The first key of a map stands behind the dash. */
function itemText(item: unknown, indent: string): string {
  const isBlock = isCollection(item) && flowText(item) === undefined
  if (!isBlock || Array.isArray(item)) return valueText(item, indent, indent.length + 1)
  return ` ${blockOf(Object.entries(item as Map_), `${indent}  `).trimStart()}`
}

/** On one line, when it is short enough; `undefined` when it needs a block, and for texts. */
function flowText(value: unknown): string | undefined {
  if (typeof value === 'string') return undefined
  if (!isCollection(value)) return String(value)
  if (Array.isArray(value)) return bracketed(value.map(flowItem), ['[', ']'])
  const entries = Object.entries(value as Map_).filter(([, inner]) => inner !== undefined)
  if (entries.length > FLOW_KEYS_MAX) return undefined
  const items = entries.map(([key, inner]) => {
    const text = flowItem(inner)
    return text === undefined ? undefined : `${scalarText(key, 'flow')}: ${text}`
  })
  return bracketed(items, ['{ ', ' }'])
}

function isCollection(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function bracketed(
  items: readonly (string | undefined)[],
  [open, close]: readonly [string, string],
): string | undefined {
  if (items.length === 0) return `${open}${close}`.replaceAll(' ', '')
  let length = 0
  for (const item of items) {
    if (item === undefined || (length += item.length + 2) > FLOW_LENGTH_MAX) return undefined
  }
  return `${open}${items.join(', ')}${close}`
}

/** An item of a collection on one line: a scalar, or an empty collection. */
function flowItem(value: unknown): string | undefined {
  if (typeof value === 'string') {
    return value.length > FLOW_LENGTH_MAX || value.includes('\n')
      ? undefined
      : scalarText(value, 'flow')
  }
  if (!isCollection(value)) return String(value)
  return Object.keys(value).length > 0 ? undefined : Array.isArray(value) ? '[]' : '{}'
}

/** A text behind a key: lines stay lines, and a long line is folded at its spaces. */
function textValue(text: string, indent: string, column: number): string {
  if (isBlockText(text)) {
    const hasEnd = text.endsWith('\n')
    const lines = (hasEnd ? text.slice(0, -1) : text).split('\n')
    return ` |${hasEnd ? '' : '-'}\n${lines.map((line) => (line === '' ? '\n' : `${indent}${line}\n`)).join('')}`
  }
  const scalar = scalarText(text, 'block')
  if (column + scalar.length < LINE_WIDTH || !isFoldable(text)) return ` ${scalar}\n`
  return ` >-\n${foldedLines(text, LINE_WIDTH - indent.length)
    .map((line) => `${indent}${line}\n`)
    .join('')}`
}

/** Lines of printable text that do not end with white space; the first does not begin with it, and neither the first nor the last is empty. */
function isBlockText(text: string): boolean {
  return (
    text.includes('\n') && !/^\s|[^\S\n]\n|[^\S\n]$|\n\n$/.test(text) && isPrintable(text, true)
  )
}

function isFoldable(text: string): boolean {
  return isPrintable(text, false) && !/^\s|\s$/.test(text) && / /.test(text)
}

/** Lines of at most `width`, cut at single spaces; a word that is longer stays whole. */
function foldedLines(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/(?<=\S) (?=\S)/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

/** Characters that YAML does not take in a text without escapes, and those that editors do not show. */
const UNPRINTABLE =
  /[^\n\x20-\x7e\xa0-\u{10ffff}]|[\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff]|\p{Cs}/u

function isPrintable(text: string, mayBreak: boolean): boolean {
  return !UNPRINTABLE.test(text) && (mayBreak || !text.includes('\n'))
}

/** What the core schema of YAML 1.2 reads as something else than a text. */
const NO_TEXT =
  /^(?:~|null|Null|NULL|true|True|TRUE|false|False|FALSE|[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)|)$/
/** At the beginning of a plain text these mean something, and so do `: `, ` #` and a `:` at the end. */
const NOT_PLAIN = /^[\s,[\]{}#&*!|>'"%@`]|^[-?:](?:\s|$)|^(?:---|\.\.\.)|:(?:\s|$)|\s#|\s$|^<<$|^=$/
const NOT_PLAIN_IN_FLOW = /[,[\]{}]|^[-?:]/
/** What most scalars are: no further question. */
const SIMPLE = /^[A-Za-z_/$][A-Za-z0-9_./$!-]*$/
const WORDS = /^(?:null|true|false)$/i

function scalarText(text: string, at: 'block' | 'flow' | 'key'): string {
  if (SIMPLE.test(text) && !WORDS.test(text)) return text
  if (!isPrintable(text, false)) return escaped(text)
  const isPlain =
    !NO_TEXT.test(text) &&
    !NOT_PLAIN.test(text) &&
    (at === 'block' || !NOT_PLAIN_IN_FLOW.test(text))
  if (isPlain) return text
  return text.includes("'") && !/["\\]/.test(text) ? `"${text}"` : `'${text.replaceAll("'", "''")}'`
}

/** JSON is YAML, but for the characters that JSON leaves as they are. */
function escaped(text: string): string {
  return JSON.stringify(text).replace(
    /[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
