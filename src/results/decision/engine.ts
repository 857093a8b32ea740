import type { Instant } from '../../base/instant.ts'
import type { DecisionRule, VerdictKind } from '../../domain/verdict.ts'
import type { Ask } from './asking.ts'
import { assessCheck } from './check-assessment.ts'
import type { ClockWord } from './clock-faults.ts'
import { digestOf } from './digest.ts'
import type { Evidence, EvidenceUse } from './evidence.ts'
import { reasonOf } from './explain.ts'
import { LOOK_EVERY_MS, type IncidentChange, type ObserverIncident } from './observer-incidents.ts'
import { marksOf } from './marks.ts'
import { DEFAULT_PARAMETERS, type DecisionParameters } from './parameters.ts'
import { createParts, relateCheck, snapshotOf, type Earlier, type Parts } from './parts.ts'
import type { SetAside, Explanation } from './receipt.ts'
import { CLASS, insert } from './registers.ts'
import { seenCell, type Cell } from './seen-cell.ts'
import type { DecisionSnapshot } from './snapshot.ts'
import { cellOf, NEVER, type DecisionTopology } from './topology.ts'
import { kindOf, type VerdictChange } from './verdicts.ts'

export interface ObserverHealth {
  readonly observer: string
  readonly site: string
  /** Checks of which it has a newest result that says something about it, and how many of these others contradict or it could not look at. */
  readonly results: number
  readonly contradicted: number
  /** The second of the first: 0 to 1. */
  readonly badShare: number
  readonly setAside: SetAside['reason'] | null
  readonly lastAt: Instant | null
  /** How often its failures are false, by site: P(class | target up). */
  readonly sites: readonly SiteHealth[]
}

export interface SiteHealth {
  readonly site: string
  readonly results: number
  readonly contradicted: number
  readonly falseTimeouts: number
  readonly falseErrors: number
}

/**
 * Folds the results of several observers into one verdict for each check, says where the fault lies, and asks others when in doubt. Pure and
 * synchronous: two engines that were given the same results, in whatever order, say the same. docs/spec/truth.md.
 */
export class DecisionEngine {
  readonly topology: DecisionTopology
  readonly #parts: Parts
  #lookedAt = NEVER

  /**
   * @param parameters what differs from the defaults
   * @param earlier goes on from where another engine was: what is known of checks and observers of the same name is kept
   */
  constructor(
    topology: DecisionTopology,
    parameters: Partial<DecisionParameters> = {},
    earlier?: Earlier,
  ) {
    this.topology = topology
    this.#parts = createParts(topology, { ...DEFAULT_PARAMETERS, ...parameters }, earlier)
  }

  /** One that goes on with another topology; this one is of no use any more. */
  with(topology: DecisionTopology, now: Instant): DecisionEngine {
    const { of, changes } = this.#parts
    changes.push(...this.drainChanges())
    return new DecisionEngine(topology, of.parameters, { snapshot: this.snapshot(), now, changes })
  }

