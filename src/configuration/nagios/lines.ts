/** Nagios joins at most what fits into memory; we stop at this many characters. */
export const LINE_LENGTH_MAX = 1 << 20

const TAB = 9
const LF = 10
const CR = 13
const SPACE = 32
const BACKSLASH = 92

/**
 * One logical line: continuation lines joined, comment cut, blanks at both ends left out. It is the part `from` to `to` of `source`,
 * which for most lines is the whole file, so that nothing is copied.
 */
export interface LogicalLine {
  source: string
  from: number
  to: number
  /** Of its first line, counted from 1. */
  line: number
  /** Of its last line: Nagios names an object by the line where `define` ends. */
  lastLine: number
  /** Where the file's line begins in `source`; with it, columns can be counted. */
  lineStart: number
  isTooLong: boolean
}

/**
 * Goes through a file by logical lines as Nagios does: a backslash at the end of a line joins the next one (in comments too), two of them
 * are one backslash; `;` begins a comment unless a backslash stands before it, which is then left out.
 */
export class LineReader {
  readonly #text: string
  #at = 0
  #lineNumber = 0
  /** The next `;` at or after the place in hand; found once for many lines. */
  #semicolonAt = -1
  readonly line: LogicalLine

  constructor(text: string) {
    // What C reads ends at a NUL; so does the line that holds one.
    this.#text = text.includes('\0') ? text.replaceAll(/\0[^\n]*/g, '') : text
    this.line = {
      source: this.#text,
      from: 0,
      to: 0,
      line: 0,
      lastLine: 0,
      lineStart: 0,
      isTooLong: false,
    }
  }

  /** Moves `line` on; false at the end of the file. */
  next(): boolean {
    const text = this.#text
    if (this.#at >= text.length) return false
    const line = this.line
    const start = this.#at
    const end = this.#endOfLine(start)
    line.line = ++this.#lineNumber
    line.source = text
    line.lineStart = start
    line.isTooLong = end - start > LINE_LENGTH_MAX
    if (end > start && text.charCodeAt(end - 1) === BACKSLASH) this.#join(start, end)
    else this.#cutComment(start, end)
    line.lastLine = this.#lineNumber
    this.#trim()
    return true
  }

  /** End of the line's text, without its line break; moves on behind it. */
  #endOfLine(start: number): number {
    const text = this.#text
    const found = text.indexOf('\n', start)
    const end = found < 0 ? text.length : found
    this.#at = found < 0 ? end : end + 1
    return found >= 0 && end > start && text.charCodeAt(end - 1) === CR ? end - 1 : end
  }

  #cutComment(start: number, end: number): void {
    const line = this.line
    line.from = start
    line.to = end
    if (this.#semicolonAt >= end) return
    const text = this.#text
    if (this.#semicolonAt < start) {
      const found = text.indexOf(';', start)
      this.#semicolonAt = found < 0 ? text.length : found
    }
    if (this.#semicolonAt >= end) return
    if (this.#semicolonAt > start && text.charCodeAt(this.#semicolonAt - 1) === BACKSLASH) {
      this.#take(withoutComment(text.slice(start, end)))
    } else line.to = this.#semicolonAt
  }

  /** Only the end of what is joined so far is looked at: a long line of short pieces takes no more time than its length. */
  #join(start: number, end: number): void {
    const text = this.#text
    const pieces = [text.slice(start, end)]
    let length = end - start
    let tail = pieces[0]?.slice(-2) ?? ''
    while (length > 1 && tail.endsWith('\\') && tail !== '\\\\') {
      const last = pieces.length - 1
      pieces[last] = pieces[last]?.slice(0, -1) ?? ''
      if (this.#at >= text.length) break
      const from = this.#at
      const to = this.#endOfLine(from)
      this.#lineNumber++
      const piece = text.slice(afterBlanks(text, from, to), to)
      tail = (tail.slice(0, -1) + piece.slice(-2)).slice(-2)
      length += piece.length - 1
      if (length > LINE_LENGTH_MAX) this.line.isTooLong = true
      else pieces.push(piece)
    }
    const joined = pieces.join('')
    this.#take(withoutComment(tail === '\\\\' ? joined.slice(0, -1) : joined))
  }

  #take(source: string): void {
    this.line.source = source
    this.line.from = 0
    this.line.to = source.length
    this.line.lineStart = 0
  }

  #trim(): void {
    const line = this.line
    const { source } = line
    let { from, to } = line
    while (to > from && isSpace(source.charCodeAt(to - 1))) to--
    while (from < to && isSpace(source.charCodeAt(from))) from++
    line.from = from
    line.to = to
  }
}

function withoutComment(text: string): string {
  let result = ''
  let from = 0
  for (let at = text.indexOf(';'); at >= 0; at = text.indexOf(';', at + 1)) {
    if (at === 0 || text.charCodeAt(at - 1) !== BACKSLASH) return result + text.slice(from, at)
    result += `${text.slice(from, at - 1)};`
    from = at + 1
  }
  return result + text.slice(from)
}

function isSpace(code: number): boolean {
  return code === SPACE || code === TAB || code === LF || code === CR
}

/** Index of the first character that is neither space nor tab. */
export function afterBlanks(text: string, from: number, to: number): number {
  let at = from
  while (at < to && (text.charCodeAt(at) === SPACE || text.charCodeAt(at) === TAB)) at++
  return at
}

/** Index of the first space or tab, or `to`. */
export function endOfWord(text: string, from: number, to: number): number {
  let at = from
  while (at < to && text.charCodeAt(at) !== SPACE && text.charCodeAt(at) !== TAB) at++
  return at
}
