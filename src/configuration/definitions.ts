import type { Place } from './problem.ts'
import type { KindName, ValueOf } from './yaml/kinds.ts'

/** Where an object was written, and each of its parts. */
export interface Origin {
  /** Of the object's name; with a path, of the value there (of the nearest part that exists). */
  place(path?: readonly PropertyKey[]): Place
  /** Of the key at the end of the path. */
  keyPlace(path: readonly PropertyKey[]): Place
}

/** One object as it was written: its shape is right, what it refers to need not exist. */
export interface Definition<V> {
  readonly name: string
  readonly value: V
  readonly origin: Origin
}

/** Everything that was written, by kind and name. */
export type Definitions = {
  readonly [K in KindName]: ReadonlyMap<string, Definition<ValueOf<K>>>
} & {
  /** Services written at a host, by host. */
  readonly hostServices: ReadonlyMap<string, readonly Definition<ValueOf<'serviceTemplates'>>[]>
}

export type { KindName, ValueOf }

/** Where one name or a list of them may be written; a first item `+` is no name. */
export function asList(names: string | readonly string[] | null | undefined): readonly string[] {
  if (names === undefined || names === null) return []
  if (typeof names === 'string') return [names]
  return names[0] === '+' ? names.slice(1) : names
}