  snapshot(): DecisionSnapshot {
    return snapshotOf(this.#parts)
  }

  /** Folds one result in, and judges what it touches. Its numbers are those of the topology. */
  take(evidence: Evidence, now: Instant): EvidenceUse {
    const { of, future, incidents } = this.#parts
    if (evidence.at <= now + of.parameters.futureSlackMs) return this.#fold(evidence, now)
    future.add(evidence)
    const { name = '' } = this.topology.observers[evidence.observer] ?? {}
    incidents.clocks.isAhead(evidence.observer, name, evidence.at - now, now)
    return 'future'
  }

  /** An observer has waited for an answer for some seconds: no evidence, only a reason to ask others now. */
  hint(check: number, observer: number, startedAt: Instant, now: Instant): void {
    const { of, verdicts, asking } = this.#parts
    if (cellOf(of.layout, check, observer) >= 0 && !verdicts.isDown(check))
      asking.hint(check, observer, startedAt, now)
  }

  /** How the clock of a collector of this observer stands: no evidence, at most an incident. */
  readClock(observer: number, word: ClockWord, now: Instant): void {
    this.#parts.incidents.clocks.reads(observer, word, now)
  }

  /** About once a second. */
  tick(now: Instant): void {
    const { future, verdicts, asking, incidents } = this.#parts
    for (let due = future.next(now); due !== undefined; due = future.next(now)) this.#fold(due, now)
    verdicts.tick(now)
    asking.tick(now)
    if (now - this.#lookedAt < LOOK_EVERY_MS) return
    this.#lookedAt = now
    incidents.look(now)
  }

  /** What began before is not fresh evidence of this check. */
  freshFrom(check: number, now: Instant): number {
    return now - (this.#parts.of.layout.freshMs[check] ?? 0)
  }

  kindOf(check: number): VerdictKind {
    return this.#parts.verdicts.kindOf(check)
  }

  /** Also one that comes back. */
  isDown(check: number): boolean {
    return this.#parts.verdicts.isDown(check)
  }

  /** The verdict that stands, and why. */
  explain(check: number, now: Instant): Explanation {
    return this.#parts.verdicts.explain(check, now)
  }

  /** What the evidence of this check would amount to under another rule, hosts and sites left aside. */
  kindUnder(check: number, rule: DecisionRule, now: Instant): VerdictKind {
    const theta = this.topology.checks[check]?.theta ?? DEFAULT_PARAMETERS.theta
    return kindOf(assessCheck(this.#parts.of, check, now, { rule, theta }))
  }

  /** What was decided since the last call, in order. */
  drainChanges(): readonly VerdictChange[] {
    const { changes, verdicts } = this.#parts
    return changes.length === 0 ? verdicts.drain() : [...changes.splice(0), ...verdicts.drain()]
  }

  drainAsks(): readonly Ask[] {
    return this.#parts.asking.drain()
  }

  drainIncidents(): readonly IncidentChange[] {
    return this.#parts.incidents.drain()
  }

  incidents(): readonly ObserverIncident[] {
    return this.#parts.incidents.open()
  }

  /** One cell for each observer of the check, in the order of the topology. */
  cellsOf(check: number, now: Instant): readonly Cell[] {
    const { of, verdicts, asking } = this.#parts
    const context = { now, isDown: verdicts.isDown(check), askedAt: asking.askedAt(check) }
    const observers = this.topology.checks[check]?.observers ?? []
    return observers.map((v) => seenCell(of, check, v, context))
  }

  /** The cells of a check in short: one letter for each observer, as `marksOf` says. */
  marksOf(check: number, now: Instant): string {
    return marksOf(this.#parts.of, check, now)
  }

  observerHealth(now: Instant): readonly ObserverHealth[] {
    return this.topology.observers.map((_, v) => this.#healthOf(v, now))
  }

  /** Incidents that were open before a restart stay so as if they were seen now. */
  resume(incidents: readonly ObserverIncident[], now: Instant): void {
    this.#parts.incidents.take(
      incidents.map((incident) => ({ ...incident, lastAt: now })),
      now,
    )
  }

  /** Checks that stay SUSPECT while observers of theirs are set aside. */
  stuckSuspects(now: Instant): readonly number[] {
    const { suspects, verdicts } = this.#parts
    return suspects.all().filter((check) => {
      const isSuspect = verdicts.kindOf(check) === 'suspect'
      const observers = this.topology.checks[check]?.observers ?? []
      return isSuspect && observers.some((v) => reasonOf(this.#parts.of, v, now) !== undefined)
    })
  }

  /** The same on every hub that holds the same results. */
  digest(now: Instant): string {
    return digestOf(this.#parts.of, now)
  }

  #fold(evidence: Evidence, now: Instant): EvidenceUse {
    const { of, verdicts, suspects, signs, asking } = this.#parts
    const { check, observer, at } = evidence
    const cell = cellOf(of.layout, check, observer)
    if (cell < 0) return 'no-vote'
    const code = CLASS[evidence.class]
    if (at > (of.lastOf[observer] as number)) of.lastOf[observer] = at
    const place = insert(of.registers, cell, evidence, code)
    if (place === 'known') return 'duplicate'
    if (place === 'old') return 'late'
    if (place === 0) signs.note(check, cell)
    relateCheck(of, check)
    const isOk = code === CLASS.ok
    if (!isOk) suspects.add(check)
    if (isOk && verdicts.isCalm(check) && !suspects.has(check))
      return place === 0 ? 'counted' : 'late'
    verdicts.judge(check, now, !isOk)
    if (isOk && verdicts.isDown(check)) asking.recovery(check, now)
    else if (isOk) asking.contest(check, observer, at, now)
    return place === 0 ? this.#useOf(check, observer, code) : 'late'
  }

  #useOf(check: number, observer: number, code: number): EvidenceUse {
    const { of, verdicts } = this.#parts
    if (code === CLASS.unknown) return 'no-vote'
    if (of.witnesses.isLiar(observer)) return 'set-aside'
    if (code === CLASS.ok) return 'counted'
    const site = of.layout.siteOf[check] as number
    if (of.witnesses.weight(observer, site, code, 1) === 0) return 'set-aside'
    return code === CLASS.timeout && !verdicts.isDown(check) ? 'penalised' : 'counted'
  }

  #healthOf(v: number, now: Instant): ObserverHealth {
    const { of } = this.#parts
    const { witnesses, lastOf } = of
    const { name: observer = '', site = '' } = this.topology.observers[v] ?? {}
    const { results, timeouts, errors, blind } = witnesses.tally(v)
    const lastAt = lastOf[v] as number
    return {
      observer,
      site,
      results,
      contradicted: timeouts + errors + blind,
      badShare: witnesses.badShare(v),
      setAside: reasonOf(of, v, now) ?? null,
      lastAt: lastAt === NEVER ? null : (lastAt as Instant),
      sites: this.topology.sites.flatMap((name, x) => {
        const tally = witnesses.tallyIn(v, x)
        if (tally.results === 0) return []
        return {
          site: name,
          results: tally.results,
          contradicted: tally.timeouts + tally.errors + tally.blind,
          falseTimeouts: witnesses.falseRate(v, x, CLASS.timeout),
          falseErrors: witnesses.falseRate(v, x, CLASS.error),
        }
      }),
    }
  }
}
