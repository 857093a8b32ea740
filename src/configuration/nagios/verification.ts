import type { NagiosObjects, ResolvedDefinition } from './objects.ts'
import { refuse, type Resolution } from './resolution.ts'

/** Everything there is to check against, and where faults go. */
export interface Verification extends Resolution {
  readonly objects: NagiosObjects
  /** Names of lists that are known to be right. */
  readonly checkedLists: Set<readonly string[]>
}

/** A list of names that must all be defined. Reported where the list is written. */
export function checkNamed(
  verification: Verification,
  names: readonly string[],
  where: {
    readonly definition: ResolvedDefinition
    readonly directive: string
    readonly word: string
    readonly known: ReadonlyMap<string, unknown>
  },
): void {
  if (verification.checkedLists.has(names)) return
  let isRight = true
  for (const name of names) {
    if (where.known.has(name)) continue
    isRight = false
    const message = `unknown ${where.word} '${name}'`
    const hint = verification.budget.hint(name, where.known.keys())
    refuse(verification, where.definition, { directive: where.directive, message, hint })
  }
  if (isRight) verification.checkedLists.add(names)
}

/** One name that must be defined, if it is given. */
export function checkReference(
  verification: Verification,
  definition: ResolvedDefinition,
  {
    directive,
    name,
    kind,
  }: {
    readonly directive: string
    readonly name: string | undefined
    readonly kind: 'timePeriods' | 'hosts'
  },
): void {
  const known = verification.objects[kind]
  if (name === undefined || known.has(name)) return
  const word = kind === 'hosts' ? 'host' : 'time period'
  const hint = verification.budget.hint(name, known.keys())
  refuse(verification, definition, { directive, message: `unknown ${word} '${name}'`, hint })
}

/** The command of `command!argument!argument`. */
export function checkCommand(
  verification: Verification,
  definition: ResolvedDefinition,
  { directive, line }: { readonly directive: string; readonly line: string | undefined },
): void {
  if (line === undefined) return
  const bang = line.indexOf('!')
  const name = bang < 0 ? line : line.slice(0, bang)
  const { commands } = verification.objects
  if (commands.has(name)) return
  const hint = verification.budget.hint(name, commands.keys())
  refuse(verification, definition, { directive, message: `unknown command '${name}'`, hint })
}
