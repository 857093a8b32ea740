import { hostCheckId, type CheckId } from '../domain/check-id.ts'
import type { Check } from '../domain/check.ts'
import type { Instant } from '../base/instant.ts'
import type { ReturnCode } from '../domain/state-names.ts'
import type { NewResult } from './outbox/result-buffer.ts'
import { returnCodeOf } from './return-code.ts'
import { objectsAskedBy } from './runtime-macros.ts'

/** What the collector saw last of an object that some command asks about. */
export interface LastResult {
  readonly result: NewResult
  readonly code: ReturnCode
  readonly previousCode: ReturnCode | undefined
  /** When the code became what it is, as far as this collector knows. */
  readonly changedAt: Instant
}

/** Remembers results only of objects that commands with runtime macros ask about: their own, their hosts' and those that they name. */
export interface LastResults {
  /** `known`: what others saw of an object that was not watched before. */
  watch(checks: readonly Check[], known?: (id: CheckId) => NewResult | undefined): void
  note(result: NewResult): void
  of(id: CheckId): LastResult | undefined
}

export function createLastResults(): LastResults {
  let watched: ReadonlySet<CheckId> = new Set()
  const last = new Map<CheckId, LastResult>()
  const note = (result: NewResult): void => {
    if (!watched.has(result.checkId)) return
    const before = last.get(result.checkId)
    const code = returnCodeOf(result.outcome)
    const isSame = before?.code === code
    last.set(result.checkId, {
      result,
      code,
      previousCode: before?.code,
      changedAt: isSame ? before.changedAt : result.finishedAt,
    })
  }
  return {
    watch(checks, known) {
      watched = new Set(
        checks.flatMap(({ id, hostName, command }) =>
          'hasRuntimeMacros' in command && command.hasRuntimeMacros
            ? [id, hostCheckId(hostName), ...objectsAskedBy(command)]
            : [],
        ),
      )
      for (const id of last.keys()) if (!watched.has(id)) last.delete(id)
      for (const id of watched) {
        const result = last.has(id) ? undefined : known?.(id)
        if (result !== undefined) note(result)
      }
    },
    note,
    of: (id) => last.get(id),
  }
}
