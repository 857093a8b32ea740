import type { StatePolicy } from '../../domain/fleet.ts'
import type { HostState } from '../../domain/state-names.ts'
import { nextFlapping } from './flapping.ts'
import type { Observation } from './observation.ts'
import { reachability, type KnownState } from './reachability.ts'
import type { ObjectRecord } from './record.ts'
import { isStalked, softAttempt, transitionTo, type Transition } from './transition.ts'

/** How results that were submitted for hosts are read. Results of checks that we ran ourselves are always soft first and always translated. */
export interface PassiveHostPolicy {
  /** Off (Nagios' default): every submitted host result is hard at once. */
  readonly areSoft: boolean
  /** Whether a submitted 'down' becomes 'unreachable' behind parents that are down. */
  readonly areTranslated: boolean
}

export const NAGIOS_PASSIVE_HOSTS: PassiveHostPolicy = { areSoft: false, areTranslated: false }

/** What else decides on a host's state. */
export interface HostSurroundings {
  /** The states of its parents now. */
  readonly parents: readonly KnownState[]
  readonly passive: PassiveHostPolicy
}

/** A host after one more result. Rules SM20 to SM28 of docs/spec/state.md, in the order of Nagios 4.4. */
export function nextHostRecord(
  prior: ObjectRecord,
  seen: Observation<HostState>,
  policy: StatePolicy,
  { parents, passive }: HostSurroundings,
): Transition {
  const last = hostStateIn(prior.state)
  const state = translated(seen, passive, parents)
  const isUp = state === 'up'
  const max = policy.maxAttempts
  let { type, attempt } = prior
  let lastHardState = hostStateIn(prior.lastHardState)
  let isHardChange = false

  if (last === 'up') {
    type = isUp ? 'hard' : 'soft'
    attempt = 1
  } else if (isUp && type === 'hard') {
    isHardChange = true
    attempt = 1
  }

  const isChange = state !== last || (isUp && type === 'soft')
  if (type === 'soft') attempt = softAttempt(attempt, max, last !== 'up' && !isUp, isChange || isUp)
  if (attempt >= max && state !== lastHardState) isHardChange = true

  if (seen.isPassive && !passive.areSoft) {
    if (isChange) {
      attempt = 1
      isHardChange = true
    }
    type = 'hard'
  }
  if (isChange) type = 'soft'
  if (isHardChange) {
    type = 'hard'
    lastHardState = state
  }
  const isLogged =
    isChange || isHardChange || type === 'soft' || isStalked(prior, seen.output, state, policy)
  return transitionTo(
    prior,
    seen,
    {
      state,
      type,
      attempt,
      lastHardState,
      hostWasDown: false,
      flapping: nextFlapping(prior.flapping, state, policy.flapping),
      hasChanged: isChange,
      hasChangedHard: isHardChange,
    },
    isLogged ? { type, attempt } : undefined,
  )
}

function translated(
  seen: Observation<HostState>,
  passive: PassiveHostPolicy,
  parents: readonly KnownState[],
): HostState {
  if (seen.state === 'up') return 'up'
  if (!seen.isPassive) return reachability(parents)
  if (!passive.areTranslated || seen.state === 'unreachable') return seen.state
  return reachability(parents)
}

/** Before the first result a host is taken for up. */
function hostStateIn(state: ObjectRecord['state']): HostState {
  return state === 'pending' ? 'up' : (state as HostState)
}
