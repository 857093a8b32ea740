/** What needs a shell when it stands outside of quotes (and `$`, `` ` `` in double quotes). */
const SPECIAL = new Set('|&;<>()$`*?[]{}\n\r'.split(''))
const SPECIAL_IN_DOUBLE = new Set('$`'.split(''))

/**
 * The words of a line that needs no shell: blanks separate, quotes and backslashes work as in a shell. `undefined` when only a shell can
 * tell: it has pipes, globs, substitutions, an assignment in front, or a quote that does not end.
 */
export function shellWordsOf(line: string): readonly string[] | undefined {
  const words: string[] = []
  let word: string | undefined
  for (let at = 0; at < line.length; at++) {
    const sign = line.charAt(at)
    if (sign === ' ' || sign === '\t') {
      if (word !== undefined) words.push(word)
      word = undefined
    } else if (sign === "'" || sign === '"') {
      const quoted = quotedAt(line, at)
      if (quoted === undefined) return undefined
      word = (word ?? '') + quoted.text
      at = quoted.end
    } else if (sign === '\\') {
      if (at + 1 >= line.length) return undefined
      word = (word ?? '') + line.charAt(++at)
    } else if (SPECIAL.has(sign)) {
      return undefined
    } else {
      word = (word ?? '') + sign
    }
  }
  if (word !== undefined) words.push(word)
  const first = words[0]
  return first === undefined || /^[A-Za-z_]\w*=/.test(first) ? undefined : words
}

interface Quoted {
  readonly text: string
  /** Where the closing quote stands. */
  readonly end: number
}

function quotedAt(line: string, start: number): Quoted | undefined {
  const quote = line.charAt(start)
  let text = ''
  for (let at = start + 1; at < line.length; at++) {
    const sign = line.charAt(at)
    if (sign === quote) return { text, end: at }
    if (quote === '"' && SPECIAL_IN_DOUBLE.has(sign)) return undefined
    if (quote === '"' && sign === '\\' && '"\\'.includes(line.charAt(at + 1)))
      text += line.charAt(++at)
    else text += sign
  }
  return undefined
}
