import { instant, type Instant } from '../../base/instant.ts'
import type { Check } from '../../domain/check.ts'
import type { CheckId } from '../../domain/check-id.ts'
import { hostTable, type HostTable } from '../../collector/assignment/host-table.ts'
import { resumeChecks } from '../../collector/assignment/resume.ts'
import { shareOut } from '../../collector/assignment/share-out.ts'
import { createScheduler, type Scheduler } from '../../collector/scheduler/scheduler.ts'
import { COLLECTORS, type CollectorLoss } from './collector-losses.ts'

/** The others notice after so long that a collector has ended. */
const SILENCE_MS = 3_000
/** Orphaned checks that a collector starts in a second. */
const TAKEOVER_RATE = 100

interface Collector {
  readonly id: string
  readonly index: number
  scheduler: Scheduler
  checks: readonly Check[]
  isLost: boolean
}

interface Turn {
  readonly at: number
  readonly kind: 'ends' | 'is-missed' | 'returns'
  readonly loss: CollectorLoss
}

/** A check begins on a collector, by its number. */
export type Begin = (check: Check, at: Instant, collector: number) => void

/**
 * The cluster of one observer: its collectors share the hosts by the product's assignment, and each runs its part by the product's scheduler. What
 * ran on a collector that ends is lost with it.
 */
export class Cluster {
  readonly #checks: readonly Check[]
  readonly #hosts: HostTable
  readonly #collectors: readonly Collector[]
  readonly #turns: Turn[]
  #now: number

  /** @param startAt two intervals before the first time that is asked for: then all are in their slots */
  constructor(
    name: string,
    checks: readonly Check[],
    losses: readonly CollectorLoss[],
    startAt: Instant,
  ) {
    this.#checks = checks
    this.#hosts = hostTable(new Set(checks.map(({ hostName }) => hostName)), {
      costs: {},
      pins: {},
    })
    this.#collectors = Array.from({ length: COLLECTORS }, (_, index) => ({
      id: `${name}.c${index}`,
      index,
      scheduler: createScheduler(),
      checks: [],
      isLost: false,
    }))
    this.#turns = losses
      .flatMap((loss): Turn[] => [
        { at: loss.from, kind: 'ends', loss },
        { at: Math.min(loss.to, loss.from + SILENCE_MS), kind: 'is-missed', loss },
        { at: loss.to, kind: 'returns', loss },
      ])
      .toSorted((a, b) => a.at - b.at)
    this.#now = startAt
    this.#share(startAt, undefined)
  }

  /** Runs what begins before `until`, in the order of time. At most one pass a second and one for each due time. */
  run(until: number, begin: Begin): void {
    while (this.#now < until) {
      const turn = this.#turns[0]
      if (turn !== undefined && turn.at <= this.#now) {
        this.#turns.shift()
        this.#follow(turn)
        continue
      }
      const now = instant(this.#now)
      let next = Math.min(until, now + 1000, turn?.at ?? until)
      for (const collector of this.#collectors) {
        if (collector.isLost) continue
        this.#pass(collector, now, begin)
        next = Math.min(next, Math.max(now + 1, collector.scheduler.nextDueAt ?? next))
      }
      this.#now = next
    }
  }

  /** There is always a place to run; when a run ends does not matter to a check that several observe, as long as it is before its next slot. */
  #pass({ scheduler, index }: Collector, now: Instant, begin: Begin): void {
    const begun: CheckId[] = []
    scheduler.run(now, (check) => {
      begun.push(check.id)
      begin(check, now, index)
      return true
    })
    for (const id of begun) scheduler.finish(id, 0, now, now)
  }

  #follow({ kind, loss, at }: Turn): void {
    const collector = this.#collectors[loss.collector]
    if (collector === undefined) return
    const now = instant(at)
    if (kind === 'ends') collector.isLost = true
    else if (kind === 'is-missed') this.#share(now, collector)
    else {
      collector.isLost = false
      collector.scheduler = createScheduler()
      collector.checks = []
      this.#share(now, undefined)
    }
  }

  /** @param orphaned whoever is gone without a word: its checks are looked at at once */
  #share(now: Instant, orphaned: Collector | undefined): void {
    const present = this.#collectors.filter(({ isLost }) => !isLost)
    const { ownerOf } = shareOut(
      this.#hosts,
      present.map(({ id }) => ({ id, weight: 1 })),
    )
    const orphans = new Set(orphaned?.checks)
    const before = present.map(({ checks }) => new Set(checks))
    for (const [owner, collector] of present.entries()) {
      const checks = this.#checks.filter(
        ({ hostName }) => ownerOf[this.#hosts.indexOf.get(hostName) ?? -1] === owner,
      )
      const gained = checks
        .filter((check) => before[owner]?.has(check) !== true)
        .map((check) => ({ check, isOrphan: orphans.has(check), last: undefined }))
      const terms = { at: now, now, rate: TAKEOVER_RATE, turnAt: now }
      const { resume } = resumeChecks(gained, terms)
      const move = { at: now, isElsewhere: () => true, resume }
      collector.scheduler.apply(checks, new Map(), now, move)
      collector.checks = checks
    }
  }
}
