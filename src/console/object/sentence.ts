import type { LiveRow } from '../live/row.ts'
import { STATE_LOOKS } from '../state/states.ts'
import { sinceText, spanText } from '../state/times.ts'

/** The verdict in a sentence: `CRITICAL since 14:02 (hard, attempt 3/3)`. `now` is ms by the hub's clock. */
export function stateSentence(row: LiveRow, now: number): string {
  const word = STATE_LOOKS[row.state].word
  if (row.state === 'pending') return `${row.isStale ? 'STALE' : 'PENDING'}: no result yet`
  const since = row.lastChangeAt === null ? '' : ` since ${sinceText(row.lastChangeAt, now)}`
  if (row.isStale) {
    const seen =
      row.lastCheckAt === null ? 'never seen' : `last seen ${spanText(now - row.lastCheckAt)} ago`
    return `STALE: ${seen}, then ${word}${since}`
  }
  if (!row.isProblem) return `${word}${since}${row.isFlapping ? ', flapping' : ''}`
  const flapping = row.isFlapping ? ', flapping' : ''
  const attempts = `${row.type}, attempt ${row.attempt}/${row.maxAttempts}${flapping}`
  return `${word}${since} (${attempts})`
}
