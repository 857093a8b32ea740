import type { Instant } from '../../base/instant.ts'
import type { StatePolicy } from '../../domain/fleet.ts'
import type { ServiceState } from '../../domain/state-names.ts'
import type { VerdictKind } from '../../domain/verdict.ts'
import { nextHostRecord, type HostSurroundings } from './host-transition.ts'
import type { Observation } from './observation.ts'
import type { ObjectRecord, StandingVerdict } from './record.ts'
import { nextServiceRecord } from './service-transition.ts'
import type { Transition } from './transition.ts'

/** A verdict that has changed, in the words of the state machine. */
export interface Judged {
  readonly verdict: StandingVerdict
  readonly from: VerdictKind
  readonly at: Instant
  /** What the failing observers saw: warning when none saw more. */
  readonly severity: Extract<ServiceState, 'warning' | 'critical'>
  readonly output: string
}

/** Attempts that nobody reaches: what is suspected stays soft. */
const NEVER_HARD = 65_535

/**
 * Feeds a verdict of several observers to the state machine, once: DOWN is hard at once, SUSPECT is a soft problem, UP recovers from both.
 * What was down and is only suspected any more has recovered. Rules SV7 to SV9 of docs/spec/shared-checks.md.
 * @param surroundings for a host; a service is down with its host by the verdict itself
 */
export function nextJudgedRecord(
  prior: ObjectRecord,
  judged: Judged,
  policy: StatePolicy,
  surroundings: HostSurroundings | undefined,
): Transition {
  const { verdict, from } = judged
  const wasDown = from === 'down' || from === 'recovering'
  const moved = ((): Transition | undefined => {
    switch (verdict.kind) {
      case 'up':
        return moveTo(prior, judged, 'ok', { policy: soonHard(policy), surroundings })
      case 'suspect':
        return wasDown
          ? moveTo(prior, judged, 'ok', { policy: soonHard(policy), surroundings })
          : moveTo(prior, judged, judged.severity, {
              policy: { ...policy, maxAttempts: NEVER_HARD },
              surroundings,
            })
      case 'down':
        return moveTo(prior, judged, judged.severity, { policy: soonHard(policy), surroundings })
      case 'recovering':
        return undefined
      case 'unknown':
        return surroundings === undefined
          ? moveTo(prior, judged, 'unknown', { policy: soonHard(policy), surroundings })
          : undefined
    }
  })()
  if (moved === undefined)
    return { record: { ...prior, verdict }, change: undefined, flap: undefined }
  return { ...moved, record: { ...moved.record, verdict } }
}

function soonHard(policy: StatePolicy): StatePolicy {
  return { ...policy, maxAttempts: 1 }
}

function moveTo(
  prior: ObjectRecord,
  judged: Judged,
  state: ServiceState,
  {
    policy,
    surroundings,
  }: { readonly policy: StatePolicy; readonly surroundings: HostSurroundings | undefined },
): Transition {
  const isHost = surroundings !== undefined
  if (isHost) {
    const seen = observed(prior, judged, state === 'ok' ? ('up' as const) : ('down' as const))
    return nextHostRecord(prior, seen, policy, surroundings)
  }
  return nextServiceRecord(prior, observed(prior, judged, state), policy, true)
}

function observed<S extends Observation<ServiceState>['state'] | 'up' | 'down'>(
  prior: ObjectRecord,
  { at, output }: Judged,
  state: S,
): Observation<S> {
  const { longOutput, perfdata, executionMs, latencyMs } = prior
  return { state, isPassive: false, at, output, longOutput, perfdata, executionMs, latencyMs }
}
