import { decisionOf, ruleText } from '../domain/decision-policy.ts'
import type { Monitored } from '../domain/fleet.ts'

/** An attribute of an object as people read it; `null` where there is none. */
export interface AttributeChange {
  readonly name: string
  readonly before: string | null
  readonly after: string | null
}

/** More attributes of one object than these are not listed. */
const ATTRIBUTES_MAX = 100
const TEXT_MAX = 500
const DEPTH_MAX = 8

/**
 * Attributes that differ, by their way from the top: `check.intervalMs`. A command is shown as it may be seen; when only what is masked
 * differs, it is shown as masked on both sides.
 */
export function attributeChanges(before: object, after: object): readonly AttributeChange[] {
  const unsaid = hasObservers(before) || hasObservers(after) ? 'cluster' : 'observers'
  const [old, now] = [flat(before, unsaid), flat(after, unsaid)]
  const names = new Set([...old.keys(), ...now.keys()])
  const changes: AttributeChange[] = []
  for (const name of names) {
    const [earlier, later] = [old.get(name), now.get(name)]
    if (earlier?.exact === later?.exact || changes.length === ATTRIBUTES_MAX) continue
    changes.push({ name, before: earlier?.shown ?? null, after: later?.shown ?? null })
  }
  return changes
}

interface Attribute {
  /** What decides whether it differs; may hold secrets, is never shown. */
  readonly exact: string
  readonly shown: string
}

/** @param unsaid what is said in another way: not in it */
function flat(object: object, unsaid: 'cluster' | 'observers'): ReadonlyMap<string, Attribute> {
  const attributes = new Map<string, Attribute>()
  const { decision: _, [unsaid]: __, ...said } = object as Readonly<Record<string, unknown>>
  collect(said, '', attributes, 0)
  for (const [name, text] of decidedBy(object)) attributes.set(name, { exact: text, shown: text })
  return attributes
}

function collect(
  object: Readonly<Record<string, unknown>>,
  prefix: string,
  into: Map<string, Attribute>,
  depth: number,
): void {
  const shown = object['shownCommand'] ?? object['shown']
  for (const [key, value] of Object.entries(object)) {
    const name = `${prefix}${key}`
    if (key === 'source' || key === 'shown' || key === 'shownCommand' || value === undefined)
      continue
    if (isRecord(value) && 'kind' in value && key === 'command') {
      const words = typeof shown === 'string' ? shown : into.get('command')?.shown
      into.set('command' === name || prefix === 'check.' ? 'command' : name, {
        exact: JSON.stringify(value),
        shown: bounded(words ?? '***'),
      })
    } else if (isRecord(value) && depth < DEPTH_MAX) {
      const inner = 'check' === key && typeof shown === 'string' ? { ...value, shown } : value
      collect(inner, `${name}.`, into, depth + 1)
    } else {
      const exact = typeof value === 'string' ? value : JSON.stringify(value)
      into.set(name, { exact, shown: bounded(shownOf(value, exact)) })
    }
  }
}

/** A host with one observer is of a cluster. */
function hasObservers(object: object): boolean {
  return 'observers' in object && (object.observers as readonly string[]).length > 1
}

/** How a host or service is decided, in the words of the configuration, also where it says nothing of it. */
function decidedBy(object: object): readonly (readonly [name: string, text: string])[] {
  if (!('check' in object)) return []
  const { rule, theta } = decisionOf(object as Pick<Monitored, 'decision'>)
  return [
    ['verdict', ruleText(rule)],
    ['theta', String(theta)],
  ]
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Lists of names as people write them; lists of commands without what must not be seen. */
function shownOf(value: unknown, exact: string): string {
  if (!Array.isArray(value)) return exact
  return (value as unknown[]).map(itemText).join(', ')
}

function itemText(item: unknown): string {
  if (typeof item === 'string') return item
  if (isRecord(item) && typeof item['shown'] === 'string') return item['shown']
  if (isRecord(item) && 'command' in item) return '***'
  return Array.isArray(item) ? item.map(itemText).join(' ') : JSON.stringify(item)
}

function bounded(text: string): string {
  return text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX - 1)}…` : text
}
