import { NULL_WORD } from './definition.ts'
import { TABLES, type DirectiveSpec, type TypeTable } from './directives.ts'
import type { NagiosType } from './object-types.ts'
import type { ResolvedDefinition } from './objects.ts'
import { readOptions } from './options.ts'
import { WEEKDAYS } from './period-days.ts'
import type { WrittenDirective, WrittenObject } from './written.ts'

/** A definition while templates are still being applied to it. */
export interface Draft extends ResolvedDefinition {
  readonly slots: (WrittenDirective | undefined)[]
  customVariables: ReadonlyMap<string, WrittenDirective>
  ranges: readonly WrittenDirective[]
  /** What others inherit, where it is not `customVariables`: of two written with one name they get the last, the object has the first. */
  readonly handedDown: ReadonlyMap<string, WrittenDirective> | undefined
}

const NO_VARIABLES: ReadonlyMap<string, WrittenDirective> = new Map()
const NO_RANGES: readonly WrittenDirective[] = []

/** What the definition says itself. */
export function ownDraft(object: WrittenObject, table: TypeTable): Draft {
  const slots = EMPTY_SLOTS[object.type].slice()
  let customVariables: Map<string, WrittenDirective> | undefined
  let repeated: Map<string, WrittenDirective> | undefined
  let ranges: WrittenDirective[] | undefined
  let weekdays: Map<string, number> | undefined
  for (const directive of object.directives) {
    const { slot, name } = directive
    if (slot >= 0) {
      const spec = table.bySlot[slot] as DirectiveSpec
      const before = slots[slot]
      slots[slot] =
        before === undefined && !isNothing(object.type, spec, directive)
          ? directive
          : together(object.type, spec, { before, directive })
    } else if (name.startsWith('_')) {
      customVariables ??= new Map()
      if (!customVariables.has(name)) customVariables.set(name, directive)
      else (repeated ??= new Map()).set(name, directive)
    } else if (table.type === 'timeperiod' && isRange(name)) {
      addRange((ranges ??= []), directive, (weekdays ??= new Map()))
    }
  }
  return {
    type: object.type,
    written: object,
    slots,
    customVariables: customVariables ?? NO_VARIABLES,
    ranges: ranges ?? NO_RANGES,
    handedDown: repeated,
  }
}

/** A day of the week that is written twice has the last hours; dates and their like have all. */
function addRange(
  ranges: WrittenDirective[],
  directive: WrittenDirective,
  weekdays: Map<string, number>,
): void {
  const before = weekdays.get(directive.name)
  if (before !== undefined) ranges[before] = directive
  else {
    if (WEEKDAYS.includes(directive.name)) weekdays.set(directive.name, ranges.length)
    ranges.push(directive)
  }
}

const EMPTY_SLOTS = Object.fromEntries(
  Object.values(TABLES).map(({ type, slotCount }) => [
    type,
    Array.from({ length: slotCount }, () => undefined),
  ]),
) as unknown as Readonly<Record<NagiosType, readonly (WrittenDirective | undefined)[]>>

function isRange(name: string): boolean {
  return name !== 'use' && name !== 'name' && name !== 'register'
}

/** A second writing of one directive: lists of members and options add up, otherwise the last text counts, and `null` after one not. */
function together(
  type: NagiosType,
  spec: DirectiveSpec,
  {
    before,
    directive,
  }: { readonly before: WrittenDirective | undefined; readonly directive: WrittenDirective },
): WrittenDirective | undefined {
  if (isNothing(type, spec, directive)) return undefined
  const isNull = directive.value === NULL_WORD
  if (before === undefined) return directive
  const { kind } = spec
  if (kind === 'text' || kind === 'list') return isNull ? before : directive
  if (kind === 'group' && isNull) return before
  if (kind === 'group') return before.value === NULL_WORD ? directive : joined(before, directive)
  const isAdding = kind === 'options' && spec.name !== 'flap_detection_options'
  return isAdding ? joined(before, directive) : directive
}

/** In dependencies `n` is as good as not written, but for the execution of hosts. */
function isNothing(type: NagiosType, spec: DirectiveSpec, directive: WrittenDirective): boolean {
  if (spec.kind !== 'options' || spec.options === undefined) return false
  const isAbsent =
    type === 'servicedependency' ||
    (type === 'hostdependency' && spec.name === 'notification_failure_criteria')
  return isAbsent && readOptions(directive.value, spec.options).saysNothing
}

function joined(before: WrittenDirective, directive: WrittenDirective): WrittenDirective {
  return { ...directive, value: `${before.value},${directive.value}` }
}
