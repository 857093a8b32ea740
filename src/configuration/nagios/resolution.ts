import { didYouMean, type Place, type Problems } from '../problem.ts'
import { placeOf } from './definition.ts'
import type { ResolvedDefinition } from './objects.ts'
import type { NagiosSettings } from './settings.ts'
import type { WrittenObject } from './written.ts'

/** What all steps of the resolution share. */
export interface Resolution {
  readonly settings: NagiosSettings
  readonly problems: Problems
  readonly warnings: Problems
  readonly budget: Budget
  /** Definitions with an unknown template: what they lack is no fault of its own. */
  readonly incomplete: ReadonlySet<WrittenObject>
}

/** All expansions together make at most this many members and relations, and a quarter of it services: `*` times `*` has an end. */
export const EXPANSION_MAX = 4_000_000
/** What a service counts. */
export const SERVICE_COST = 4
/** Names that are gone through on the way, found or not. */
const WORK_MAX = 300_000_000
/** Known names are compared with an unknown one so often in all; then hints are left out. */
const HINTS_MAX = 200
/** More problems than these are not even counted. */
const NOTED_MAX = 100_000
const MESSAGE_LENGTH_MAX = 400

/** Counts what group forms, `*` and patterns expand to. Once it is spent, nothing is expanded any more, and one problem says so. */
export class Budget {
  #left: number
  #workLeft = WORK_MAX
  #hintsLeft = HINTS_MAX
  readonly #problems: Problems
  isSpent = false

  constructor(problems: Problems, limit = EXPANSION_MAX) {
    this.#left = limit
    this.#problems = problems
  }

  /** False when it is more than what is left. */
  take(count: number, definition: ResolvedDefinition): boolean {
    this.#left -= count
    if (this.#left < 0) this.#spend(definition)
    return !this.isSpent
  }

  /** The same for names that are only gone through. */
  work(count: number, definition: ResolvedDefinition): boolean {
    this.#workLeft -= count
    if (this.#workLeft < 0) this.#spend(definition)
    return !this.isSpent
  }

  /** `did you mean`, as long as there are few unknown names. */
  hint(word: string, known: Iterable<string>): string | undefined {
    if (this.#hintsLeft-- <= 0 || word.length > 255) return undefined
    return didYouMean(word, known)
  }

  #spend(definition: ResolvedDefinition): void {
    if (this.isSpent) return
    this.isSpent = true
    const message = `groups, '*' and relations expand to more than ${EXPANSION_MAX} members here`
    this.#problems.add(placeOf(definition), message, 'name fewer in one definition')
  }
}

/** `host 'web-01'`, `template 'generic'`, or the type alone. */
export function titleOf(definition: ResolvedDefinition): string {
  const { type, written } = definition
  const name = (directive: string): string | undefined =>
    written.directives.findLast((one) => one.name === directive)?.value
  if (type === 'service') {
    const description = name('service_description')
    if (description !== undefined) return `service '${description}'`
  }
  const own = name(`${type}_name`)
  if (own !== undefined) return `${type} '${own}'`
  return written.templateName === undefined ? type : `${type} template '${written.templateName}'`
}

interface Fault {
  readonly directive?: string
  readonly message: string
  readonly hint?: string | undefined
}

/** Reports a fault of one directive: at its place, with the object's title. */
export function refuse(
  { problems }: Pick<Resolution, 'problems'>,
  definition: ResolvedDefinition,
  fault: Fault,
): void {
  if (problems.count >= NOTED_MAX) return
  const { directive, message, hint } = fault
  note(problems, placeOf(definition, directive), {
    message: `${titleOf(definition)}: ${message}`,
    hint,
  })
}

export function warn(
  { warnings }: Pick<Resolution, 'warnings'>,
  definition: ResolvedDefinition,
  fault: Fault,
): void {
  refuse({ problems: warnings }, definition, fault)
}

/** Adds a problem within bounds of number and length. */
export function note(problems: Problems, place: Place, { message, hint }: Fault): void {
  if (problems.count >= NOTED_MAX) return
  const isLong = message.length > MESSAGE_LENGTH_MAX
  const text = isLong ? `${message.slice(0, MESSAGE_LENGTH_MAX)}...` : message
  problems.add(
    place,
    text,
    hint !== undefined && hint.length > MESSAGE_LENGTH_MAX ? undefined : hint,
  )
}
