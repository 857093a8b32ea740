import { nameFault } from '../names.ts'
import type { Place } from '../problem.ts'
import type { NagiosObjects, ResolvedDefinition } from './objects.ts'
import { refuse, type Resolution } from './resolution.ts'
import { checkCircles } from './verify-circles.ts'
import { checkHosts, checkServices } from './verify-monitored.ts'
import { checkContacts } from './verify-contacts.ts'
import { checkRelations } from './verify-relations.ts'
import type { Verification } from './verification.ts'

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
  const isService = directive === 'service_description'
  const fault = nameFault(name, isHost ? 'host' : isService ? 'service' : 'other')
  if (fault === undefined) return
  const hint =
    isHost && name.includes('/')
      ? 'Parallax names a service host/service: write another character, and the name as it was as alias'
      : 'Nagios allows it here, Parallax does not: see docs/reference/nagios.md'
  refuse(verification, definition, { directive, message: fault, hint })
}
