import type { Instant } from '../../base/instant.ts'
import type { VerdictKind } from '../../domain/verdict.ts'
import type { Above } from './above.ts'
import type { Asking } from './asking.ts'
import { assessCheck, type CheckAssessment } from './check-assessment.ts'
import type { Evidences } from './evidences.ts'
import { explain } from './explain.ts'
import type { Receipt, Explanation } from './receipt.ts'
import { CLASS, KEPT } from './registers.ts'
import type { Suspects } from './suspects.ts'

export interface VerdictChange {
  readonly at: Instant
  readonly check: number
  readonly from: VerdictKind
  readonly to: VerdictKind
  readonly receipt: Receipt
}

const KINDS: readonly VerdictKind[] = ['unknown', 'up', 'suspect', 'down', 'recovering']
const UP = 1
const DOWN = 3
const SCOPES = [null, 'host', 'site'] as const

/** Suspects judged in one tick at most; the others follow in the next. */
const JUDGED_MAX = 50_000
/** Ticks in which every check is looked at that has nothing fresh any more. */
const SWEEP_TICKS = 10

/**
 * The verdicts that stand of all checks. What is down above a check is its cause, and it is down at once. Rules EV11 to EV17 of
 * docs/spec/truth.md.
 */
export class Verdicts {
  readonly #of: Evidences
  readonly #above: Above
  readonly #suspects: Suspects
  readonly #asking: Asking
  readonly #kinds: Uint8Array
  /** Number of the scope of what is down above. */
  readonly #scopes: Uint8Array
  #sweptTo = 0
  #changes: VerdictChange[] = []

  constructor(of: Evidences, above: Above, suspects: Suspects, asking: Asking) {
    const { checks } = of.layout.topology
    this.#of = of
    this.#above = above
    this.#suspects = suspects
    this.#asking = asking
    this.#kinds = new Uint8Array(checks.length)
    this.#scopes = new Uint8Array(checks.length)
  }

  kindOf(check: number): VerdictKind {
    return KINDS[this.#kinds[check] as number] as VerdictKind
  }

  /** Also one that comes back. */
  isDown(check: number): boolean {
    return (this.#kinds[check] as number) >= DOWN
  }

  /** Nothing stands against it, nor against what is above it. */
  isCalm(check: number): boolean {
    return this.#kinds[check] === UP && this.#above.of(check) === null
  }

  explain(check: number, now: Instant): Explanation {
    const isInherited = this.#scopes[check] !== 0
    const above = isInherited ? this.#above.of(check) : null
    return explain(this.#of, check, { kind: this.kindOf(check), above }, now)
  }

  /** Kinds and scopes of all checks, as `restore` takes them; shared, not copied. */
  columns(): { readonly kinds: Uint8Array; readonly scopes: Uint8Array } {
    return { kinds: this.#kinds, scopes: this.#scopes }
  }

  /** What stood before in another engine; what is above it is judged anew. */
  restore(
    check: number,
    { kind, scope }: { readonly kind: number; readonly scope: number },
    now: Instant,
  ): void {
    this.#kinds[check] = kind
    this.#scopes[check] = scope
    if (kind <= UP) return
    this.#suspects.add(check)
    if (scope !== 0) this.#above.assess(check, now)
  }

  drain(): readonly VerdictChange[] {
    const changes = this.#changes
    if (changes.length > 0) this.#changes = []
    return changes
  }

  judge(check: number, now: Instant, isFailure: boolean): void {
    const found = assessCheck(this.#of, check, now)
    if (this.#isWeighed(check)) {
      for (const other of this.#above.judge(check, found.failing > 0, now))
        if (other !== check) this.#follow(other, now)
    }
    this.#settle(check, found, now)
    const isDown = this.isDown(check)
    if (!isDown && found.evidence <= 0) this.#suspects.delete(check)
    if (isFailure && !isDown) this.#asking.doubt(check, found, now)
  }

  /** Evidence ages and weights move: whatever is not calm is judged again. */
  tick(now: Instant): void {
    this.#above.beginTick()
    for (const check of this.#suspects.next(JUDGED_MAX)) this.judge(check, now, true)
    this.#above.endTick()
    this.#sweep(now)
  }

  /** Finds those that were up until their evidence became too old, or until somebody else's word lost its weight. */
  #sweep(now: Instant): void {
    const checks = this.#kinds.length
    const end = Math.min(checks, this.#sweptTo + Math.ceil(checks / SWEEP_TICKS))
    for (let check = this.#sweptTo; check < end; check++) {
      if (this.#kinds[check] !== UP || this.#isFine(check, now)) continue
      this.#suspects.add(check)
      this.judge(check, now, false)
    }
    this.#sweptTo = end === checks ? 0 : end
  }

  /** There is something fresh, and none of it is a failure. */
  #isFine(check: number, now: number): boolean {
    const { layout, registers } = this.#of
    const end = layout.firstCell[check + 1] as number
    const from = now - (layout.freshMs[check] as number)
    let hasFresh = false
    for (let cell = layout.firstCell[check] as number; cell < end; cell++) {
      const k = cell * KEPT
      if ((registers.at[k] as number) < from || registers.kind[k] === CLASS.unknown) continue
      if (registers.kind[k] !== CLASS.ok) return false
      hasFresh = true
    }
    return hasFresh
  }

  /** Something above has changed: all below follow at once, and are looked at again at once when it came back. */
  #follow(check: number, now: Instant): void {
    const found = assessCheck(this.#of, check, now)
    const wasDown = this.isDown(check)
    this.#settle(check, found, now)
    if (found.evidence > 0) this.#suspects.add(check)
    const isOnItsOwn = this.isDown(check) && this.#scopes[check] === 0
    if (wasDown && isOnItsOwn) this.#asking.recovery(check, now)
  }

  #settle(check: number, found: CheckAssessment, now: Instant): void {
    const above = this.#isWeighed(check) ? this.#above.of(check) : null
    const kind = above === null ? kindOf(found) : 'down'
    const from = this.kindOf(check)
    const scope = SCOPES.indexOf(above?.scope ?? null)
    if (kind === from && scope === this.#scopes[check]) return
    this.#kinds[check] = KINDS.indexOf(kind)
    this.#scopes[check] = scope
    if (this.isDown(check)) this.#suspects.add(check)
    const receipt = { ...explain(this.#of, check, { kind, above }, now), from }
    this.#changes.push({ at: now, check, from, to: kind, receipt })
  }

  /** Under the other rules nothing is inherited. */
  #isWeighed(check: number): boolean {
    return this.#of.layout.topology.checks[check]?.rule === 'evidence'
  }
}

/** What the evidence of a check alone says. */
export function kindOf(found: CheckAssessment): VerdictKind {
  if (found.isDown) return 'down'
  if (found.isRecovering) return 'recovering'
  if (found.evidence > 0) return 'suspect'
  return found.fresh === 0 ? 'unknown' : 'up'
}
