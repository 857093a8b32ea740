import type { Definition } from '../definitions.ts'
import { parseCheckCommand } from '../check-command.ts'
import type { Attributes, AttributeValue } from './attribute-rules.ts'
import { put, type Collected } from './definitions.ts'

const LISTS = {
  groups: undefined,
  contacts: 'contacts',
  contactGroups: 'contactGroups',
  parents: 'hosts',
} as const
const NAMES = {
  checkPeriod: 'timePeriods',
  notificationPeriod: 'timePeriods',
  hostNotificationPeriod: 'timePeriods',
  serviceNotificationPeriod: 'timePeriods',
} as const
const COMMANDS = ['checkCommand', 'eventHandler'] as const
const COMMAND_LISTS = ['hostNotificationCommands', 'serviceNotificationCommands'] as const

const KINDS = {
  hostTemplates: 'hostGroups',
  serviceTemplates: 'serviceGroups',
  contactTemplates: 'contactGroups',
} as const

/** Nagios looks at templates only where an object uses them; names in them that nobody defined are left out. */
export function dropUnknownReferences(into: Collected): void {
  for (const kind of ['hostTemplates', 'serviceTemplates', 'contactTemplates'] as const) {
    for (const { name, value, origin } of into[kind].values() as Iterable<Definition<unknown>>) {
      const known = withoutUnknown(value as Attributes, into, kind)
      if (known !== value) put(into, kind, { name, value: known, from: origin })
    }
  }
}

function withoutUnknown(value: Attributes, into: Collected, kind: keyof typeof KINDS): Attributes {
  const changed: Record<string, AttributeValue | undefined> = {}
  const filterList = (key: string, has: (name: string) => boolean): void => {
    const names = value[key]
    if (!Array.isArray(names)) return
    const kept = (names as readonly string[]).filter((name) => name === '+' || has(name))
    if (kept.length < names.length) changed[key] = kept
  }
  filterList('use', (name) => into[kind].has(name))
  for (const [key, named] of Object.entries(LISTS))
    filterList(key, (name) => into[named ?? KINDS[kind]].has(name))
  for (const [key, named] of Object.entries(NAMES)) {
    const name = value[key]
    if (typeof name === 'string' && !into[named].has(name)) changed[key] = undefined
  }
  const isCommand = (call: AttributeValue | undefined): boolean => {
    const called = typeof call === 'string' ? parseCheckCommand(call) : undefined
    return called?.kind !== 'named' || into.commands.has(called.name)
  }
  for (const key of COMMANDS) if (!isCommand(value[key])) changed[key] = undefined
  for (const key of COMMAND_LISTS) filterList(key, isCommand)
  return Object.keys(changed).length === 0 ? value : { ...value, ...changed }
}
