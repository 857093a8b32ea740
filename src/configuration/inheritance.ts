import { asList, type Definition, type Origin } from './definitions.ts'
import type { Place } from './problem.ts'

/** Attributes that any object with templates has. */
export interface Inheriting {
  readonly use?: string | readonly string[] | null | undefined
}

/** Where an attribute of a resolved object was written: in the object or in a template. */
export interface Source {
  readonly origin: Origin
  /** Path of the attributes within the object: empty, or `service` in an apply rule. */
  readonly path: readonly PropertyKey[]
}

/** Attributes of which `null` is no more: nothing was inherited. */
export type Settled<V> = { readonly [K in keyof V]: Exclude<V[K], null> }

/** An object with everything that it inherits. */
export interface Resolved<V> {
  readonly values: V
  readonly sources: Readonly<Record<string, Source>>
}

/** Where the attribute `key` of a resolved object is written. */
export function placeOf(
  resolved: Resolved<unknown>,
  key: string,
  rest: readonly PropertyKey[] = [],
): Place {
  const source = resolved.sources[key] ?? resolved.sources['']
  if (source === undefined) throw new TypeError('a resolved object knows where it is from')
  return source.origin.place([...source.path, ...(key in resolved.sources ? [key, ...rest] : [])])
}

/** Whoever may use templates of a kind uses this one, too, after all others. */
export const DEFAULT_TEMPLATE = 'default'

type Values = Readonly<Record<string, unknown>>

const NOTHING: Resolved<Values> = { values: {}, sources: {} }

/** Lists that may add to what is inherited. */
const ADDITIVE: readonly string[] = ['groups', 'contacts', 'contactGroups', 'parents', 'observers']

/** Two ways to say one thing: the nearer one stands instead of the other. A list that adds, adds to the other, too. */
const INSTEAD = [
  ['cluster', 'observers'],
  ['observers', 'cluster'],
] as const

/** Resolves `use`. Rule CF10 of docs/spec/configuration.md. */
export class Inheritance<V extends Inheriting> {
  readonly #templates: ReadonlyMap<string, Definition<V>>
  readonly #resolved = new Map<string, Resolved<Values>>()
  readonly #bases = new Map<string, Resolved<Values>>()
  readonly #resolving = new Set<string>()

  constructor(templates: ReadonlyMap<string, Definition<V>>) {
    this.#templates = templates
  }

  resolve(own: V, source: Source): Resolved<Settled<V>> {
    const base = this.#baseOf(this.#used(own.use))
    const { values, sources } = mergedFrom(base, own as Values, source)
    return { values: settled(values) as Settled<V>, sources }
  }

  #used(use: V['use']): readonly string[] {
    const names = asList(use)
    const hasDefault = this.#templates.has(DEFAULT_TEMPLATE) && !names.includes(DEFAULT_TEMPLATE)
    return hasDefault ? [...names, DEFAULT_TEMPLATE] : names
  }

  /** The names of all templates of an object, the nearest first. */
  chain(use: V['use']): readonly string[] {
    const names = new Set<string>()
    const add = (more: V['use']): void => {
      for (const name of asList(more)) {
        if (names.has(name)) continue
        names.add(name)
        add(this.#templates.get(name)?.value.use)
      }
    }
    add(this.#used(use))
    return [...names]
  }

  /** Many objects use the same templates in the same order. */
  #baseOf(names: readonly string[]): Resolved<Values> {
    const [only] = names
    if (only === undefined) return NOTHING
    if (names.length === 1) return this.#template(only)
    const key = names.join('\0')
    const known = this.#bases.get(key)
    if (known !== undefined) return known
    const base = names.map((name) => this.#template(name)).reduceRight(joined)
    if (this.#resolving.size === 0) this.#bases.set(key, base)
    return base
  }

  /** Unknown templates and cycles were reported before: they give nothing. */
  #template(name: string): Resolved<Values> {
    const known = this.#resolved.get(name)
    if (known !== undefined) return known
    const template = this.#templates.get(name)
    if (template === undefined || this.#resolving.has(name)) return NOTHING
    this.#resolving.add(name)
    const source = { origin: template.origin, path: [] }
    const base = this.#baseOf(asList(template.value.use))
    const resolved = mergedFrom(base, template.value as Values, source)
    this.#resolving.delete(name)
    this.#resolved.set(name, resolved)
    return resolved
  }
}

function mergedFrom(base: Resolved<Values>, own: Values, source: Source): Resolved<Values> {
  const sources: Record<string, Source> = {}
  for (const key of Object.keys(own)) sources[key] = source
  sources[''] = source
  return joined(base, { values: own, sources })
}

function joined(far: Resolved<Values>, near: Resolved<Values>): Resolved<Values> {
  const base = withoutOther(far, near.values)
  return {
    values: merged(base.values, near.values),
    sources: { ...base.sources, ...near.sources },
  }
}

/** What is inherited, without what the nearer object says in another way. */
function withoutOther(far: Resolved<Values>, near: Values): Resolved<Values> {
  let found = far
  for (const [key, other] of INSTEAD) {
    const inherited = found.values[other]
    if (near[key] === undefined || inherited === undefined || near[other] !== undefined) continue
    const { [other]: _, ...values } = found.values
    const { [other]: __, ...sources } = found.sources
    const isAdded = isAdding(near[key]) && inherited !== null && values[key] === undefined
    found = { values: isAdded ? { ...values, [key]: inherited } : values, sources }
  }
  return found
}

function isAdding(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value[0] === '+'
}

/** Keeps `null` and a leading `+`: templates that come later must not fill the one, and may fill the other. */
function merged(base: Values, over: Values): Values {
  const values: Record<string, unknown> = { ...base, ...over }
  if (isRecord(base['variables']) && isRecord(over['variables'])) {
    values['variables'] = { ...base['variables'], ...over['variables'] }
  }
  for (const key of ADDITIVE) {
    const added = over[key]
    const inherited = base[key]
    if (!isAdding(added)) continue
    if (inherited === null) values[key] = added.slice(1)
    if (typeof inherited !== 'string' && !Array.isArray(inherited)) continue
    values[key] = [...new Set<unknown>([...[inherited].flat(), ...added.slice(1)])]
  }
  return values
}

function settled(values: Values): Values {
  const kept: Record<string, unknown> = {}
  for (const key in values) {
    const value = values[key]
    if (value === null || value === undefined) continue
    kept[key] = Array.isArray(value) && value[0] === '+' ? value.slice(1) : value
  }
  return kept
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
