import { optionLetters } from '../check-plan.ts'
import { durationMs } from '../duration.ts'
import type { Attributes, AttributeValue } from './attribute-rules.ts'

type Compared = string | number | boolean

const DURATIONS: Readonly<Record<string, number>> = {
  checkInterval: 300_000,
  retryInterval: 60_000,
  checkTimeout: 60_000,
  notificationInterval: 1_800_000,
  firstNotificationDelay: 0,
  freshnessThreshold: 0,
}
const NUMBERS: Readonly<Record<string, number>> = {
  maxCheckAttempts: 3,
  lowFlapThreshold: 20,
  highFlapThreshold: 30,
  importance: 0,
  minimumImportance: 0,
}
const FLAGS: Readonly<Record<string, boolean>> = {
  isVolatile: false,
  activeChecksEnabled: true,
  passiveChecksEnabled: true,
  flapDetectionEnabled: false,
  eventHandlerEnabled: true,
  notificationsEnabled: true,
  hostNotificationsEnabled: true,
  serviceNotificationsEnabled: true,
  canSubmitCommands: true,
}
const LETTERS: ReadonlySet<string> = new Set([
  'notificationOptions',
  'flapDetectionOptions',
  'hostNotificationOptions',
  'serviceNotificationOptions',
])
/** Whose order says nothing. */
const SETS: ReadonlySet<string> = new Set([
  'contacts',
  'contactGroups',
  'parents',
  'groups',
  'stalkingOptions',
])

/** Two values of an attribute mean the same when this is equal; what is absent is our default. */
export function meaningOf(key: string, value: AttributeValue | undefined): Compared {
  const given = value ?? undefined
  const length = DURATIONS[key]
  if (length !== undefined) return typeof given === 'string' ? (durationMs(given) ?? 0) : length
  if (LETTERS.has(key)) return optionLetters(given as string | readonly string[] | undefined)
  const number = NUMBERS[key]
  if (number !== undefined) return typeof given === 'number' ? given : number
  const flag = FLAGS[key]
  if (flag !== undefined) return typeof given === 'boolean' ? given : flag
  if (given === undefined) return ''
  const items = [given].flat().map(String)
  return (SETS.has(key) ? [...new Set(items)].sort() : items).join('\0')
}

/** What must be written at an object, so that it says `target` and not what it has from templates. */
export function corrections(
  has: Readonly<Record<string, unknown>>,
  target: Attributes,
  keys: readonly string[] = Object.keys(target),
): Attributes {
  const needed: Record<string, AttributeValue> = {}
  for (const key of keys) {
    const wanted = target[key]
    if (meaningOf(key, has[key] as AttributeValue | undefined) === meaningOf(key, wanted)) continue
    needed[key] = wanted ?? null
  }
  return needed
}
