import type { CheckResult } from '../../domain/check-result.ts'
import type { LostRange } from '../../wire/subjects.ts'

/** Characters of output in one message: a bus takes 8 MB, and a character may be three bytes. Rule OB17 of docs/spec/outbox.md. */
export const TEXT_MAX = 2_000_000

export function charactersOf({ outcome }: Pick<CheckResult, 'outcome'>): number {
  const { length } = outcome.output
  return outcome.kind === 'exited'
    ? length + outcome.longOutput.length + outcome.perfdata.length
    : length
}

/** Says of each further result whether it goes into the same message: the first always does. */
export function createAllowance(): (result: CheckResult) => boolean {
  let characters = 0
  let isFirst = true
  return (result) => {
    characters += charactersOf(result)
    const fits = isFirst || characters <= TEXT_MAX
    isFirst = false
    return fits
  }
}

/** Numbers between results in order that are in none of them. `upTo` says up to where a boot is complete before the first. */
export function gapsIn(
  results: readonly CheckResult[],
  upTo: (boot: string) => number,
): readonly LostRange[] {
  const gaps: LostRange[] = []
  const last = new Map<string, number>()
  for (const { boot, seq } of results) {
    const before = last.get(boot) ?? upTo(boot)
    if (seq > before + 1) gaps.push({ boot, range: [before + 1, seq - 1] })
    last.set(boot, seq)
  }
  return gaps
}
