import type { Block } from './pools.ts'

/** Directives whose names may be patterns when `use_regexp_matching` is on. */
const PATTERN_DIRECTIVES = new Set([
  'host_name',
  'hostgroup_name',
  'dependent_host_name',
  'dependent_hostgroup_name',
  'service_description',
  'members',
  'hostgroups',
  'contact_groups',
  'contacts',
])

/** Blocks in which such a directive is a reference, not a name of its own. */
const REFERRING = new Set([
  'service',
  'hostgroup',
  'contactgroup',
  'hostescalation',
  'serviceescalation',
  'hostdependency',
  'servicedependency',
])

const PATTERNS: readonly ((name: string) => string)[] = [
  (name) => `${name.slice(0, 2)}.*`,
  (name) => `^${name}.?$`,
  (name) => `.*${name.slice(-2)}`,
  (name) => `(${name}|nobody)+`,
  (name) => `${name}?`,
  (name) => name.replace(/.$/, '[a-z0-9]*'),
  (name) => name.replace(/^./, '.?'),
  (name) => `${name}*`,
  () => '.*',
  (name) => `${name.slice(0, 3)}+.*`,
]

/**
 * Makes patterns of some of the names that the blocks refer to; `choices` are taken in turn. Once patterns are on, `*` alone is a bad
 * pattern and refused, so it becomes `.*`.
 */
export function withPatterns(
  blocks: readonly Block[],
  choices: readonly number[],
): readonly Block[] {
  let turn = 0
  const next = (): number => choices[turn++ % choices.length] as number
  const patternOf = (word: string): string => {
    const choice = next()
    const name = word.replace(/^[!+]/, '')
    if (name === '*') return word.replace('*', '.*')
    // Nagios counts bytes in patterns, we count characters: `é*` is two different things.
    if (choice % 4 !== 0 || name === 'null' || /[^ -~]/.test(name)) return word
    const made = PATTERNS[(choice >> 2) % PATTERNS.length] as (name: string) => string
    return word.slice(0, word.length - name.length) + made(name)
  }
  return blocks.map(({ type, directives }) => ({
    type,
    directives: directives.map(([name, value]) => {
      const isName =
        name === `${type}_name` || (type === 'service' && name === 'service_description')
      if (!REFERRING.has(type) || !PATTERN_DIRECTIVES.has(name) || isName) return [name, value]
      return [name, value.split(',').map(patternOf).join(',')]
    }),
  }))
}
