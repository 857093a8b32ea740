import type { Instant } from '../../base/instant.ts'
import type { EvidenceClass } from '../../domain/evidence.ts'
import { assessCheck } from './check-assessment.ts'
import type { Evidences } from './evidences.ts'
import { reasonOf } from './explain.ts'
import { failingIn } from './failing.ts'
import type { SetAside } from './receipt.ts'
import { CLASS, CLASS_NAMES, KEPT } from './registers.ts'
import { cellOf, NEVER } from './topology.ts'

/** The newest result of one observer about one check, and what is made of it. */
export interface Cell {
  readonly observer: string
  readonly site: string
  /** `null`: it has said nothing yet. */
  readonly class: EvidenceClass | null
  /** When it began. */
  readonly at: Instant | null
  /** With observer, check and `at` it names the result. */
  readonly tie: number
  readonly ageMs: number | null
  /** The answer to a question of ours. */
  readonly isProbe: boolean
  readonly isFresh: boolean
  /** Failures in a row that count, and their nats; 0 when none do. */
  readonly run: number
  readonly weight: number
  readonly relation: 'none' | 'agrees' | 'contradicted' | 'open' | 'outvoted' | 'blind'
  /** Silence that waits for others to speak: by then they have, or it is too old. `null`: it does not wait. */
  readonly penalisedUntil: Instant | null
  /** Why it is not believed. */
  readonly setAside: SetAside['reason'] | null
}

export interface CellContext {
  readonly now: Instant
  /** Silence of what is down already waits for nothing. */
  readonly isDown: boolean
  /** When others were asked last, or `NEVER`. */
  readonly askedAt: number
}

/** @param observer one of the check */
export function seenCell(
  of: Evidences,
  check: number,
  observer: number,
  context: CellContext,
): Cell {
  const { layout, registers, relation } = of
  const { now, isDown } = context
  const cell = cellOf(layout, check, observer)
  const k = cell * KEPT
  const at = registers.at[k] as number
  const { name = '', site = '' } = layout.topology.observers[observer] ?? {}
  const isFresh = now - at <= (layout.freshMs[check] as number)
  const failing = isFresh ? failingIn(of, check, cell, okBefore(of, check, now)) : undefined
  const isWaiting = failing?.kind === CLASS.timeout && !isDown
  return {
    observer: name,
    site,
    class: at === NEVER ? null : (CLASS_NAMES[registers.kind[k] as number] ?? null),
    at: at === NEVER ? null : (at as Instant),
    tie: registers.tie[k] as number,
    ageMs: at === NEVER ? null : now - at,
    isProbe: registers.isProbe[k] === 1,
    isFresh,
    run: failing?.run ?? 0,
    weight: failing?.weight ?? 0,
    relation: RELATION_NAMES[relation[cell] as number] ?? 'none',
    penalisedUntil: isWaiting ? penalisedUntil(of, check, cell, context) : null,
    setAside: reasonOf(of, observer, now) ?? null,
  }
}

const RELATION_NAMES: readonly Cell['relation'][] = [
  'none',
  'agrees',
  'contradicted',
  'contradicted',
  'open',
  'outvoted',
  'blind',
]

function okBefore(of: Evidences, check: number, now: number): number {
  return assessCheck(of, check, now).okAt
}

/**
 * When so many sites as are needed have spoken after this silence: they do so on their schedule, or within the time of a question when they were
 * asked. Never longer than the silence is fresh. Rule EV14 of docs/spec/truth.md.
 */
function penalisedUntil(
  of: Evidences,
  check: number,
  cell: number,
  { now, askedAt }: CellContext,
): Instant {
  const { layout, registers, parameters } = of
  const { firstCell, bitOf } = layout
  const decision = layout.topology.checks[check]
  const { intervalMs = 0, timeoutMs = 0 } = decision ?? {}
  const silentAt = registers.at[cell * KEPT] as number
  const end = firstCell[check + 1] as number
  const words = new Map<number, number>()
  for (let other = firstCell[check] as number; other < end; other++) {
    const bit = bitOf[other] as number
    const seenAt = registers.at[other * KEPT] as number
    if (bit === bitOf[cell] || seenAt > silentAt) continue
    const next = Math.max(seenAt, silentAt - intervalMs) + intervalMs + timeoutMs
    words.set(bit, Math.min(words.get(bit) ?? Number.POSITIVE_INFINITY, next))
  }
  const { evidence, needed } = assessCheck(of, check, now)
  const each = Math.log(parameters.pTimeout / parameters.q0Timeout)
  const sites = Math.max(1, Math.ceil((needed - evidence) / each))
  const scheduled = [...words.values()].toSorted((a, b) => a - b)[sites - 1]
  const latest = silentAt + (layout.freshMs[check] as number)
  const byQuestion = askedAt >= silentAt ? askedAt + parameters.confirmTimeoutMs : latest
  const until = Math.min(scheduled ?? latest, byQuestion > now ? byQuestion : latest, latest)
  return Math.max(until, now) as Instant
}
