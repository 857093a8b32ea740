import type { StateChange } from '../contestant.ts'
import type { CauseScope } from '../outage.ts'

/** A time in which a check was said to be down. */
export interface Alarm {
  readonly from: number
  /** The end of the world when it was not over. */
  readonly to: number
  /** What was said to be to blame, and since when; never empty. */
  readonly labels: readonly { readonly at: number; readonly scope: CauseScope }[]
}

/** By check, in the order of time. */
export function alarmsOf(
  changes: readonly StateChange[],
  checks: number,
  durationMs: number,
): readonly (readonly Alarm[])[] {
  const alarms = Array.from({ length: checks }, (): Alarm[] => [])
  const standing = new Map<number, { from: number; labels: { at: number; scope: CauseScope }[] }>()
  const end = (check: number, to: number): void => {
    const alarm = standing.get(check)
    if (alarm === undefined) return
    standing.delete(check)
    alarms[check]?.push({ ...alarm, to })
  }
  for (const { at, check, isDown, scope } of changes) {
    const alarm = standing.get(check)
    if (!isDown) end(check, at)
    else if (alarm === undefined) standing.set(check, { from: at, labels: [{ at, scope }] })
    else alarm.labels.push({ at, scope })
  }
  for (const check of standing.keys()) end(check, durationMs)
  return alarms
}

/** What was to blame at `at`, as it was said then. */
export function labelAt({ labels }: Alarm, at: number): CauseScope {
  return labels.findLast((label) => label.at <= at)?.scope ?? labels[0]?.scope ?? 'service'
}
