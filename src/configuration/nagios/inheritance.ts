import { didYouMean, type Problems } from '../problem.ts'
import { NULL_WORD, placeOfObject } from './definition.ts'
import { TABLES, type DirectiveSpec, type TypeTable } from './directives.ts'
import { NAGIOS_TYPES, type NagiosType } from './object-types.ts'
import type { ResolvedDefinition } from './objects.ts'
import { readOptions } from './options.ts'
import { WEEKDAYS } from './period-days.ts'
import type { WrittenDirective, WrittenObject } from './written.ts'

/** A chain of templates longer than this is refused. */
const TEMPLATE_DEPTH_MAX = 500

/** Definitions of an earlier reading, each with the templates that it was made of. */
export type KeptDefinitions = WeakMap<WrittenObject, KeptDefinition>

export interface KeptDefinition {
  readonly definition: ResolvedDefinition
  readonly templates: readonly (readonly [name: string, ResolvedDefinition])[]
}

/** A definition while templates are still being applied to it. */
interface Draft extends ResolvedDefinition {
  readonly slots: (WrittenDirective | undefined)[]
  customVariables: ReadonlyMap<string, WrittenDirective>
  ranges: readonly WrittenDirective[]
  /** What others inherit, where it is not `customVariables`: of two written with one name they get the last, the object has the first. */
  readonly handedDown: ReadonlyMap<string, WrittenDirective> | undefined
}

const NO_VARIABLES: ReadonlyMap<string, WrittenDirective> = new Map()
const NO_RANGES: readonly WrittenDirective[] = []

/** All definitions of each type, latest first: the order in which Nagios goes through them. */
export type DefinitionsByType = Readonly<Record<NagiosType, readonly ResolvedDefinition[]>>

/**
 * Applies templates. A template that is named first wins; `+` adds to what templates say; `null` keeps a value away. Templates that lead
 * back to themselves are cut where Nagios cuts them.
 */
export class Inheritance {
  readonly #templates = new Map<NagiosType, Map<string, WrittenObject>>()
  readonly #done = new Map<WrittenObject, Draft>()
  /** Definitions in which a circle of templates was cut: they depend on where one began. */
  readonly #cut = new Set<WrittenObject>()
  readonly #open = new Set<WrittenObject>()
  readonly #problems: Problems
  readonly #warnings: Problems
  readonly #kept: KeptDefinitions | undefined

  constructor(problems: Problems, warnings: Problems, kept?: KeptDefinitions) {
    this.#problems = problems
    this.#warnings = warnings
    this.#kept = kept
  }

  resolve(written: readonly WrittenObject[]): DefinitionsByType {
    const byType = Object.fromEntries(NAGIOS_TYPES.map((type) => [type, []])) as unknown as Record<
      NagiosType,
      WrittenObject[]
    >
    for (const object of written) {
      byType[object.type].push(object)
      this.#addTemplate(object)
    }
    return Object.fromEntries(
      NAGIOS_TYPES.map((type) => [type, byType[type].reverse().map((object) => this.#of(object))]),
    ) as unknown as DefinitionsByType
  }

  #addTemplate(object: WrittenObject): void {
    const name = object.templateName
    if (name === undefined) return
    let names = this.#templates.get(object.type)
    if (names === undefined) this.#templates.set(object.type, (names = new Map()))
    const first = names.get(name)
    if (first === undefined) names.set(name, object)
    else {
      const message = `the ${object.type} template '${name}' is defined twice`
      this.#problems.add(
        placeOfObject(object),
        message,
        `the first one is at ${first.file}:${first.line}`,
      )
    }
  }

  #of(object: WrittenObject): Draft {
    const done = this.#done.get(object)
    if (done !== undefined) return done
    const kept = this.#kept?.get(object)
    if (kept?.templates.every(([name, before]) => this.#template(object, name) === before)) {
      const again = this.#done.get(object)
      if (again !== undefined) return again
      this.#done.set(object, kept.definition as Draft)
      return kept.definition as Draft
    }
    return this.#made(object)
  }

  #made(object: WrittenObject): Draft {
    const draft = ownDraft(object, TABLES[object.type])
    this.#done.set(object, draft)
    const use = object.directives.findLast(({ name }) => name === 'use')
    if (use === undefined) return draft
    this.#open.add(object)
    if (this.#open.size > TEMPLATE_DEPTH_MAX) {
      const message = `templates use each other more than ${TEMPLATE_DEPTH_MAX} deep`
      this.#problems.add(placeOfObject(object), message)
    } else this.#apply(draft, use)
    this.#open.delete(object)
    return draft
  }

