import type { CheckId } from '../../domain/check-id.ts'
import type { StatePolicy } from '../../domain/fleet.ts'
import type { ObjectState } from '../../domain/state-names.ts'
import { NEVER_FLAPPED, optionsInclude } from './flapping.ts'
import type { Observation } from './observation.ts'
import type { FlappingRecord, ObjectRecord, StateChange } from './record.ts'

/** What one observation did to an object. */
export interface Transition {
  readonly record: ObjectRecord
  /** The line of the alert log, when there is one. */
  readonly change: StateChange | undefined
  readonly flap: 'started' | 'stopped' | undefined
}

/** The part of the record that the rules of hosts and services work out. */
export interface Standing<S extends ObjectState> {
  readonly state: S
  readonly type: 'soft' | 'hard'
  readonly attempt: number
  readonly lastHardState: S
  readonly hostWasDown: boolean
  readonly flapping: FlappingRecord
  readonly hasChanged: boolean
  readonly hasChangedHard: boolean
}

/** What the alert log says: before a recovered service settles down to hard and attempt 1. */
export interface Alert {
  readonly type: 'soft' | 'hard'
  readonly attempt: number
}

export function pendingRecord(checkId: CheckId): ObjectRecord {
  return {
    checkId,
    state: 'pending',
    type: 'hard',
    attempt: 1,
    lastHardState: 'pending',
    flapping: NEVER_FLAPPED,
    lastResultAt: null,
    lastChangeAt: null,
    lastHardChangeAt: null,
    output: '',
    longOutput: '',
    perfdata: '',
    hostWasDown: false,
    executionMs: 0,
    latencyMs: 0,
  }
}

/** The attempt after one more soft result. `isRepeat`: a problem went before; `isFresh`: a new problem or a recovery. */
export function softAttempt(
  attempt: number,
  max: number,
  isRepeat: boolean,
  isFresh: boolean,
): number {
  if (isRepeat && attempt < max) return attempt + 1
  return isFresh ? 1 : Math.min(attempt + 1, max)
}

/** Output that changed within one state is logged when the object is stalked in that state. */
export function isStalked(
  prior: ObjectRecord,
  output: string,
  state: ObjectState,
  policy: StatePolicy,
): boolean {
  if (policy.stalking === undefined) return false
  if (prior.state !== 'pending' && prior.output === output) return false
  return optionsInclude(policy.stalking, state)
}

export function transitionTo<S extends ObjectState>(
  prior: ObjectRecord,
  seen: Observation<S>,
  standing: Standing<S>,
  alert: Alert | undefined,
): Transition {
  const { flapping } = standing
  return {
    record: {
      checkId: prior.checkId,
      state: standing.state,
      type: standing.type,
      attempt: standing.attempt,
      lastHardState: standing.lastHardState,
      flapping,
      lastResultAt: seen.at,
      firstResultAt: prior.firstResultAt ?? prior.lastResultAt ?? seen.at,
      lastChangeAt: standing.hasChanged ? seen.at : (prior.lastChangeAt ?? seen.at),
      lastHardChangeAt: standing.hasChangedHard ? seen.at : (prior.lastHardChangeAt ?? seen.at),
      output: seen.output,
      longOutput: seen.longOutput,
      perfdata: seen.perfdata,
      hostWasDown: standing.hostWasDown,
      executionMs: seen.executionMs,
      latencyMs: seen.latencyMs,
    },
    change:
      alert === undefined
        ? undefined
        : {
            checkId: prior.checkId,
            at: seen.at,
            from: prior.state,
            to: standing.state,
            type: alert.type,
            attempt: alert.attempt,
            output: seen.output,
          },
    flap:
      flapping.isFlapping === prior.flapping.isFlapping
        ? undefined
        : flapping.isFlapping
          ? 'started'
          : 'stopped',
  }
}
