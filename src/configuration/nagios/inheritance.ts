import { didYouMean, type Problems } from '../problem.ts'
import { NULL_WORD, placeOfObject } from './definition.ts'
import { TABLES, type DirectiveSpec } from './directives.ts'
import { NAGIOS_TYPES, type NagiosType } from './object-types.ts'
import type { ResolvedDefinition } from './objects.ts'
import { ownDraft, type Draft } from './own-definition.ts'
import type { WrittenDirective, WrittenObject } from './written.ts'

/** A chain of templates longer than this is refused. */
const TEMPLATE_DEPTH_MAX = 500
/** A list that `+` has made longer than this is refused. */
const LIST_LENGTH_MAX = 1 << 20
/** Custom variables and days of periods that are copied from templates in all. */
const COPIED_MAX = 4_000_000
const HINTS_MAX = 200

/** Definitions of an earlier reading, each with the templates that it was made of. */
export type KeptDefinitions = WeakMap<WrittenObject, KeptDefinition>

export interface KeptDefinition {
  readonly definition: ResolvedDefinition
  readonly templates: readonly (readonly [name: string, ResolvedDefinition])[]
}

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
  /** Definitions that lack what an unknown template would have given, where that is a problem. */
  readonly incomplete = new Set<WrittenObject>()
  #copied = 0
  #hintsLeft = HINTS_MAX
  #isOver = false
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
    if (use === undefined) {
      this.#kept?.set(object, { definition: draft, templates: [] })
      return draft
    }
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
      if (this.incomplete.has(template.written)) this.incomplete.add(object)
      if (this.#open.has(template.written) || this.#cut.has(template.written)) this.#cut.add(object)
      if (!this.#inherit(draft, template)) return
    }
    if (!this.#cut.has(object) && !this.incomplete.has(object))
      this.#kept?.set(object, { definition: draft, templates: used })
  }

  /** False when a bound is reached: nothing more is inherited then. */
  #inherit(draft: Draft, template: Draft): boolean {
    const isFine = inheritSlots(draft, template)
    const copied = template.ranges.length + draft.ranges.length
    const isSharing = draft.customVariables.size === 0 && template.handedDown === undefined
    this.#copied += copied + (isSharing ? 0 : template.customVariables.size)
    if (!isFine || this.#copied > COPIED_MAX) {
      const message = isFine
        ? `templates hand down more than ${COPIED_MAX} custom variables and days in all`
        : `'+' makes a list longer than ${LIST_LENGTH_MAX} characters`
      if (!this.#isOver) this.#problems.add(placeOfObject(draft.written), message)
      this.#isOver = true
      return false
    }
    if (template.customVariables.size > 0) inheritVariables(draft, template)
    if (template.ranges.length > 0) inheritRanges(draft, template)
    return true
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
      : this.#hintsLeft-- > 0
        ? didYouMean(name.slice(0, 255), known.keys())
        : undefined
    const isOverlooked = this.#open.size > 1
    const found = isOverlooked ? this.#warnings : this.#problems
    if (!isOverlooked) this.incomplete.add(object)
    const message = `unknown ${object.type} template '${name.slice(0, 255)}'`
    found.add({ file, line, column }, message, hint)
  }
}

/** False when `+` makes a list too long. */
function inheritSlots(draft: Draft, template: Draft): boolean {
  const { slots, type } = draft
  const { bySlot } = TABLES[type]
  for (let slot = 0; slot < slots.length; slot++) {
    const theirs = template.slots[slot]
    if (theirs === undefined) continue
    const own = slots[slot]
    const { kind } = bySlot[slot] as DirectiveSpec
    if (kind === 'name') continue
    if (type === 'service' && slot === COMMAND_SLOT && theirs.value.startsWith('!')) {
      slots[slot] = { ...theirs, value: theirs.value.slice(1) }
    } else if (own === undefined) {
      slots[slot] = theirs
    } else if ((kind === 'list' || kind === 'group') && own.value.startsWith('+')) {
      if (theirs.value === NULL_WORD) continue
      if (theirs.value.length + own.value.length > LIST_LENGTH_MAX) return false
      slots[slot] = { ...own, value: `${theirs.value},${own.value.slice(1)}` }
    }
  }
  return true
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
