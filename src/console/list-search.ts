import { isChipState, type ChipState } from './state/states.ts'

/** The view of a list, complete in its address: what somebody sees can be sent to somebody else. */
export interface ListSearch {
  /** Text of the filter box. */
  readonly q?: string | undefined
  /** Names of chip states with commas between them. */
  readonly state?: string | undefined
  /** Id of the object in the side panel. */
  readonly open?: string | undefined
  /** What each observer says instead of what was decided. */
  readonly form?: 'raw' | undefined
}

/** Reads an address that anybody may have written: what is not understood is left out. */
export function parseListSearch(input: Readonly<Record<string, unknown>>): ListSearch {
  const text = (key: string): string | undefined => {
    const value = input[key]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  const states = statesOf(text('state'))
  return {
    q: text('q'),
    state: states.length === 0 ? undefined : states.join(','),
    open: text('open'),
    form: text('form') === 'raw' ? 'raw' : undefined,
  }
}

export function statesOf(state: string | undefined): readonly ChipState[] {
  return (state ?? '').split(',').filter(isChipState)
}

/** The same view with one state more or less. */
export function toggleStates(search: ListSearch, states: readonly ChipState[]): ListSearch {
  const chosen = statesOf(search.state)
  const isOn = states.every((state) => chosen.includes(state))
  const next = isOn
    ? chosen.filter((state) => !states.includes(state))
    : [...new Set([...chosen, ...states])]
  return { ...search, state: next.length === 0 ? undefined : next.join(',') }
}

/** `a=1&b=x` in the plain way; the router's own would quote strings that look like numbers. */
export function parseQuery(query: string): Record<string, unknown> {
  return Object.fromEntries(new URLSearchParams(query))
}

export function writeQuery(search: Readonly<Record<string, unknown>>): string {
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(search)) {
    if (typeof value === 'string' && value !== '') query.set(key, value)
  }
  const text = query.toString()
  return text === '' ? '' : `?${text}`
}
