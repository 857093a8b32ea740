import { PatternParser, type Step } from './posix-parser.ts'

/** A pattern longer than this is refused. */
const PATTERN_LENGTH_MAX = 1000
/** A name longer than this fits no pattern; it is refused as a name anyway. */
const TEXT_LENGTH_MAX = 1000

export type PosixPattern =
  | { readonly kind: 'pattern'; readonly matches: (text: string) => boolean }
  | { readonly kind: 'fault'; readonly message: string }

/**
 * An extended POSIX regular expression, as `use_regexp_matching` reads names with. It is found anywhere in a text unless anchored. The
 * time is bounded by length of pattern times length of text, whatever the pattern: no backtracking, and so no references back.
 */
export function posixPattern(pattern: string): PosixPattern {
  if (pattern.length > PATTERN_LENGTH_MAX) {
    return { kind: 'fault', message: `a pattern has at most ${PATTERN_LENGTH_MAX} characters` }
  }
  const parsed = new PatternParser(pattern).parse()
  if (typeof parsed === 'string') return { kind: 'fault', message: parsed }
  const { steps, first } = parsed
  const isFit = (text: string): boolean =>
    text.length <= TEXT_LENGTH_MAX && isFound(steps, first, text)
  return { kind: 'pattern', matches: isFit }
}

/**
 * Takes all ways through the steps at once, a character at a time. Steps are kept in plain arrays, and `seenAt` says when one was last
 * come by: names are compared by the thousand.
 */
function isFound(steps: readonly Step[], first: number, text: string): boolean {
  const characters = Array.from(text)
  const seenAt = new Int32Array(steps.length).fill(-1)
  let live: number[] = []
  for (let at = 0; at <= characters.length; at++) {
    const open = live
    open.push(first)
    live = []
    const character = characters[at]
    for (let index = open.pop(); index !== undefined; index = open.pop()) {
      if (seenAt[index] === at) continue
      seenAt[index] = at
      const step = steps[index] as Step
      if (step.kind === 'found') return true
      if (step.kind === 'character') {
        if (character !== undefined && step.fits(character)) live.push(step.next)
      } else if (step.kind === 'either') for (const next of step.next) open.push(next)
      else if (step.holds(characters, at)) open.push(step.next)
    }
  }
  return false
}
