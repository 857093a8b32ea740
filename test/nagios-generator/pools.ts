import * as fc from 'fast-check'

/** One line of an object. */
export type Directive = readonly [name: string, value: string]

/** One `define TYPE { ... }`. */
export interface Block {
  readonly type: string
  readonly directives: readonly Directive[]
}

/** Names that a configuration defines; whatever it refers to is drawn from them. Templates in the order in which they build on others. */
export interface Pools {
  readonly hosts: readonly string[]
  readonly hostGroups: readonly string[]
  readonly descriptions: readonly string[]
  readonly serviceGroups: readonly string[]
  readonly contacts: readonly string[]
  readonly contactGroups: readonly string[]
  readonly commands: readonly string[]
  readonly periods: readonly string[]
}

const some = (names: readonly string[], minLength = 1): fc.Arbitrary<readonly string[]> =>
  fc.shuffledSubarray([...names], { minLength })

export const pools: fc.Arbitrary<Pools> = fc.record({
  hosts: some(['web-1', 'web-2', 'db-1', 'Core', 'edge.example.net', 'two words', '10.0.0.1', 'é']),
  hostGroups: some(['web', 'linux', 'all of it', 'Site-A', 'inner', 'empty-ish']),
  descriptions: some(['Load', 'PING', 'Disk /', 'Check: a #1', 'HTTP', 'zz']),
  serviceGroups: some(['tier-1', 'Tier-2', 'misc', 'other']),
  contacts: some(['anna', 'Bela', 'cleo', 'dora d']),
  contactGroups: some(['admins', 'night', 'Day']),
  commands: some(['ping', 'check-host-alive', 'semi', 'Notify'], 2),
  periods: some(['always', 'work', 'never', 'Nights', 'maint']),
})

/** `a,b`, with the spaces that Nagios allows around commas. */
export function listOf(
  names: readonly string[],
  limits: { readonly minLength?: number; readonly maxLength?: number } = {},
): fc.Arbitrary<string> {
  const { minLength = 1, maxLength = 4 } = limits
  return fc
    .tuple(
      fc.shuffledSubarray([...names], {
        minLength: Math.min(minLength, names.length),
        maxLength: Math.min(maxLength, names.length),
      }),
      fc.constantFrom(',', ',', ',', ', ', ' ,', ' , '),
    )
    .map(([chosen, comma]) => chosen.join(comma))
}

/** A list, sometimes added to what is inherited (`+`), sometimes `null`. */
export function inheritedListOf(names: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 6, arbitrary: listOf(names) },
    { weight: 4, arbitrary: listOf(names).map((list) => `+${list}`) },
    { weight: 1, arbitrary: fc.constant('null') },
  )
}

/** A list in which `*` is everybody and `!name` leaves one out; it may come to nothing. */
export function chosenFrom(names: readonly string[], canBeAll = true): fc.Arbitrary<string> {
  const except = fc.shuffledSubarray([...names], { maxLength: Math.min(2, names.length) })
  const mixed = fc
    .tuple(fc.shuffledSubarray([...names], { minLength: 1 }), except)
    .map(([chosen, left]) => [...chosen, ...left.map((name) => `!${name}`)].join(','))
  const all = except.map((left) => ['*', ...left.map((name) => `!${name}`)].join(','))
  return fc.oneof(
    { weight: 5, arbitrary: listOf(names) },
    { weight: 2, arbitrary: mixed },
    { weight: canBeAll ? 2 : 0, arbitrary: canBeAll ? all : listOf(names) },
  )
}

export const oneOf = (names: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...names)

export const flag: fc.Arbitrary<string> = fc.constantFrom('0', '1')
export const count: fc.Arbitrary<string> = fc.oneof(
  fc.integer({ min: 1, max: 20 }).map(String),
  fc.constantFrom('05', '3', '1'),
)
export const amount: fc.Arbitrary<string> = fc.oneof(
  fc.integer({ min: 0, max: 600 }).map(String),
  fc.constantFrom('0', '0.5', '2.25', '10.125', '007', '1e1'),
)

/** Words of free text with what the reader of files must keep or cut. */
export const text: fc.Arbitrary<string> = fc
  .array(
    fc.constantFrom(
      'plain',
      'x',
      'two  spaces',
      '$HOSTNAME$',
      '$$5',
      'a,b',
      'quote"d',
      "it's",
      '\\;',
      'c\\\\d',
      'é',
      '#not-a-comment',
      '{x}',
      '100%',
      'a!b',
      'a\\!b',
      '[1]',
      '=',
    ),
    { minLength: 1, maxLength: 4 },
  )
  .map((words) => words.join(' '))

/** Up to `maxLength` of the directives, in any order, seldom one of them twice. */
export function directivesFrom(
  known: Readonly<Record<string, fc.Arbitrary<string>>>,
  maxLength: number,
): fc.Arbitrary<readonly Directive[]> {
  const each = Object.entries(known).map(([name, value]) =>
    value.map((drawn): Directive => [name, drawn]),
  )
  const unique = fc.uniqueArray(fc.oneof(...each), { maxLength, selector: ([name]) => name })
  return fc.oneof(
    { weight: 8, arbitrary: unique },
    { weight: 1, arbitrary: fc.array(fc.oneof(...each), { maxLength }) },
  )
}

/** Letters of options as they may be written; `n` alone or all of them too. */
export function optionsOf(letters: string): fc.Arbitrary<string> {
  return fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .tuple(
          fc.shuffledSubarray(letters.split(''), { minLength: 1 }),
          fc.constantFrom(',', ',', ', ', ' , '),
        )
        .map(([chosen, comma]) => chosen.join(comma)),
    },
    { weight: 1, arbitrary: fc.constant('n') },
    { weight: 1, arbitrary: fc.constant('a') },
  )
}
