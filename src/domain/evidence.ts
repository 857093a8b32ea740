import type { CheckOutcome } from './check-result.ts'

/**
 * What one result says about its target. ok: all is well. error: the target answered, and the answer is bad: authoritative. timeout: silence;
 * whether the target or the way to it is to blame cannot be known. unknown: the observer failed and has no vote.
 */
export type EvidenceClass = 'ok' | 'error' | 'timeout' | 'unknown'

/** What plugins say when nothing answered them; those of Debian's packages and ours. */
const SILENCE = new RegExp(
  [
    'time[d ]?[ -]?out',
    'no (?:answer|response|route|reply)',
    'did not (?:answer|respond|reply)',
    'unreachable',
    '100% (?:packet )?loss',
    '(?:loss|lost)[ =]*100%',
    'host(?:name)? is down',
    "can't connect to .*\\(11[03]\\)",
    'EHOSTUNREACH|ENETUNREACH|ETIMEDOUT',
  ].join('|'),
  'i',
)
/** Web servers that say so have answered. */
const ANSWERS = /\b(?:408|504) (?:request|gateway) time-?out/i
/** The observer's own resolver did not answer it. */
const BLINDNESS = /temporary failure in name resolution|EAI_AGAIN/i

/** @param isHostCheck exit 1 of a host's check is a warning: it is up */
export function evidenceClassOf(outcome: CheckOutcome, isHostCheck: boolean): EvidenceClass {
  switch (outcome.kind) {
    case 'timed-out':
      return 'timeout'
    case 'not-started':
      return 'unknown'
    case 'exited':
      if (outcome.code === 3) return 'unknown'
      if (outcome.code === 0 || (isHostCheck && outcome.code === 1)) return 'ok'
      return outcome.code === 2 ? classOfText(outcome.output) : 'error'
  }
}

function classOfText(output: string): EvidenceClass {
  if (BLINDNESS.test(output)) return 'unknown'
  return SILENCE.test(output.replace(ANSWERS, '')) ? 'timeout' : 'error'
}
