import type { CheckOutcome } from '../domain/check-result.ts'
import type { ReturnCode } from '../domain/state-names.ts'

/** What a run counts as for the attempts: a check that did not end or could not start is critical; a broken executor says nothing. */
export function returnCodeOf(outcome: CheckOutcome): ReturnCode {
  switch (outcome.kind) {
    case 'exited':
      return outcome.code
    case 'timed-out':
      return 2
    case 'not-started':
      return outcome.reason === 'executor-failed' ? 3 : 2
  }
}
