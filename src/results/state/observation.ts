import type { Instant } from '../../base/instant.ts'
import type { CheckOutcome, CheckResult } from '../../domain/check-result.ts'
import {
  serviceStateOf,
  type HostState,
  type ObjectState,
  type ReturnCode,
  type ServiceState,
} from '../../domain/state-names.ts'

/** One result in the words of the state machine. */
export interface Observation<S extends ObjectState> {
  readonly state: S
  readonly isPassive: boolean
  readonly at: Instant
  readonly output: string
  readonly longOutput: string
  readonly perfdata: string
  readonly executionMs: number
  readonly latencyMs: number
}

export function observeService(result: CheckResult): Observation<ServiceState> {
  return observation(result, serviceStateOfOutcome(result.outcome))
}

export function observeHost(result: CheckResult): Observation<HostState> {
  return observation(result, hostStateOfOutcome(result.outcome, result.origin === 'passive'))
}

/** What a passive sender's code means: outside of 0 to 3 is unknown. */
export function passiveReturnCode(code: number): ReturnCode {
  return code === 0 || code === 1 || code === 2 ? code : 3
}

/** A check that timed out or could not be started is critical, as in Nagios; an executor that failed says nothing about the target. */
export function serviceStateOfOutcome(outcome: CheckOutcome): ServiceState {
  switch (outcome.kind) {
    case 'exited':
      return serviceStateOf(outcome.code)
    case 'timed-out':
      return 'critical'
    case 'not-started':
      return outcome.reason === 'executor-failed' ? 'unknown' : 'critical'
  }
}

/**
 * Passive senders speak host codes: 0 up, 1 down, 2 unreachable. Plugins speak theirs: ok and warning are up, the rest is down
 * (whether it is unreachable is for `reachability` to say).
 */
export function hostStateOfOutcome(outcome: CheckOutcome, isPassive: boolean): HostState {
  if (outcome.kind !== 'exited') return 'down'
  if (outcome.code === 0) return 'up'
  if (isPassive) return outcome.code === 2 ? 'unreachable' : 'down'
  return outcome.code === 1 ? 'up' : 'down'
}

function observation<S extends ObjectState>(result: CheckResult, state: S): Observation<S> {
  const { outcome } = result
  const hasExited = outcome.kind === 'exited'
  return {
    state,
    isPassive: result.origin === 'passive',
    at: result.finishedAt,
    output: outcome.output === '' ? textWithoutOutput(outcome) : outcome.output,
    longOutput: hasExited ? outcome.longOutput : '',
    perfdata: hasExited ? outcome.perfdata : '',
    executionMs: Math.max(0, result.finishedAt - result.startedAt),
    latencyMs: Math.max(0, result.startedAt - result.dueAt),
  }
}

function textWithoutOutput(outcome: CheckOutcome): string {
  switch (outcome.kind) {
    case 'exited':
      return '(no output)'
    case 'timed-out':
      return `(check timed out after ${(outcome.afterMs / 1000).toFixed(2)} seconds)`
    case 'not-started':
      return `(check could not be started: ${outcome.reason})`
  }
}
