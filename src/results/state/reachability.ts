import type { ObjectState } from '../../domain/state-names.ts'
import type { ObjectRecord } from './record.ts'

/** What is known of a host when something behind it asks. `pending` is taken for up until somebody has looked. */
export type KnownState = ObjectState | 'pending'

/**
 * Down or unreachable: a host that does not answer is unreachable when it has parents and none of them is up.
 * @param parents the states of all its parents; empty for a host at the top
 */
export function reachability(parents: readonly KnownState[]): 'down' | 'unreachable' {
  return parents.length > 0 && !parents.some(isUp) ? 'unreachable' : 'down'
}

export function isUp(state: KnownState): boolean {
  return state === 'up' || state === 'pending'
}

/** A host that is only suspected counts as up for everything behind it. */
export function countsAsUp({ state, verdict }: Pick<ObjectRecord, 'state' | 'verdict'>): boolean {
  return isUp(state) || verdict?.kind === 'suspect'
}

const NONE: readonly KnownState[] = []

/** The states of parents, as `reachability` counts them. */
export function knownStates(
  parents: readonly { readonly record: ObjectRecord }[],
): readonly KnownState[] {
  return parents.length === 0
    ? NONE
    : parents.map(({ record }) => (countsAsUp(record) ? 'up' : record.state))
}
