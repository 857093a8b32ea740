/** Lines and columns count from 1. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** Something in the configuration that must be mended, and how. */
export interface Problem extends Place {
  readonly message: string
  readonly hint: string | undefined
}

/** More than these are counted, not listed. */
export const PROBLEMS_MAX = 1000

/** A message quotes what was written; a name of a megabyte is not quoted whole. */
const MESSAGE_MAX = 1000

/** Collects what is wrong. The same words about the same place are one problem. */
export class Problems {
  readonly #found = new Map<string, Problem>()
  readonly #unreadableLines = new Set<string>()

  /** A line that is no YAML: what else is found in it follows from that, and is not listed. */
  addSyntaxFault(place: Place, message: string, hint?: string): void {
    this.add(place, message, hint)
    this.#unreadableLines.add(`${place.file}\0${place.line}`)
  }

  add(place: Place, text: string, hint?: string): void {
    const message = text.length > MESSAGE_MAX ? `${text.slice(0, MESSAGE_MAX)}…` : text
    const key = `${place.file}\0${place.line}\0${place.column}\0${message}`
    const { file, line, column } = place
    if (this.#unreadableLines.has(`${file}\0${line}`)) return
    if (!this.#found.has(key)) this.#found.set(key, { file, line, column, message, hint })
  }

  /** Each of them, in the order in which they were found. */
  all(): Iterable<Problem> {
    return this.#found.values()
  }

  /** How many different ones there are so far. */
  get count(): number {
    return this.#found.size
  }

  /** In the order of the files. */
  sorted(): readonly Problem[] {
    const all = [...this.#found.values()].sort(byPlace)
    const listed = all.slice(0, PROBLEMS_MAX)
    const last = listed.at(-1)
    if (last === undefined || all.length === listed.length) return listed
    return [
      ...listed,
      { ...last, message: `and ${all.length - listed.length} more`, hint: undefined },
    ]
  }
}

function byPlace(a: Problem, b: Problem): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1
  return a.line - b.line || a.column - b.column || (a.message < b.message ? -1 : 1)
}

/** `file:line:column: message`, and the hint on a line of its own. */
export function renderProblem(problem: Problem): string {
  const { file, line, column, message, hint } = problem
  const text = `${file}:${line}:${column}: ${message}`
  return hint === undefined ? text : `${text}\n  hint: ${hint}`
}

/** `did you mean 'x'?` when one of the words is near. */
export function didYouMean(word: string, known: Iterable<string>): string | undefined {
  const near = Math.max(1, Math.floor(word.length / 3))
  let best: string | undefined
  let bestDistance = near + 1
  for (const candidate of known) {
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue
    const distance = distanceOf(word.toLowerCase(), candidate.toLowerCase())
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance]
  }
  return best === undefined ? undefined : `did you mean '${best}'?`
}

/** Levenshtein's. */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    row = next
  }
  return row[b.length] as number
}
