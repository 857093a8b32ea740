/**
 * One step of a scan, as in C's `scanf`: `day` a number, `year` one of four characters at most, `two` of two, `word` small letters,
 * `hours` what hours are made of, `blank` at least one blank, and other texts as they are; a space stands for any blanks.
 */
export type ScanStep = 'day' | 'year' | 'two' | 'word' | 'hours' | 'blank' | ' ' | '-' | '/'

const WIDTHS: Readonly<Record<'day' | 'year' | 'two', number>> = { day: 20, year: 4, two: 2 }
const NUMBER_MAX = 1_000_000

/** What the steps found, numbers and texts in order; `undefined` when the text does not go along to the end of the steps. */
export function scan(text: string, steps: readonly ScanStep[]): readonly string[] | undefined {
  const found: string[] = []
  let at = 0
  for (const step of steps) {
    if (step === ' ') {
      at = whileIn(text, at, isBlank)
    } else if (step === '-' || step === '/') {
      if (text[at] !== step) return undefined
      at++
    } else {
      const from = step in WIDTHS ? whileIn(text, at, isBlank) : at
      const to = endOf(text, from, step)
      if (to === undefined) return undefined
      if (step !== 'blank') found.push(text.slice(from, to))
      at = to
    }
  }
  return found
}

/** A number that was found, within reason. */
export function scannedNumber(text: string): number {
  return Math.max(-NUMBER_MAX, Math.min(NUMBER_MAX, Number(text)))
}

function endOf(
  text: string,
  from: number,
  step: Exclude<ScanStep, ' ' | '-' | '/'>,
): number | undefined {
  if (step === 'day' || step === 'year' || step === 'two') {
    const signed = text[from] === '-' || text[from] === '+' ? from + 1 : from
    const limit = from + WIDTHS[step]
    const to = Math.min(whileIn(text, signed, isDigit), limit)
    return to > signed ? to : undefined
  }
  const to = whileIn(text, from, step === 'word' ? isLetter : step === 'hours' ? isHours : isBlank)
  return to > from ? to : undefined
}

function whileIn(text: string, from: number, isIn: (code: number) => boolean): number {
  let at = from
  while (at < text.length && isIn(text.charCodeAt(at))) at++
  return at
}

const isBlank = (code: number): boolean => code === 32 || (code >= 9 && code <= 13)
const isDigit = (code: number): boolean => code >= 48 && code <= 57
const isLetter = (code: number): boolean => code >= 97 && code <= 122
const isHours = (code: number): boolean =>
  isDigit(code) || code === 58 || code === 44 || code === 32 || code === 45
