/** Numbers as C reads them: what stands at the beginning counts, the rest is passed over; no number at all is 0. */

const INT_MAX = 2_147_483_647

/** As `atoi`. */
export function readInt(text: string): number {
  const found = /^[ \t\n\v\f\r]*([+-]?\d+)/.exec(text)?.[1]
  if (found === undefined) return 0
  return Math.max(-INT_MAX - 1, Math.min(INT_MAX, Number(found)))
}

/** As `strtoul` into 32 bits: negative numbers wrap round. */
export function readUnsigned(text: string): number {
  return readInt(text) >>> 0
}

/** As `strtod`: hexadecimal, exponents, `inf` too; NaN is 0. */
export function readDouble(text: string): number {
  const plain = Number(text)
  if (text !== '' && !Number.isNaN(plain) && !/^\s*0[ob]/i.test(text)) return plain
  const hex = /^\s*([+-]?)0x([0-9a-f]{1,12})/i.exec(text)
  if (hex !== null) return Number.parseInt(hex[2] as string, 16) * (hex[1] === '-' ? -1 : 1)
  if (/^\s*\+?inf/i.test(text)) return Infinity
  if (/^\s*-inf/i.test(text)) return -Infinity
  const decimal = Number.parseFloat(text)
  return Number.isNaN(decimal) ? 0 : decimal
}

/** As `atoi(text) > 0`. */
export function readFlag(text: string): boolean {
  return text === '1' || readInt(text) > 0
}

/** Whether a person would read the text as the number that Nagios takes it for. */
export function isPlainNumber(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if ((code < 48 || code > 57) && code !== 46 && !(index === 0 && (code === 45 || code === 43))) {
      return false
    }
  }
  return text !== ''
}
