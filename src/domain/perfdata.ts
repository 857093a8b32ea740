import type { Perfdatum } from './perfdatum.ts'
import { unitFactor } from './unit.ts'

/*
 * Performance data as the Monitoring Plugins guidelines write it, read the way plugins really print it: docs/spec/perfdata.md.
 *
 *   'label'=value[unit];[warn];[crit];[min];[max]
 *
 * One pass over character codes, no backtracking: this runs for every result. A cursor is passed down; `number` is the last
 * number read, so that reading one needs no second return value.
 */
interface Cursor {
  readonly text: string
  at: number
  number: number
}

const TAB = 9
const CARRIAGE_RETURN = 13
const SPACE = 32
const QUOTE = 39
const PLUS = 43
const COMMA = 44
const MINUS = 45
const DOT = 46
const ZERO = 48
const NINE = 57
const COLON = 58
const SEMICOLON = 59
const EQUALS = 61
const AT = 64
const UPPER_E = 69
const UPPER_U = 85
const LOWER_E = 101
const LOWER_X = 120
const TILDE = 126
const NO_BREAK_SPACE = 160
const NARROW_NO_BREAK_SPACE = 0x202f

/** Up to 15 digits are exact in a double, and so is a division by these: no text needs to be cut out for most numbers. */
const POWERS = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`))
const EXACT_DIGITS = 15

/**
 * Items in the order they stand. An item that is no measurement (no number, an infinity, hexadecimal ...) is left out and hides
 * none of its neighbours. Never throws; time grows linearly with the text.
 */
export function parsePerfdata(text: string): readonly Perfdatum[] {
  const items: Perfdatum[] = []
  const cursor: Cursor = { text, at: 0, number: 0 }
  for (;;) {
    skipSpace(cursor)
    if (cursor.at >= text.length) return items
    const label = readLabel(cursor)
    if (label === undefined) return items
    const item = readValue(cursor, label)
    if (item !== undefined) items.push(item)
  }
}

function isSpace(code: number): boolean {
  return code <= SPACE
    ? code === SPACE || (code >= TAB && code <= CARRIAGE_RETURN)
    : code === NO_BREAK_SPACE || code === NARROW_NO_BREAK_SPACE
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE
}

function skipSpace(cursor: Cursor): void {
  const { text } = cursor
  while (cursor.at < text.length && isSpace(text.charCodeAt(cursor.at))) cursor.at++
}

/** Leaves the cursor behind the `=`; `undefined` when there is none any more. */
function readLabel(cursor: Cursor): string | undefined {
  const { text, at } = cursor
  const isQuoted = text.charCodeAt(at) === QUOTE
  if (isQuoted) {
    const label = readQuotedLabel(cursor)
    if (label !== undefined) return label
  }
  const equals = text.indexOf('=', at)
  if (equals < 0) return undefined
  cursor.at = equals + 1
  return text.slice(isQuoted ? afterStrayQuote(text, at, equals) : at, equals)
}

/** A quote that nothing closes is no part of the label; `''=1` and `'a'b=1` keep theirs. */
function afterStrayQuote(text: string, at: number, equals: number): number {
  return text.indexOf("'", at + 1) > equals || text.indexOf("'", at + 1) < 0 ? at + 1 : at
}

/** Closed by a quote with `=` behind it (spaces may stand between); a doubled quote is one quote. Else the cursor stays. */
function readQuotedLabel(cursor: Cursor): string | undefined {
  const { text } = cursor
  const start = cursor.at + 1
  let hasDoubled = false
  let end = text.indexOf("'", start)
  while (end >= 0 && text.charCodeAt(end + 1) === QUOTE) {
    hasDoubled = true
    end = text.indexOf("'", end + 2)
  }
  if (end <= start) return undefined
  let equals = end + 1
  while (text.charCodeAt(equals) === SPACE) equals++
  if (text.charCodeAt(equals) !== EQUALS) return undefined
  cursor.at = equals + 1
  const label = text.slice(start, end)
  return hasDoubled ? label.replaceAll("''", "'") : label
}

/** Reads up to the next white space and leaves the cursor there. */
function readValue(cursor: Cursor, label: string): Perfdatum | undefined {
  const { text } = cursor
  const start = cursor.at
  const isUnmeasured = text.charCodeAt(start) === UPPER_U
  if (isUnmeasured) cursor.at++
  else if (!readNumber(cursor)) return skipItem(cursor, label, start)
  const value = isUnmeasured ? null : cursor.number
  const unitAt = cursor.at
  skipField(cursor)
  const unit = cursor.at === unitAt ? '' : unitOf(text.slice(unitAt, cursor.at), value)
  if (unit === undefined) return skipItem(cursor, label, start)
  const warn = readRange(cursor)
  const crit = readRange(cursor)
  const min = readBound(cursor)
  const max = readBound(cursor)
  while (text.charCodeAt(cursor.at) === SEMICOLON) nextField(cursor)
  if (isGroupedNumber(cursor)) return skipItem(cursor, label, start)
  return { label, value, unit, warn, crit, min, max }
}

/** Past what is no item. In `a=1=2` and `a=1|b=2` the last `=` is the one that counts, as Icinga reads them. */
function skipItem(cursor: Cursor, label: string, start: number): Perfdatum | undefined {
  const { text } = cursor
  cursor.at = start
  while (isWithinToken(cursor)) cursor.at++
  const end = cursor.at
  const token = text.slice(start, end)
  const last = token.lastIndexOf('=')
  if (last < 0) return undefined
  const inner: Cursor = { text: token, at: last + 1, number: 0 }
  const item = readValue(inner, `${label}=${token.slice(0, last)}`)
  return inner.at === token.length ? item : undefined
}

function isWithinToken(cursor: Cursor): boolean {
  if (cursor.at >= cursor.text.length) return false
  return !isSpace(cursor.text.charCodeAt(cursor.at)) || isGroupedNumber(cursor)
}

/** `1 234` with a no-break space is one thousand and more, never 1. */
function isGroupedNumber(cursor: Cursor): boolean {
  return (
    cursor.text.charCodeAt(cursor.at) >= NO_BREAK_SPACE &&
    isDigit(cursor.text.charCodeAt(cursor.at + 1))
  )
}

/**
 * Digits with at most one decimal point (or comma, as some locales print it) and an exponent.
 * False, with the cursor anywhere, when there is no finite number.
 */
function readNumber(cursor: Cursor): boolean {
  const { text } = cursor
  const start = cursor.at
  let code = text.charCodeAt(cursor.at)
  const isNegative = code === MINUS
  if (isNegative || code === PLUS) code = text.charCodeAt(++cursor.at)
  let mantissa = 0
  let digits = 0
  while (isDigit(code)) {
    mantissa = mantissa * 10 + code - ZERO
    digits++
    code = text.charCodeAt(++cursor.at)
  }
  let decimals = 0
  const pointAt = code === DOT || code === COMMA ? cursor.at : -1
  if (pointAt >= 0) {
    code = text.charCodeAt(++cursor.at)
    while (isDigit(code)) {
      mantissa = mantissa * 10 + code - ZERO
      decimals++
      code = text.charCodeAt(++cursor.at)
    }
  }
  if (digits + decimals === 0) return false
  const hasExponent = (code === LOWER_E || code === UPPER_E) && skipExponent(cursor)
  if (hasExponent || digits + decimals > EXACT_DIGITS) {
    cursor.number = Number(text.slice(start, cursor.at).replace(',', '.'))
    return Number.isFinite(cursor.number)
  }
  const size = decimals === 0 ? mantissa : mantissa / (POWERS[decimals] ?? Number.NaN)
  cursor.number = isNegative && size > 0 ? -size : size
  return true
}

/** The cursor is on the `e`; it stays there when no digit follows (then `e` begins the unit). */
function skipExponent(cursor: Cursor): boolean {
  const { text } = cursor
  let at = cursor.at + 1
  const sign = text.charCodeAt(at)
  if (sign === PLUS || sign === MINUS) at++
  if (!isDigit(text.charCodeAt(at))) return false
  while (isDigit(text.charCodeAt(at))) at++
  cursor.at = at
  return true
}

function skipField(cursor: Cursor): void {
  const { text } = cursor
  while (cursor.at < text.length) {
    const code = text.charCodeAt(cursor.at)
    if (code === SEMICOLON || isSpace(code)) return
    cursor.at++
  }
}

/** From a `;` to the next one. */
function nextField(cursor: Cursor): void {
  cursor.at++
  skipField(cursor)
}

/** `undefined` when what stands behind the number shows that it was not one: `0x1F`, `1_000`, `5-3`, `1.2.3`. */
function unitOf(unit: string, value: number | null): string | undefined {
  if (value === null) return unitFactor(unit) === undefined ? undefined : unit
  const first = unit.charCodeAt(0)
  const isLetter = (first >= 65 && first <= 90) || (first >= 97 && first <= 122) || first > 127
  if (!isLetter && unit[0] !== '%' && unit[0] !== '/') return undefined
  if (value === 0 && first === LOWER_X && unit.length > 1) return undefined
  return unit.includes('=') || unit.includes("'") ? undefined : unit
}

/** The text of a field that begins at the cursor's `;` when it is a range in form, with decimal commas made points. */
function readRange(cursor: Cursor): string | null {
  const { text } = cursor
  if (text.charCodeAt(cursor.at) !== SEMICOLON) return null
  const start = ++cursor.at
  const isRange = skipRange(cursor) && isFieldEnd(cursor)
  if (!isRange) {
    skipField(cursor)
    return null
  }
  if (cursor.at === start) return null
  const range = text.slice(start, cursor.at)
  return range.includes(',') ? range.replaceAll(',', '.') : range
}

/** An empty field is fine; a range with neither start nor end is not. */
function skipRange(cursor: Cursor): boolean {
  const { text } = cursor
  const start = cursor.at
  if (text.charCodeAt(cursor.at) === AT) cursor.at++
  const isOpen = text.charCodeAt(cursor.at) === TILDE
  const from = cursor.at
  if (isOpen) cursor.at++
  else if (!readNumber(cursor)) cursor.at = from
  const hasStart = cursor.at > from
  if (text.charCodeAt(cursor.at) !== COLON) return cursor.at === start || (hasStart && !isOpen)
  const end = ++cursor.at
  if (!readNumber(cursor)) cursor.at = end
  return hasStart || cursor.at > end
}

function readBound(cursor: Cursor): number | null {
  if (cursor.text.charCodeAt(cursor.at) !== SEMICOLON) return null
  cursor.at++
  const isNumber = readNumber(cursor) && isFieldEnd(cursor)
  if (isNumber) return cursor.number
  skipField(cursor)
  return null
}

function isFieldEnd(cursor: Cursor): boolean {
  if (cursor.at >= cursor.text.length) return true
  const code = cursor.text.charCodeAt(cursor.at)
  return code === SEMICOLON || isSpace(code)
}
