import { hash32 } from '../base/hash.ts'
import type { Instant } from '../base/instant.ts'
import { evidenceClassOf, type EvidenceClass } from '../domain/evidence.ts'
import type { EvidenceRow } from './ports.ts'

/** What a result of the history says, as when it came. */
export function storedClassOf(
  { state, output }: Pick<EvidenceRow, 'state' | 'output'>,
  isHostCheck: boolean,
): EvidenceClass {
  const outcome = { kind: 'exited', code: codeOf(state), output } as const
  return evidenceClassOf({ ...outcome, longOutput: '', perfdata: '' }, isHostCheck)
}

/** Orders results that began at once; the history of any hub can make it again. */
export function tieOf(collector: string, startedAt: Instant): number {
  return hash32(`${collector} ${startedAt}`) | 0
}

function codeOf(state: EvidenceRow['state']): 0 | 1 | 2 | 3 {
  switch (state) {
    case 'ok':
    case 'up':
      return 0
    case 'warning':
      return 1
    case 'unknown':
    case 'pending':
      return 3
    case 'critical':
    case 'down':
    case 'unreachable':
      return 2
  }
}
