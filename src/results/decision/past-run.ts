import { after, instant, type Instant } from '../../base/instant.ts'
import type { Evidence } from './evidence.ts'
import { DecisionEngine } from './engine.ts'
import type { DecisionTopology } from './topology.ts'

/** A time in which a check was DOWN; `to` is `null` when it was still so in the end. */
export interface PastOutage {
  readonly checkId: string
  readonly from: Instant
  readonly to: Instant | null
}

const TICK_MS = 1_000

/** Lives through what was recorded, in virtual time: results in the order in which they ended, a tick in every second. Nobody is asked. */
export class PastRun {
  readonly #engine: DecisionEngine
  readonly #open = new Map<number, Instant>()
  readonly #outages: PastOutage[] = []
  readonly #from: Instant
  #now: Instant

  /** @param from what was decided before is not told: the run needs evidence first */
  constructor(topology: DecisionTopology, beginsAt: Instant, from: Instant) {
    this.#engine = new DecisionEngine(topology, { confirm: false })
    this.#now = beginsAt
    this.#from = from
  }

  take(evidence: Evidence, endedAt: Instant): void {
    this.#passTo(endedAt)
    this.#engine.take(evidence, this.#now)
    this.#note()
  }

  /** @returns outages that touch the time that was asked for, in the order of their begins */
  finish(to: Instant): readonly PastOutage[] {
    this.#passTo(to)
    for (const [check, from] of this.#open)
      this.#outages.push({ checkId: this.#idOf(check), from, to: null })
    return this.#outages
      .filter((outage) => outage.to === null || outage.to > this.#from)
      .toSorted((a, b) => a.from - b.from || (a.checkId < b.checkId ? -1 : 1))
  }

  #passTo(time: Instant): void {
    while (after(this.#now, TICK_MS) <= time) {
      this.#now = after(this.#now, TICK_MS)
      this.#engine.tick(this.#now)
      this.#note()
    }
    if (time > this.#now) this.#now = time
  }

  #note(): void {
    for (const { check, to } of this.#engine.drainChanges()) {
      const isDown = to === 'down' || to === 'recovering'
      const from = this.#open.get(check)
      if (isDown && from === undefined) this.#open.set(check, this.#now)
      if (isDown || from === undefined) continue
      this.#open.delete(check)
      this.#outages.push({ checkId: this.#idOf(check), from, to: this.#now })
    }
    this.#engine.drainAsks()
    this.#engine.drainIncidents()
  }

  #idOf(check: number): string {
    return this.#engine.topology.checks[check]?.id ?? ''
  }
}

/** What two runs of the same past differ in. */
export interface RunsCompared {
  /** Outages of the first run that the second does not have: false alarms as far as can be told, since they were short. */
  readonly avoided: readonly PastOutage[]
  /** The same, of three minutes and more: missed as far as can be told. */
  readonly missed: readonly PastOutage[]
  /** Those that only the second has. */
  readonly added: readonly PastOutage[]
  /** By how much the second is later where both have one, in ms; negative: sooner. */
  readonly delaysMs: readonly number[]
}

/** From so long on an outage is taken for a real one. */
export const REAL_FROM_MS = 180_000

/** @param end of the time that both runs are of */
export function compareRuns(
  first: readonly PastOutage[],
  second: readonly PastOutage[],
  end: Instant,
): RunsCompared {
  const left = Map.groupBy(second, ({ checkId }) => checkId)
  const lone: PastOutage[] = []
  const delaysMs: number[] = []
  const matched = new Set<PastOutage>()
  const alike = new Set<PastOutage>()
  for (const outage of first) {
    const same = left.get(outage.checkId)?.filter((other) => overlap(outage, other, end)) ?? []
    for (const other of same) alike.add(other)
    const begun = same.find((other) => !matched.has(other))
    if (same.length === 0) lone.push(outage)
    if (begun === undefined) continue // one outage of the second spans several of the first
    matched.add(begun)
    delaysMs.push(begun.from - outage.from)
  }
  const isLong = ({ from, to }: PastOutage): boolean => (to ?? end) - from >= REAL_FROM_MS
  return {
    avoided: lone.filter((outage) => !isLong(outage)),
    missed: lone.filter(isLong),
    added: second.filter((outage) => !alike.has(outage)),
    delaysMs: delaysMs.toSorted((a, b) => a - b),
  }
}

function overlap(a: PastOutage, b: PastOutage, end: Instant): boolean {
  return a.from <= (b.to ?? end) && b.from <= (a.to ?? end)
}

/** The first instant from which evidence matters to a run that begins to tell at `from`. */
export function evidenceFrom(topology: DecisionTopology, from: Instant): Instant {
  const longestMs = topology.checks.reduce((most, one) => Math.max(most, one.intervalMs), 0)
  return instant(from - Math.min(3 * longestMs, 3_600_000))
}
