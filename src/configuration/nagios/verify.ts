import { nameFault } from '../names.ts'
import { didYouMean, type Place } from '../problem.ts'
import type { NagiosObjects, ResolvedDefinition } from './objects.ts'
import { refuse, type Resolution } from './resolution.ts'
import { checkCircles } from './verify-circles.ts'
import { checkHosts, checkServices } from './verify-monitored.ts'
import { checkContacts } from './verify-contacts.ts'
import { checkRelations } from './verify-relations.ts'

/** Everything there is to check against, and where faults go. */
export interface Verification extends Resolution {
  readonly objects: NagiosObjects
  /** Names of lists that are known to be right. */
  readonly checkedLists: Set<readonly string[]>
}

/** What Nagios verifies before it starts, and which names Parallax cannot have. */
export function verify(resolution: Resolution, objects: NagiosObjects, mainPlace: Place): void {
  const verification = { ...resolution, objects, checkedLists: new Set<readonly string[]>() }
  checkThereIsSomething(verification, mainPlace)
  checkHosts(verification)
  checkServices(verification)
  checkContacts(verification)
  checkRelations(verification)
  checkNames(verification)
  checkCircles(verification)
}

function checkThereIsSomething({ objects, problems }: Verification, place: Place): void {
  const missing = (count: number, word: string): void => {
    if (count === 0) problems.add(place, `there are no ${word}s`, `define a ${word}`)
  }
  missing(objects.hosts.size, 'host')
  missing(objects.services.length, 'service')
  missing(objects.contacts.size, 'contact')
}

function checkNames(verification: Verification): void {
  const { objects } = verification
  for (const { definition, name } of objects.hosts.values()) {
    checkName(verification, definition, { directive: 'host_name', name })
  }
  const checked = new Map<ResolvedDefinition, string>()
  for (const { definition, description } of objects.services) {
    if (checked.get(definition) === description) continue
    checked.set(definition, description)
    checkName(verification, definition, { directive: 'service_description', name: description })
  }
  for (const kind of ['timePeriods', 'commands', 'contacts', 'contactGroups'] as const) {
    for (const { definition, name } of objects[kind].values()) {
      checkName(verification, definition, { directive: `${definition.type}_name`, name })
    }
  }
  for (const kind of ['hostGroups', 'serviceGroups'] as const) {
    for (const { definition, name } of objects[kind].values()) {
      checkName(verification, definition, { directive: `${definition.type}_name`, name })
    }
  }
}

function checkName(
  verification: Verification,
  definition: ResolvedDefinition,
  { directive, name }: { readonly directive: string; readonly name: string },
): void {
  const illegal = verification.settings.illegalObjectNameChars
  for (const character of illegal) {
    if (!name.includes(character)) continue
    const message = `the name holds '${character}'`
    const hint = 'illegal_object_name_chars of the main file forbids it'
    refuse(verification, definition, { directive, message, hint })
    return
  }
  const isHost = directive === 'host_name'
  const fault = nameFault(name, isHost)
  if (fault === undefined) return
  const hint =
    isHost && name.includes('/')
      ? 'Parallax names a service host/service: write another character, and the name as it was as alias'
      : 'Nagios allows it here, Parallax does not: see docs/reference/nagios.md'
  refuse(verification, definition, { directive, message: fault, hint })
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
    const hint = didYouMean(name, where.known.keys())
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
  const hint = didYouMean(name, known.keys())
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
  const hint = didYouMean(name, commands.keys())
  refuse(verification, definition, { directive, message: `unknown command '${name}'`, hint })
}
