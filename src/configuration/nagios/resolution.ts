import type { Problems } from '../problem.ts'
import { placeOf } from './definition.ts'
import type { ResolvedDefinition } from './objects.ts'
import type { NagiosSettings } from './settings.ts'

/** What all steps of the resolution share. */
export interface Resolution {
  readonly settings: NagiosSettings
  readonly problems: Problems
  readonly warnings: Problems
  readonly budget: Budget
}

/** All expansions together make at most this many members, services and relations: `*` times `*` has an end. */
export const EXPANSION_MAX = 5_000_000

/** Counts what group forms, `*` and patterns expand to. Once it is spent, nothing is expanded any more, and one problem says so. */
export class Budget {
  #left: number
  readonly #problems: Problems
  #isReported = false

  constructor(problems: Problems, limit = EXPANSION_MAX) {
    this.#left = limit
    this.#problems = problems
  }

  /** False when it is more than what is left. */
  take(count: number, definition: ResolvedDefinition): boolean {
    this.#left -= count
    if (this.#left >= 0) return true
    if (!this.#isReported) {
      const message = `groups, '*' and relations expand to more than ${EXPANSION_MAX} members`
      this.#problems.add(placeOf(definition), `${message} here`, 'name fewer in one definition')
      this.#isReported = true
    }
    return false
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

/** Reports a fault of one directive: at its place, with the object's title. */
export function refuse(
  { problems }: Pick<Resolution, 'problems'>,
  definition: ResolvedDefinition,
  fault: {
    readonly directive?: string
    readonly message: string
    readonly hint?: string | undefined
  },
): void {
  const place = placeOf(definition, fault.directive)
  problems.add(place, `${titleOf(definition)}: ${fault.message}`, fault.hint)
}

export function warn(
  { warnings }: Pick<Resolution, 'warnings'>,
  definition: ResolvedDefinition,
  fault: { readonly directive?: string; readonly message: string; readonly hint?: string },
): void {
  const place = placeOf(definition, fault.directive)
  warnings.add(place, `${titleOf(definition)}: ${fault.message}`, fault.hint)
}
