import { assert } from '../../base/assert.ts'
import type { ResultOrigin } from '../../domain/check-result.ts'
import type { ObjectState } from '../../domain/state-names.ts'
import type { ResultUse } from '../../results/ports.ts'

/** Small numbers for words that repeat in every row. Positions are in the database: append only (and to table state_name). */
const STATES: readonly (ObjectState | 'pending')[] = [
  'pending',
  'ok',
  'warning',
  'critical',
  'unknown',
  'up',
  'down',
  'unreachable',
]
const USES: readonly ResultUse[] = [
  'counted',
  'late',
  'clock-suspect',
  'penalised',
  'set-aside',
  'no-vote',
  'duplicate',
]

const ORIGINS: readonly ResultOrigin[] = ['scheduled', 'requested', 'passive', 'probe']

export const codeOfState = (state: ObjectState | 'pending'): number => STATES.indexOf(state)
export const codeOfOrigin = (origin: ResultOrigin): number => ORIGINS.indexOf(origin)
export const codeOfUse = (use: ResultUse): number => USES.indexOf(use)

export function stateOfCode(code: number): ObjectState | 'pending' {
  return wordOf(STATES, code)
}

export function useOfCode(code: number): ResultUse {
  return wordOf(USES, code)
}

export function originOfCode(code: number): ResultOrigin {
  return wordOf(ORIGINS, code)
}

function wordOf<T>(words: readonly T[], code: number): T {
  const word = words[code]
  assert(word !== undefined, `the database holds code ${code}, which this program does not know`)
  return word
}
