import type { Instant } from '../../base/instant.ts'
import { nearestInstant } from '../../base/instant.ts'
import type { CheckResult } from '../../domain/check-result.ts'
import type { ClockReading } from '../../wire/subjects.ts'

export interface ClockPolicy {
  /** A measurement with a larger bound says too little. */
  readonly errorMaxMs: number
  /** An older one may be wrong by now. */
  readonly ageMaxMs: number
  /** Two measurements that differ by more than this and their bounds: the clock was set. */
  readonly stepMs: number
}

export const DEFAULT_CLOCK_POLICY: ClockPolicy = {
  errorMaxMs: 1_000,
  ageMaxMs: 300_000,
  stepMs: 500,
}

/** `trusted`: event times are corrected by the offset. `set-aside`: its results go to history only until its clock is measured again. */
export type ClockStanding =
  | { readonly kind: 'trusted'; readonly offsetMs: number }
  | { readonly kind: 'set-aside'; readonly reason: 'unmeasured' | 'uncertain' | 'stepped' }

export interface CollectorClock {
  readonly collector: string
  readonly standing: ClockStanding
  readonly reading: ClockReading | undefined
  readonly since: Instant
}

/** What a hub knows of its collectors' clocks. Rules CK6 to CK9 of docs/spec/clocks.md. */
export interface CollectorClocks {
  /** Of a batch: judges the clock by what came with it. A collector that never sent a reading has none: one process, one clock. */
  see(collector: string, reading: ClockReading | undefined, now: Instant): ClockStanding
  isSetAside(collector: string): boolean
  all(): readonly CollectorClock[]
}

/** Collectors remembered; the one that was heard of longest ago goes. */
const COLLECTORS_MAX = 10_000
const OWN_CLOCK: ClockStanding = { kind: 'trusted', offsetMs: 0 }

export function createCollectorClocks(policy: ClockPolicy): CollectorClocks {
  const known = new Map<string, CollectorClock>()
  return {
    see(collector, reading, now) {
      const before = known.get(collector)
      if (before === undefined && reading === undefined) return OWN_CLOCK
      const standing = standingOf(before, reading, policy)
      const isSame = before !== undefined && sameKind(before.standing, standing)
      known.delete(collector)
      known.set(collector, {
        collector,
        standing,
        reading: reading ?? before?.reading,
        since: isSame ? before.since : now,
      })
      if (known.size > COLLECTORS_MAX) known.delete(known.keys().next().value as string)
      return standing
    },
    isSetAside: (collector) => known.get(collector)?.standing.kind === 'set-aside',
    all: () => [...known.values()],
  }
}

function standingOf(
  before: CollectorClock | undefined,
  reading: ClockReading | undefined,
  { errorMaxMs, ageMaxMs, stepMs }: ClockPolicy,
): ClockStanding {
  if (reading === undefined) return { kind: 'set-aside', reason: 'unmeasured' }
  const { offsetMs, errorMs, ageMs } = reading
  if (errorMs > errorMaxMs || ageMs > ageMaxMs) return { kind: 'set-aside', reason: 'uncertain' }
  const last = before?.reading
  const hasStepped =
    last !== undefined && Math.abs(offsetMs - last.offsetMs) > stepMs + errorMs + last.errorMs
  // A second measurement that says the same ends it.
  return hasStepped ? { kind: 'set-aside', reason: 'stepped' } : { kind: 'trusted', offsetMs }
}

function sameKind(left: ClockStanding, right: ClockStanding): boolean {
  return left.kind === right.kind
}

/** In the hub's time. Within the bound of the measurement the times stay as they are: clocks that agree are not made to differ. */
export function corrected(
  results: readonly CheckResult[],
  { offsetMs, errorMs }: Pick<ClockReading, 'offsetMs' | 'errorMs'>,
): readonly CheckResult[] {
  if (Math.abs(offsetMs) <= errorMs) return results
  const shift = Math.round(offsetMs)
  return results.map((result) => ({
    ...result,
    dueAt: nearestInstant(result.dueAt + shift),
    startedAt: nearestInstant(result.startedAt + shift),
    finishedAt: nearestInstant(result.finishedAt + shift),
  }))
}
