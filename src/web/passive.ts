import { after, instantFromIso, type Instant } from '../base/instant.ts'
import { hostCheckId, serviceCheckId, type CheckId } from '../domain/check-id.ts'
import { splitPluginOutput } from '../domain/plugin-output.ts'
import type { ReturnCode } from '../domain/state-names.ts'
import { DEFAULT_DECISION } from '../results/decision/decide.ts'
import type { LiveIndex } from '../results/live-index.ts'
import type { PassiveResultInput } from '../wire/api/actions.ts'
import type { PassiveResults } from '../wire/subjects.ts'

export interface SortedPassive {
  readonly accepted: PassiveResults['results']
  readonly refused: { index: number; reason: string }[]
}

/** Rows for objects that are configured, in the form collectors take; the others with their reason. Rules WP1..WP5. */
export function sortPassive(
  rows: readonly PassiveResultInput[],
  live: LiveIndex,
  now: Instant,
): SortedPassive {
  const accepted: PassiveResults['results'][number][] = []
  const refused: SortedPassive['refused'] = []
  const horizon = after(now, DEFAULT_DECISION.clockSkewMs)
  for (const [index, row] of rows.entries()) {
    const service = row.service ?? undefined
    const isHost = service === undefined
    const checkId = isHost ? hostCheckId(row.host) : serviceCheckId(row.host, service)
    const at = (row.at === undefined ? undefined : instantFromIso(row.at)) ?? now
    const reason =
      reasonAgainst(checkId, isHost && row.code > 1, live) ??
      (at > horizon ? 'its time lies in the future' : undefined)
    if (reason !== undefined) {
      refused.push({ index, reason })
      continue
    }
    const outcome = {
      kind: 'exited',
      code: row.code as ReturnCode,
      ...splitPluginOutput(row.output),
    } as const
    accepted.push({ checkId, startedAt: at, finishedAt: at, outcome })
  }
  return { accepted, refused }
}

function reasonAgainst(
  checkId: CheckId,
  isServiceCode: boolean,
  live: LiveIndex,
): string | undefined {
  const object = live.get(checkId)?.object
  if (object === undefined) return `${checkId.replace('!', '/')} is not configured`
  if (object.check.refusesPassive === true)
    return `${checkId.replace('!', '/')} takes no results from outside (passiveChecksEnabled)`
  return isServiceCode ? 'a host is 0 (up) or 1 (down)' : undefined
}
