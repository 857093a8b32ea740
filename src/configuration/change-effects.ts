import { counted } from '../base/words.ts'
import { isScheduled, type Check } from '../domain/check.ts'
import type { Fleet, Host, Monitored } from '../domain/fleet.ts'
import type { FleetDifference } from './fleet-difference.ts'
import { observerEffects } from './observer-effects.ts'

/** All that an effect may look at. */
export interface FleetChange {
  readonly before: Fleet
  readonly after: Fleet
  readonly difference: FleetDifference
}

/** One line of what a change does, or nothing. */
type Effect = (change: PairedChange) => string | undefined

interface PairedChange extends FleetChange {
  /** Hosts and services of both fleets that are not the same: before, and now. */
  readonly pairs: readonly (readonly [old: Monitored, now: Monitored])[]
}

/**
 * What a change does to monitoring, in words: a line, or nothing, for each kind of effect in the list below. Of 50,000 objects each takes some
 * milliseconds: whoever must not be held up lets others have their turn in between.
 */
export function* effectsOf(change: FleetChange): Iterable<string | undefined> {
  const paired = { ...change, pairs: [...changedPairs(change)] }
  for (const effect of EFFECTS) yield effect(paired)
}

const EFFECTS: readonly Effect[] = [
  (change) => grown(change, 'hosts', 'host'),
  (change) => grown(change, 'services', 'service'),
  (change) => grown(change, 'contacts', 'contact'),
  (change) => grown(change, 'clusters', 'cluster'),
  noLongerChecked,
  checkedFromNowOn,
  differs('interval', 'intervals', (now, old) => now.intervalMs !== old.intervalMs),
  differs('command', 'commands', (now, old) => !isEqual(now.command, old.command)),
  differs('time period', 'time periods', (now, old) => now.period !== old.period),
  otherAddresses,
  otherClusters,
  ...observerEffects,
  otherPeriods,
  otherPeople,
  otherAttempts,
]

function grown({ difference }: FleetChange, kind: string, noun: string): string | undefined {
  const { created = [], deleted = [] } = difference.get(kind) ?? {}
  const parts = [
    ...(created.length > 0 ? [`+${counted(created.length, noun)}`] : []),
    ...(deleted.length > 0 ? [`-${counted(deleted.length, noun)}`] : []),
  ]
  return parts.length === 0 ? undefined : parts.join(', ')
}

function* changedPairs({
  before,
  after,
  difference,
}: FleetChange): Iterable<readonly [old: Monitored, now: Monitored]> {
  for (const kind of ['hosts', 'services'] as const) {
    const [earlier, later] = [before[kind], after[kind]] as [
      ReadonlyMap<string, Monitored>,
      ReadonlyMap<string, Monitored>,
    ]
    for (const id of difference.get(kind)?.changed ?? []) {
      const [old, now] = [earlier.get(id), later.get(id)]
      if (old !== undefined && now !== undefined) yield [old, now]
    }
  }
}

function countPairs(
  { pairs }: PairedChange,
  test: (old: Monitored, now: Monitored) => boolean,
): number {
  let count = 0
  for (const [old, now] of pairs) if (test(old, now)) count++
  return count
}

function noLongerChecked(change: PairedChange): string | undefined {
  const count = countPairs(change, (old, now) => isScheduled(old.check) && !isScheduled(now.check))
  if (count === 0) return undefined
  return `${counted(count, 'object')} ${count === 1 ? 'is' : 'are'} checked no more`
}

function checkedFromNowOn(change: PairedChange): string | undefined {
  const count = countPairs(change, (old, now) => !isScheduled(old.check) && isScheduled(now.check))
  if (count === 0) return undefined
  return `${counted(count, 'object')} ${count === 1 ? 'is' : 'are'} checked from now on`
}

function differs(one: string, many: string, isOther: (now: Check, old: Check) => boolean): Effect {
  return (change) => {
    const count = countPairs(
      change,
      (old, now) =>
        isScheduled(old.check) && isScheduled(now.check) && isOther(now.check, old.check),
    )
    if (count === 0) return undefined
    return count === 1 ? `1 check changes its ${one}` : `${count} checks change their ${many}`
  }
}

/** A period that changes moves the checks that follow it, though they stay as they are written. */
function otherPeriods({ after, difference }: FleetChange): string | undefined {
  const changed = new Set(difference.get('timePeriods')?.changed)
  if (changed.size === 0) return undefined
  let count = 0
  for (const objects of [after.hosts, after.services]) {
    for (const { check } of objects.values()) {
      if (check.period !== undefined && changed.has(check.period)) count++
    }
  }
  return count === 0 ? undefined : `${counted(count, 'check')} of time periods that change`
}

function otherAddresses({ before, after, difference }: PairedChange): string | undefined {
  const count = (difference.get('hosts')?.changed ?? []).filter(
    (name) => before.hosts.get(name)?.address !== after.hosts.get(name)?.address,
  ).length
  return count === 0 ? undefined : `${counted(count, 'host')} with another address`
}

function otherClusters({ before, after, difference }: PairedChange): string | undefined {
  const count = (difference.get('hosts')?.changed ?? []).filter((name) =>
    isMoved(before.hosts.get(name), after.hosts.get(name)),
  ).length
  if (count === 0) return undefined
  return count === 1 ? '1 host moves to another cluster' : `${count} hosts move to other clusters`
}

/** From one cluster to another; more is said of hosts with several observers. */
function isMoved(old: Host | undefined, now: Host | undefined): boolean {
  const isOfOne = old?.observers.length === 1 && now?.observers.length === 1
  return isOfOne && old.cluster !== now.cluster
}

function otherPeople(change: PairedChange): string | undefined {
  const count = countPairs(
    change,
    (old, now) =>
      !isEqual(old.contacts, now.contacts) || !isEqual(old.contactGroups, now.contactGroups),
  )
  return count === 0 ? undefined : `${counted(count, 'object')} with other contacts`
}

function otherAttempts(change: PairedChange): string | undefined {
  const count = countPairs(
    change,
    (old, now) => old.statePolicy.maxAttempts !== now.statePolicy.maxAttempts,
  )
  return count === 0 ? undefined : `${counted(count, 'object')} with another number of attempts`
}

/** Data only: texts, numbers, lists and records. */
function isEqual(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null)
    return false
  const [names, others] = [Object.keys(one), Object.keys(other)]
  return (
    names.length === others.length &&
    names.every((name) =>
      isEqual((one as Record<string, unknown>)[name], (other as Record<string, unknown>)[name]),
    )
  )
}
