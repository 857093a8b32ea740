import type { Place } from '../problem.ts'
import { TABLES, type DirectiveKind } from './directives.ts'
import type { NagiosType } from './object-types.ts'
import { readDouble, readFlag, readInt, readUnsigned } from './numbers.ts'
import type { ResolvedDefinition } from './objects.ts'
import { ALL_OPTIONS, readOptions } from './options.ts'
import type { WrittenDirective, WrittenObject } from './written.ts'

/** What empties a text or a list. */
export const NULL_WORD = 'null'

function slotOf(definition: ResolvedDefinition, name: string): number {
  return TABLES[definition.type].slotOf.get(name) ?? -1
}

/** The directive that counts after inheritance, also one that says `null`; in today's spelling, as in `directives.ts`. */
export function directiveOf(
  definition: ResolvedDefinition,
  name: string,
): WrittenDirective | undefined {
  const slot = slotOf(definition, name)
  return slot < 0 ? definition.customVariables.get(name) : definition.slots[slot]
}

/**
 * Its text, or `undefined` when nobody has written it or `null` stands there. A `+` that no template took up is left out, and so is the
 * `!` with which a service insists on its check command.
 */
export function valueOf(definition: ResolvedDefinition, name: string): string | undefined {
  const table = TABLES[definition.type]
  const slot = table.slotOf.get(name) ?? -1
  const value =
    slot < 0 ? definition.customVariables.get(name)?.value : definition.slots[slot]?.value
  if (value === undefined) return undefined
  const kind = KINDS[definition.type][slot]
  if (value === NULL_WORD && kind !== 'literal' && kind !== 'name') return undefined
  const first = value.charCodeAt(0)
  if (first === PLUS && (kind === 'list' || kind === 'group')) return value.slice(1)
  if (first === BANG && definition.type === 'service' && name === 'check_command') {
    return value.slice(1)
  }
  return value
}

const PLUS = 43
const BANG = 33

/** By slot. */
const KINDS = Object.fromEntries(
  Object.values(TABLES).map(({ type, bySlot }) => [type, bySlot.map(({ kind }) => kind)]),
) as unknown as Readonly<Record<NagiosType, readonly DirectiveKind[]>>

/** Of the value where it is written, which may be in a template; of the definition when it is written nowhere. */
export function placeOf(definition: ResolvedDefinition, name?: string): Place {
  const directive = name === undefined ? undefined : directiveOf(definition, name)
  if (directive === undefined) return placeOfObject(definition.written)
  const { file, line, column } = directive
  return { file, line, column }
}

export function placeOfObject({ file, line }: WrittenObject): Place {
  return { file, line, column: 1 }
}

/** Whether anybody has written it, `null` included. */
export function isWritten(definition: ResolvedDefinition, name: string): boolean {
  return directiveOf(definition, name) !== undefined
}

export function intOf(definition: ResolvedDefinition, name: string, missing: number): number {
  const text = directiveOf(definition, name)?.value
  return text === undefined ? missing : readInt(text)
}

export function unsignedOf(definition: ResolvedDefinition, name: string): number {
  const text = directiveOf(definition, name)?.value
  return text === undefined ? 0 : readUnsigned(text)
}

export function doubleOf(definition: ResolvedDefinition, name: string, missing: number): number {
  const text = directiveOf(definition, name)?.value
  return text === undefined ? missing : readDouble(text)
}

export function flagOf(definition: ResolvedDefinition, name: string, missing: boolean): boolean {
  const text = directiveOf(definition, name)?.value
  return text === undefined ? missing : readFlag(text)
}

/** Letters in Nagios's order, `all`, or empty; all when not written and `missing` does not say otherwise. */
export function optionsOf(
  definition: ResolvedDefinition,
  name: string,
  missing: string = ALL_OPTIONS,
): string {
  const table = TABLES[definition.type]
  const slot = table.slotOf.get(name) ?? -1
  const text = definition.slots[slot]?.value
  const set = table.bySlot[slot]?.options
  return text === undefined || set === undefined ? missing : readOptions(text, set).value
}

/** `a, b` as C's `strtok` splits at commas, blanks at both ends of each left out; nothing between two commas is no item. */
export function itemsOf(text: string | undefined): readonly string[] {
  if (text === undefined || text === '') return []
  if (!text.includes(',')) return [trimmed(text)]
  const items: string[] = []
  for (const item of text.split(',')) if (item !== '') items.push(trimmed(item))
  return items
}

/** Blanks as C's `strip` in Nagios knows them. */
export function trimmed(text: string): string {
  let from = 0
  let to = text.length
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--
  while (from < to && isBlank(text.charCodeAt(from))) from++
  return from === 0 && to === text.length ? text : text.slice(from, to)
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9 || code === 10 || code === 13
}
