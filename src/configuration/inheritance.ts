import { asList, type Definition, type Origin } from './definitions.ts'
import type { Place } from './problem.ts'

/** Attributes that any object with templates has. */
export interface Inheriting {
  readonly use?: string | readonly string[] | undefined
  readonly groups?: string | readonly string[] | undefined
  readonly variables?: Readonly<Record<string, unknown>> | undefined
}

/** Where an attribute of a resolved object was written: in the object or in a template. */
export interface Source {
  readonly origin: Origin
  /** Path of the attributes within the object: empty, or `service` in an apply rule. */
  readonly path: readonly PropertyKey[]
}

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

/** Resolves `use`: own attributes over templates, earlier templates over later ones; variables are merged, `+` adds groups. */
export class Inheritance<V extends Inheriting> {
  readonly #templates: ReadonlyMap<string, Definition<V>>
  readonly #resolved = new Map<string, Resolved<V>>()
  readonly #resolving = new Set<string>()

  constructor(templates: ReadonlyMap<string, Definition<V>>) {
    this.#templates = templates
  }

  resolve(own: V, source: Source): Resolved<V> {
    const bases = asList(own.use).map((name) => this.#template(name))
    let values: Record<string, unknown> = {}
    let sources: Record<string, Source> = { '': source }
    for (const base of bases.reverse()) {
      values = merged(values, base.values as Record<string, unknown>)
      sources = { ...sources, ...base.sources, '': source }
    }
    const ownSources = Object.fromEntries(Object.keys(own).map((key) => [key, source]))
    return {
      values: merged(values, own as Record<string, unknown>) as unknown as V,
      sources: { ...sources, ...ownSources },
    }
  }

  /** Unknown templates and cycles were reported before: they give nothing. */
  #template(name: string): Resolved<V> {
    const known = this.#resolved.get(name)
    if (known !== undefined) return known
    const template = this.#templates.get(name)
    if (template === undefined || this.#resolving.has(name)) return { values: {} as V, sources: {} }
    this.#resolving.add(name)
    const resolved = this.resolve(template.value, { origin: template.origin, path: [] })
    this.#resolving.delete(name)
    this.#resolved.set(name, resolved)
    return resolved
  }
}

function merged(
  base: Record<string, unknown>,
  over: Record<string, unknown>,
): Record<string, unknown> {
  const values = { ...base, ...over }
  if (base['variables'] !== undefined && over['variables'] !== undefined) {
    values['variables'] = { ...(base['variables'] as object), ...(over['variables'] as object) }
  }
  const groups = asList(over['groups'] as string | readonly string[] | undefined)
  if (groups[0] === '+') {
    const inherited = asList(base['groups'] as string | readonly string[] | undefined)
    values['groups'] = [...new Set([...inherited, ...groups.slice(1)])]
  }
  return values
}
