import type { StatePolicy } from '../../domain/fleet.ts'
import type { ServiceState } from '../../domain/state-names.ts'
import { nextFlapping } from './flapping.ts'
import type { Observation } from './observation.ts'
import type { ObjectRecord } from './record.ts'
import { isStalked, softAttempt, transitionTo, type Transition } from './transition.ts'

/**
 * A service after one more result: soft until `maxAttempts` results in a row were no OK, then hard. Rules SM1 to SM12 of
 * docs/spec/state.md; the order of the steps is that of Nagios 4.4, because its corner cases hang on it.
 * @param hostIsUp the host's state now; a host nobody has looked at yet counts as up
 */
export function nextServiceRecord(
  prior: ObjectRecord,
  seen: Observation<ServiceState>,
  policy: StatePolicy,
  hostIsUp: boolean,
): Transition {
  const { state } = seen
  const last = serviceStateIn(prior.state)
  const max = policy.maxAttempts
  const isOk = state === 'ok'
  let { type, attempt } = prior
  let lastHardState = serviceStateIn(prior.lastHardState)
  let hostWasDown = prior.hostWasDown === true
  let isHardChange = false

  if (!isOk && hostIsUp) {
    if (hostWasDown && type === 'soft') attempt = 1
    hostWasDown = false
  } else if (!hostIsUp) {
    hostWasDown = true
  }
  if (!hostIsUp && lastHardState !== state) {
    isHardChange = true
    type = 'hard'
    lastHardState = state
    attempt = max
  }

  if (last === 'ok') {
    if (isOk) type = 'hard'
    else if (!hostWasDown && !isHardChange) type = 'soft'
    attempt = 1
  }

  const isChange = state !== last || (isOk && type === 'soft')
  if (type === 'soft') attempt = softAttempt(attempt, max, last !== 'ok', isChange && !isOk)
  if (attempt >= max && (state !== lastHardState || (type === 'soft' && !isOk))) isHardChange = true

  if (isChange) type = 'soft'
  if (isHardChange) {
    type = 'hard'
    lastHardState = state
  }
  const isSoftProblem = type === 'soft' && !isOk
  const flapping = isSoftProblem
    ? prior.flapping
    : nextFlapping(prior.flapping, state, policy.flapping)
  const isLogged =
    isChange ||
    isHardChange ||
    isSoftProblem ||
    (policy.isVolatile && !isOk) ||
    isStalked(prior, seen.output, state, policy)
  const alert = isLogged ? { type, attempt } : undefined

  const hasRecovered = isOk && isChange
  if (hasRecovered && isHardChange) hostWasDown = false
  return transitionTo(
    prior,
    seen,
    {
      state,
      type: hasRecovered ? 'hard' : type,
      attempt: hasRecovered ? 1 : attempt,
      lastHardState: hasRecovered ? state : lastHardState,
      hostWasDown,
      flapping,
      hasChanged: isChange,
      hasChangedHard: isHardChange || hasRecovered,
    },
    alert,
  )
}

/** Before the first result a service is taken for OK. */
function serviceStateIn(state: ObjectRecord['state']): ServiceState {
  return state === 'pending' ? 'ok' : (state as ServiceState)
}
