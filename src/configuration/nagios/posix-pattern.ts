import { PatternParser, type Step } from './posix-parser.ts'

/** A pattern longer than this is refused. */
const PATTERN_LENGTH_MAX = 1000

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
  return { kind: 'pattern', matches: (text) => isFound(steps, first, text) }
}

function isFound(steps: readonly Step[], first: number, text: string): boolean {
  const characters = Array.from(text)
  let live = new Set<number>()
  for (let at = 0; at <= characters.length; at++) {
    const reached = new Set<number>()
    const context = { steps, text: characters, at, reached }
    for (const step of live) if (follow(step, context)) return true
    if (follow(first, context)) return true
    const character = characters[at]
    if (character === undefined) return false
    live = new Set()
    for (const index of reached) {
      const step = steps[index] as Step
      if (step.kind === 'character' && step.fits(character)) live.add(step.next)
    }
  }
  return false
}

interface Following {
  readonly steps: readonly Step[]
  readonly text: readonly string[]
  readonly at: number
  readonly reached: Set<number>
}

/** Goes on without taking a character; true when the pattern is found. */
function follow(from: number, { steps, text, at, reached }: Following): boolean {
  const open = [from]
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (reached.has(index)) continue
    reached.add(index)
    const step = steps[index] as Step
    if (step.kind === 'found') return true
    if (step.kind === 'either') open.push(...step.next)
    else if (step.kind === 'anchor' && step.holds(text, at)) open.push(step.next)
  }
  return false
}