  #apply(draft: Draft, use: WrittenDirective): void {
    const object = draft.written
    const used: (readonly [string, ResolvedDefinition])[] = []
    for (const name of use.value.split(',')) {
      const template = this.#template(object, name)
      if (template === undefined) {
        this.#report(object, name, use)
        return
      }
      used.push([name, template])
      if (this.#open.has(template.written) || this.#cut.has(template.written)) this.#cut.add(object)
      inherit(draft, template, TABLES[object.type])
    }
    if (!this.#cut.has(object)) this.#kept?.set(object, { definition: draft, templates: used })
  }

  #template(user: WrittenObject, name: string): Draft | undefined {
    const template = this.#templates.get(user.type)?.get(name)
    return template === undefined ? undefined : this.#of(template)
  }

  /**
   * Nagios takes nothing of what stands behind an unknown template. It refuses the name only where it comes upon the object itself; on the
   * way through another object's templates it overlooks it.
   */
  #report(object: WrittenObject, name: string, { file, line, column }: WrittenDirective): void {
    const known = this.#templates.get(object.type) ?? new Map<string, WrittenObject>()
    const hint = known.has(name.trim())
      ? 'names are separated by a comma alone, without a space'
      : didYouMean(name, known.keys())
    const isOverlooked = this.#open.size > 1
    const found = isOverlooked ? this.#warnings : this.#problems
    const message = `unknown ${object.type} template '${name}'`
    found.add({ file, line, column }, message, hint)
  }
}

/** What the definition says itself. */
function ownDraft(object: WrittenObject, table: TypeTable): Draft {
  const slots = EMPTY_SLOTS[object.type].slice()
  let customVariables: Map<string, WrittenDirective> | undefined
  let repeated: Map<string, WrittenDirective> | undefined
  let ranges: WrittenDirective[] | undefined
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
    } else if (table.type === 'timeperiod' && isRange(name)) addRange((ranges ??= []), directive)
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
function addRange(ranges: WrittenDirective[], directive: WrittenDirective): void {
  const before = WEEKDAYS.includes(directive.name)
    ? ranges.findIndex(({ name }) => name === directive.name)
    : -1
  if (before < 0) ranges.push(directive)
  else ranges[before] = directive
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

function inherit(draft: Draft, template: Draft, table: TypeTable): void {
  const { slots } = draft
  for (let slot = 0; slot < slots.length; slot++) {
    const theirs = template.slots[slot]
    if (theirs === undefined) continue
    const own = slots[slot]
    const { kind } = table.bySlot[slot] as DirectiveSpec
    if (kind === 'name') continue
    if (table.type === 'service' && slot === COMMAND_SLOT && theirs.value.startsWith('!')) {
      slots[slot] = { ...theirs, value: theirs.value.slice(1) }
    } else if (own === undefined) {
      slots[slot] = theirs
    } else if ((kind === 'list' || kind === 'group') && own.value.startsWith('+')) {
      if (theirs.value !== NULL_WORD) {
        slots[slot] = { ...own, value: `${theirs.value},${own.value.slice(1)}` }
      }
    }
  }
  if (template.customVariables.size > 0) inheritVariables(draft, template)
  if (template.ranges.length > 0) inheritRanges(draft, template)
}

const COMMAND_SLOT = TABLES.service.slotOf.get('check_command') as number

function inheritVariables(draft: Draft, template: Draft): void {
  if (draft.customVariables.size === 0 && template.handedDown === undefined) {
    draft.customVariables = template.customVariables
    return
  }
  let merged: Map<string, WrittenDirective> | undefined
  for (const [name, directive] of template.customVariables) {
    if (draft.customVariables.has(name)) continue
    merged ??= new Map(draft.customVariables)
    merged.set(name, template.handedDown?.get(name) ?? directive)
  }
  if (merged !== undefined) draft.customVariables = merged
}

/** The template's days that the period does not have itself, last one first as Nagios takes them. */
function inheritRanges(draft: Draft, template: Draft): void {
  const known = new Set(draft.ranges.map(({ name }) => name))
  const ranges = [...draft.ranges]
  for (const range of template.ranges.toReversed()) {
    if (known.has(range.name)) continue
    known.add(range.name)
    ranges.push(range)
  }
  draft.ranges = ranges
}
