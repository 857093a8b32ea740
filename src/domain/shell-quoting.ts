/**
 * Where in a POSIX shell line a place is: a stack of what is open, one letter each, innermost last.
 * `u` unquoted, `s` single quotes, `d` double quotes, `(` parentheses or `$(`, `` ` `` backticks, `{` a `${`, `#` a comment,
 * `\` a backslash and `$` a dollar whose next character is still to come.
 */
export type ShellPosition = string

export const LINE_START: ShellPosition = 'u'

/** Characters that mean themselves at every position of a line. */
const SAFE = /^[A-Za-z0-9_@%+:,./-]+$/

/** A value that may be written anywhere in a line as it is. */
export function isShellSafe(value: string): boolean {
  return SAFE.test(value)
}

/** The position after `text`, which is command text. */
export function afterText(position: ShellPosition, text: string): ShellPosition {
  let at = position
  for (let index = 0; index < text.length; index++) {
    const next = step(at, text[index] as string, text[index + 1])
    at = startsComment(at, text, index) ? `${at}#` : next
  }
  return at
}

function startsComment(position: ShellPosition, text: string, index: number): boolean {
  return (
    text[index] === '#' &&
    'u(`'.includes(position.at(-1) ?? '') &&
    /[\s;|&(]/.test(text[index - 1] ?? '')
  )
}

function step(position: ShellPosition, char: string, next: string | undefined): ShellPosition {
  const top = position.at(-1)
  const outer = position.slice(0, -1)
  if (top === '\\') return outer
  if (top === 's') return char === "'" ? outer : position
  if (top === '#') return char === '\n' ? outer : position
  if (char === '\\') return `${position}\\`
  if (char === '`')
    return position.includes('`') ? position.slice(0, position.lastIndexOf('`')) : `${position}\``
  if (top === '$') return `${outer}(`
  if (char === '$') return next === '{' ? `${position}{` : next === '(' ? `${position}$` : position
  if (top === 'd') return char === '"' ? outer : position
  if (top === '{' && char === '}') return outer
  if (isInDoubleQuotes(position)) return char === '"' ? `${position}d` : position
  if (char === "'") return `${position}s`
  if (char === '"') return `${position}d`
  if (char === '(') return `${position}(`
  if (char === ')' && top === '(') return outer
  return position
}

/** `"${name:-here}"`: single quotes mean nothing there. */
function isInDoubleQuotes(position: ShellPosition): boolean {
  return position.replace(/\{+$/, '').endsWith('d')
}

/** Writes `value` so that the shell takes it as data at this position, as a part of the word that stands there. */
export function quotedAt(position: ShellPosition, value: string): string {
  if (isShellSafe(value)) return value
  const top = position.at(-1)
  if (top === '\\') return `\\${quotedAt(position.slice(0, -1), value)}`
  const quoted = quotedFor(position, value)
  const backticks = position.split('`').length - 1
  return backticks === 0 ? quoted : quoted.replaceAll(/[\\`$]/g, '\\$&')
}

function quotedFor(position: ShellPosition, value: string): string {
  const top = position.at(-1)
  if (top === '#') return value.replaceAll('\n', ' ')
  if (top === 's') return value.replaceAll("'", `'\\''`)
  if (isInDoubleQuotes(position)) {
    return value.replaceAll(top === '{' ? /[\\"$`}]/g : /[\\"$`]/g, '\\$&')
  }
  return `'${value.replaceAll("'", `'\\''`)}'`
}

/** What a line must not hold because values could not be quoted in it; `undefined` when all is well. */
export function unquotableIn(line: string): 'here-document' | 'nested backticks' | undefined {
  let at = LINE_START
  for (let index = 0; index < line.length; index++) {
    const isCommandText = 'u(`'.includes(at.at(-1) ?? '')
    if (isCommandText && !at.endsWith('((') && line.startsWith('<<', index)) return 'here-document'
    if (at.endsWith('\\') && at.includes('`') && line[index] === '`') return 'nested backticks'
    at = afterText(at, line[index] as string)
  }
  return undefined
}
