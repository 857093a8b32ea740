import { instant } from '../base/instant.ts'
import type { CheckId } from '../domain/check-id.ts'
import type { Standing } from '../wire/cluster.ts'
import type { NewResult } from './outbox/result-buffer.ts'
import { returnCodeOf } from './return-code.ts'

/** A result as the members of a cluster tell it to each other. */
export type Shared = Standing

export function sharedOf(result: NewResult, failures: number): Shared {
  const { checkId, dueAt, finishedAt, outcome } = result
  const code = returnCodeOf(outcome)
  return { checkId, code, failures, dueAt, finishedAt, output: outcome.output }
}

/** As far as it was told: the first line of the output, and no time of its start. */
export function resultOf({ checkId, code, dueAt, finishedAt, output }: Shared): NewResult {
  const times = {
    dueAt: instant(dueAt),
    startedAt: instant(dueAt),
    finishedAt: instant(finishedAt),
  }
  const outcome = { kind: 'exited', code, output, longOutput: '', perfdata: '' } as const
  return { checkId: checkId as CheckId, origin: 'scheduled', ...times, outcome }
}
