import type { KindChange } from '../../wire/api/configuration.ts'
import { plain } from '../table.ts'

type Attribute = KindChange['objects'][number]['attributes'][number]

/** Attributes of the fleet by the keys of a configuration file, which people know. */
const KEYS: Readonly<Record<string, string>> = {
  command: 'checkCommand',
  'check.intervalMs': 'checkInterval',
  'check.retryIntervalMs': 'retryInterval',
  'check.maxAttempts': 'maxCheckAttempts',
  'check.timeoutMs': 'checkTimeout',
  'check.period': 'checkPeriod',
  'check.freshnessMs': 'freshnessThreshold',
  'statePolicy.maxAttempts': 'maxCheckAttempts',
  'statePolicy.isVolatile': 'isVolatile',
  'statePolicy.flapping.isEnabled': 'flapDetectionEnabled',
  'statePolicy.flapping.lowPercent': 'lowFlapThreshold',
  'statePolicy.flapping.highPercent': 'highFlapThreshold',
  'statePolicy.flapping.options': 'flapDetectionOptions',
  'notificationPolicy.isEnabled': 'notificationsEnabled',
  'notificationPolicy.intervalMs': 'notificationInterval',
  'notificationPolicy.firstDelayMs': 'firstNotificationDelay',
  'notificationPolicy.period': 'notificationPeriod',
  'notificationPolicy.options': 'notificationOptions',
  'eventHandler.isEnabled': 'eventHandlerEnabled',
}

/** Lists of names: of long ones only what comes and goes tells anything. */
const LISTS: ReadonlySet<string> = new Set([
  'members',
  'groups',
  'parents',
  'contacts',
  'contactGroups',
  'observers',
])

/** `checkInterval 5m -> 1m`, `members +web-03`: one text for each key that differs. */
export function attributeTexts(attributes: readonly Attribute[]): readonly string[] {
  return [...new Set(attributes.map(textOf))]
}

function textOf({ name, before, after }: Attribute): string {
  const isLength = name.endsWith('Ms')
  const key = KEYS[name] ?? (isLength ? name.slice(0, -2) : name)
  const difference = LISTS.has(name) ? listDifference(before ?? '', after ?? '') : undefined
  if (difference !== undefined) return `${key} ${plain(difference)}`
  const value = (text: string | null): string => {
    if (text === null) return 'none'
    if (isLength && /^\d+$/.test(text)) return lengthText(Number(text))
    return text === '' ? '""' : plain(text)
  }
  return `${key} ${value(before)} -> ${value(after)}`
}

/** `undefined` when only their order differs. */
function listDifference(before: string, after: string): string | undefined {
  // The hub cuts what is long: the names that differ may be behind that.
  if (before.endsWith('…') || after.endsWith('…')) return 'differ, a list too long to show'
  const [old, now] = [before, after].map((text) => new Set(text === '' ? [] : text.split(', ')))
  if (old === undefined || now === undefined) return undefined
  const changes = [
    ...[...now.difference(old)].map((name) => `+${name}`),
    ...[...old.difference(now)].map((name) => `-${name}`),
  ]
  return changes.length === 0 ? undefined : changes.join(' ')
}

const UNITS = [
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const

/** `1h30m`, as it is written in a configuration. */
function lengthText(ms: number): string {
  let left = ms
  const parts = UNITS.flatMap(([unit, size]) => {
    const count = Math.floor(left / size)
    left -= count * size
    return count === 0 ? [] : [`${count}${unit}`]
  })
  return parts.join('') || '0s'
}
