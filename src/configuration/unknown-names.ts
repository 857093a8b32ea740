import type { Definitions, KindName, Origin } from './definitions.ts'
import { didYouMean, type Problems } from './problem.ts'
import { KINDS } from './yaml/kinds.ts'

export type Names = string | readonly string[] | null | undefined

/** What one list of names in an object refers to. */
export interface Reference {
  readonly path: readonly PropertyKey[]
  readonly names: Names
  readonly kind: KindName
}

export interface Asking {
  readonly known: Definitions
  readonly problems: Problems
  /** Of the object that names. */
  readonly origin: Origin
}

/** Names that nothing has. @param ignored names that need not be defined */
export function reportUnknown(
  { known: all, problems, origin }: Asking,
  { names, kind, path }: Reference,
  ignored?: RegExp,
): void {
  if (names === undefined) return
  const known: ReadonlyMap<string, unknown> = all[kind]
  const listed = typeof names === 'string' ? [names] : (names ?? [])
  for (const [index, name] of listed.entries()) {
    if (known.has(name) || ignored?.test(name) === true) continue
    const place = origin.place(typeof names === 'string' ? path : [...path, index])
    problems.add(
      place,
      `unknown ${KINDS[kind].word} '${name}'`,
      didYouMean(name, known.keys()) ?? `define it under ${KINDS[kind].path.join('.')}`,
    )
  }
}
