import type { CachedObject, CachedObjects, CachedValue } from './object-cache.ts'

/** Where we say something else than Nagios 4.4.6, on purpose. Each stands in docs/reference/nagios.md with its reason. */
export interface Departure {
  readonly name: string
  /** What our problem says, when we refuse what Nagios accepts. */
  readonly refusal?: RegExp
  /** An object that is left out is missed by others: their problems follow from it. */
  readonly hasFollowers?: boolean
  /** What Nagios says, when we accept what it refuses. */
  readonly leniency?: RegExp
}

export const DEPARTURES: readonly Departure[] = [
  {
    name: 'names that no path, query or macro could hold',
    refusal: /: a name (must not|does not|has at most|holds no) /,
    hasFollowers: true,
  },
  {
    name: 'a directive that names the object written twice',
    refusal: /: '\w+' is written twice/,
  },
]

/**
 * Nagios keeps some things twice that say the same: members of a service group and escalations of a service that is defined twice. We
 * keep each once; so does the comparison.
 */
export function onceEach(objects: CachedObjects): CachedObjects {
  const once = <T>(all: readonly T[]): readonly T[] => [
    ...new Map(all.map((one) => [JSON.stringify(one), one])).values(),
  ]
  const within = (object: CachedObject): CachedObject =>
    Object.fromEntries(
      Object.entries(object).map(([name, value]): [string, CachedValue] => [
        name,
        typeof value === 'string' || name === 'ranges'
          ? value
          : (once<unknown>(value) as CachedValue),
      ]),
    )
  return Object.fromEntries(
    Object.entries(objects).map(([type, all]) => [type, once(all.map(within))]),
  )
}
