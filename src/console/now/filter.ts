import { FLAGS, hasFlag, searchText, STATES, type Columns } from '../live/columns.ts'
import type { ChipState } from '../state/states.ts'

/** What the filter box and the counters' chips say. All terms must hold; of `states` one. */
export interface Filter {
  readonly terms: readonly Term[]
  /** Empty: all. */
  readonly states: ReadonlySet<ChipState>
}

interface Term {
  readonly field: 'any' | 'host' | 'service' | 'group'
  /** Lower case. */
  readonly text: string
  readonly isNegated: boolean
}

export const NO_FILTER: Filter = { terms: [], states: new Set() }

const FIELDS = ['host', 'service', 'group'] as const

/**
 * Words are looked for in names and output, without regard to case; `host:`, `service:` and `group:` look into one field only;
 * a minus turns a word round; "quotes" keep spaces.
 */
export function parseFilter(text: string, states: readonly ChipState[]): Filter {
  const words = text.toLowerCase().match(/-?(?:[a-z]+:)?"[^"]*"?|\S+/g) ?? []
  return { terms: words.map(termOf).filter((term) => term.text !== ''), states: new Set(states) }
}

function termOf(word: string): Term {
  const isNegated = word.startsWith('-') && word.length > 1
  const rest = isNegated ? word.slice(1) : word
  const field = FIELDS.find((name) => rest.startsWith(`${name}:`))
  const text = (field === undefined ? rest : rest.slice(field.length + 1)).replaceAll('"', '')
  return { field: field ?? 'any', text, isNegated }
}

export function isFiltering(filter: Filter): boolean {
  return filter.terms.length > 0 || filter.states.size > 0
}

export function matches(columns: Columns, slot: number, filter: Filter): boolean {
  if (filter.states.size > 0 && !matchesState(columns, slot, filter.states)) return false
  return filter.terms.every((term) => holds(columns, slot, term) !== term.isNegated)
}

/** As the counters count: what is stale is found under stale only. */
function matchesState(columns: Columns, slot: number, states: ReadonlySet<ChipState>): boolean {
  if (hasFlag(columns, slot, FLAGS.stale)) return states.has('stale')
  return states.has(STATES[columns.state[slot] ?? 0] ?? 'pending')
}

function holds(columns: Columns, slot: number, term: Term): boolean {
  switch (term.field) {
    case 'any':
      return searchText(columns, slot).includes(term.text)
    case 'host':
      return (columns.host[slot] ?? '').toLowerCase().includes(term.text)
    case 'service':
      return (columns.service[slot] ?? '').toLowerCase().includes(term.text)
    case 'group':
      return (columns.groups[slot] ?? []).some((name) => name.toLowerCase().includes(term.text))
  }
}
