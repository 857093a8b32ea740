import type { Instant } from '../../base/instant.ts'
import type { CheckId } from '../../domain/check-id.ts'
import type { StatePolicy } from '../../domain/fleet.ts'
import type { HostState, ServiceState } from '../../domain/state-names.ts'
import { nextHostRecord, NAGIOS_PASSIVE_HOSTS } from '../state/host-transition.ts'
import type { Observation } from '../state/observation.ts'
import type { ObjectRecord, StateChange } from '../state/record.ts'
import { nextServiceRecord } from '../state/service-transition.ts'
import { pendingRecord, type Transition } from '../state/transition.ts'
import type { Evidence, SeenState } from './ports.ts'

interface Repaired {
  readonly checkId: CheckId
  readonly isHost: boolean
  readonly policy: StatePolicy
  /** When its first result finished; `null`: not known. */
  readonly knownFrom: Instant | null
}

/**
 * The changes of state that these results make, one after the other, by the rules of the present. What was around the object then is not
 * known any more: its host counts as up, and a host that did not answer as down. Rule IN17 of docs/spec/intake.md.
 */
export function changesOf(
  object: Repaired,
  { before, seen }: Pick<Evidence, 'before' | 'seen'>,
): readonly StateChange[] {
  let record = before === undefined ? recordAt(object, seen[0]?.at) : recordAfter(object, before)
  const changes: StateChange[] = []
  for (const one of seen) {
    const step = transition(object, record, one)
    record = step.record
    if (step.change !== undefined) changes.push(step.change)
  }
  return changes
}

function transition(
  { isHost, policy }: Repaired,
  record: ObjectRecord,
  { at, state, output }: SeenState,
): Transition {
  const seen = {
    at,
    output,
    isPassive: false,
    longOutput: '',
    perfdata: '',
    executionMs: 0,
    latencyMs: 0,
  }
  if (isHost) {
    const observed: Observation<HostState> = { ...seen, state: state as HostState }
    return nextHostRecord(record, observed, policy, { parents: [], passive: NAGIOS_PASSIVE_HOSTS })
  }
  return nextServiceRecord(record, { ...seen, state: state as ServiceState }, policy, true)
}

/** Before any change: pending, or fine since the first result. */
function recordAt({ checkId, isHost, knownFrom }: Repaired, at: Instant | undefined): ObjectRecord {
  const pending = pendingRecord(checkId)
  if (at === undefined || knownFrom === null || knownFrom >= at) return pending
  const fine = isHost ? 'up' : 'ok'
  return { ...pending, state: fine, lastHardState: fine }
}

function recordAfter({ checkId, isHost }: Repaired, before: StateChange): ObjectRecord {
  const { to, type, attempt, at, output } = before
  const fine = isHost ? 'up' : 'ok'
  const lastHardState = type === 'hard' || to === fine ? to : fine
  const settled = to === fine ? ({ type: 'hard', attempt: 1 } as const) : { type, attempt }
  const known = { state: to, ...settled, lastHardState, lastResultAt: at, output }
  return { ...pendingRecord(checkId), ...known }
}
