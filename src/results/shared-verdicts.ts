import type { Instant } from '../base/instant.ts'
import type { CheckId } from '../domain/check-id.ts'
import type { CheckResult } from '../domain/check-result.ts'
import { parseCollectorId } from '../domain/cluster.ts'
import { evidenceClassOf, type EvidenceClass } from '../domain/evidence.ts'
import type { ServiceState } from '../domain/state-names.ts'
import type { ClockWord } from './decision/clock-faults.ts'
import { DEFAULT_DECISION } from './decision/decide.ts'
import { DecisionEngine } from './decision/engine.ts'
import type { EvidenceUse } from './decision/evidence.ts'
import type { DecisionParameters } from './decision/parameters.ts'
import type { DecisionTopology } from './decision/topology.ts'
import type { VerdictChange } from './decision/verdicts.ts'
import { LastWords } from './last-words.ts'
import type { SeenBy } from './live-index.ts'
import type { EvidenceRow, ResultUse, StoredIncident } from './ports.ts'
import { storedClassOf, tieOf } from './stored-evidence.ts'
import { observeHost, observeService, serviceStateOfOutcome } from './state/observation.ts'
import { UsualDurations } from './usual-durations.ts'

/** A question of this hub: members of this cluster are to run this check now. */
export interface Inquiry {
  readonly cluster: string
  readonly checkId: CheckId
  readonly timeoutMs: number
  readonly why: string
}

/** A verdict that has changed, with what failing observers saw last. */
export interface SharedChange {
  readonly checkId: CheckId
  readonly change: VerdictChange
  readonly severity: Severity
}

export type Severity = Extract<ServiceState, 'warning' | 'critical'>

/** A problem of now as its failing observers see it. */
export interface SharedSeverity {
  readonly checkId: CheckId
  readonly severity: Severity
}

interface SeenState {
  readonly state: Severity
  readonly at: Instant
}

/** A result of the history as evidence. */
export interface PastEvidence {
  readonly id: CheckId
  readonly observer: string
  readonly at: Instant
  readonly endedAt: Instant
  readonly tie: number
  readonly class: EvidenceClass
  readonly isProbe: boolean
}

/** The checks that several clusters observe: from results to the decision engine and back. Knows no clock and no await. */
export class SharedVerdicts {
  #engine: DecisionEngine
  #numbers: ReadonlyMap<string, number> = new Map()
  #observers: ReadonlyMap<string, number> = new Map()
  /** Names of the observers of each check; those of the same ones are one array. */
  #names: readonly (readonly string[])[] = []
  /** What observers that fail saw last, by check and observer. */
  readonly #seen = new Map<CheckId, Map<string, SeenState>>()
  /** Observers have failed again since the last time. */
  readonly #failedAgain = new Set<CheckId>()
  readonly #usual = new UsualDurations()
  /** For people, not for decisions. */
  readonly words = new LastWords()
  /** What the evidence of the time before a restart comes to: the last change of each check. */
  #remembered: readonly SharedChange[] = []

  constructor(topology: DecisionTopology, parameters: Partial<DecisionParameters>) {
    this.#engine = new DecisionEngine(topology, parameters)
    this.#number()
  }

  get engine(): DecisionEngine {
    return this.#engine
  }

  has(id: CheckId): boolean {
    return this.#numbers.has(id)
  }

  numberOf(id: CheckId): number | undefined {
    return this.#numbers.get(id)
  }

  /** Another fleet is monitored. */
  follow(topology: DecisionTopology, now: Instant): void {
    if (topology === this.#engine.topology) return
    this.#engine = this.#engine.with(topology, now)
    this.#number()
    for (const id of this.#seen.keys()) if (!this.#numbers.has(id)) this.#seen.delete(id)
    this.#usual.keepOnly((id) => this.#numbers.has(id))
    this.words.keepOnly(
      (id, name) => this.#names[this.#numbers.get(id) ?? -1]?.includes(name) === true,
    )
  }

  /** @returns what was made of it; `undefined` when it is of no observer of this check: then it is one result like others */
  take(result: CheckResult, now: Instant): ResultUse | undefined {
    const place = this.#placeOf(result.checkId, result.collector)
    if (place === undefined || result.origin === 'passive') return undefined
    const { check, observer, name } = place
    const isHostCheck = this.#engine.topology.checks[check]?.isHostCheck === true
    const kind = evidenceClassOf(result.outcome, isHostCheck)
    const { collector } = result
    if (result.startedAt <= now && result.finishedAt > now + DEFAULT_DECISION.clockSkewMs) {
      this.words.refuse(result.checkId, name, 'clock-suspect')
      return 'clock-suspect'
    }
    if (kind === 'ok') this.#usual.note(result.checkId, result.finishedAt - result.startedAt)
    const use = this.#engine.take(
      {
        check,
        observer,
        at: result.startedAt,
        tie: tieOf(collector, result.startedAt),
        class: kind,
        isProbe: result.origin === 'probe',
      },
      now,
    )
    if (use !== 'late' && use !== 'duplicate' && use !== 'future')
      this.#note(result.checkId, name, serviceStateOfOutcome(result.outcome), result.startedAt)
    if (use === 'late' || use === 'future')
      this.words.refuse(result.checkId, name, use === 'late' ? 'late' : 'clock-suspect')
    else if (use !== 'duplicate') {
      const { state, output } = isHostCheck ? observeHost(result) : observeService(result)
      const tookMs = result.finishedAt - result.startedAt
      this.words.take(result.checkId, name, { at: result.startedAt, state, output, tookMs })
    }
    return USES[use]
  }

  /** The clock of its collector cannot be believed: it is no evidence. */
  refuse({ checkId, collector }: CheckResult): void {
    const place = this.#placeOf(checkId, collector)
    if (place !== undefined) this.words.refuse(checkId, place.name, 'clock-suspect')
  }

  /** How the clock of a collector stands to that of the hub. */
  readClock(word: ClockWord, now: Instant): void {
    const observer = this.#observers.get(observerOf(word.collector))
    if (observer !== undefined) this.#engine.readClock(observer, word, now)
  }

  /** Results of the time before a restart. */
  remember(rows: readonly EvidenceRow[], now: Instant): void {
    for (const { checkId, collector, startedAt, state, output, isProbe } of rows) {
      const place = this.#placeOf(checkId, collector)
      if (place === undefined) continue
      const isHostCheck = this.#engine.topology.checks[place.check]?.isHostCheck === true
      const kind = storedClassOf({ state, output }, isHostCheck)
      const tie = tieOf(collector, startedAt)
      const { check, observer, name } = place
      this.#engine.take({ check, observer, at: startedAt, tie, class: kind, isProbe }, now)
      const seen = state === 'warning' ? 'warning' : kind === 'ok' ? 'ok' : 'critical'
      this.#note(checkId, name, seen, startedAt)
      this.words.take(checkId, name, { at: startedAt, state, output, tookMs: null })
    }
    this.#engine.tick(now)
    const last = new Map(this.drainChanges().map((one) => [one.checkId, one]))
    this.#remembered = [...last.values()]
  }

  /** Incidents that were open before a restart. */
  resume(incidents: readonly StoredIncident[], now: Instant): void {
    this.#engine.resume(
      incidents.map(({ openedAt: since, ...incident }) => ({ ...incident, since, lastAt: now })),
      now,
    )
  }

  /** A run that began then has no answer yet. Of a slow check that is nothing. */
  hint(collector: string, id: CheckId, startedAt: Instant, now: Instant): void {
    const place = this.#placeOf(id, collector)
    const isSlow = now - startedAt < this.#usual.patienceMs(id)
    if (place !== undefined && !isSlow)
      this.#engine.hint(place.check, place.observer, startedAt, now)
  }

  tick(now: Instant): void {
    this.#engine.tick(now)
  }

  /** What a stored result says; `undefined`: it is of no observer of its check. */
  evidenceOf(row: EvidenceRow & { readonly finishedAt: Instant }): PastEvidence | undefined {
    const { checkId, collector, startedAt, finishedAt, isProbe } = row
    const place = this.#placeOf(checkId, collector)
    if (place === undefined) return undefined
    const isHostCheck = this.#engine.topology.checks[place.check]?.isHostCheck === true
    const kind = storedClassOf(row, isHostCheck)
    const tie = tieOf(collector, startedAt)
    const times = { at: startedAt, endedAt: finishedAt }
    return { id: checkId, observer: place.name, ...times, tie, class: kind, isProbe }
  }

  /** @returns `before` itself when nothing differs; `null`: one observer */
  seenBy(id: CheckId, now: Instant, before: SeenBy | null): SeenBy | null {
    const check = this.#numbers.get(id)
    if (check === undefined) return null
    const marks = this.#engine.marksOf(check, now)
    const observers = this.#names[check] ?? []
    return before?.marks === marks && before.observers === observers ? before : { observers, marks }
  }

  /** Checks that are down, those that come back with them, by id. */
  outages(): { readonly checks: number; readonly ids: readonly CheckId[] } {
    const { checks } = this.#engine.topology
    const down = checks.filter((_, check) => this.#engine.isDown(check))
    return { checks: checks.length, ids: down.map(({ id }) => id).toSorted() }
  }

  drainChanges(): readonly SharedChange[] {
    const remembered = this.#remembered
    this.#remembered = []
    const changes = this.#engine.drainChanges().flatMap((change) => {
      const checkId = this.#engine.topology.checks[change.check]?.id
      return checkId === undefined
        ? []
        : [{ checkId, change, severity: this.#severity(checkId, change.at) }]
    })
    return remembered.length === 0 ? changes : [...remembered, ...changes]
  }

  /** Of checks of which an observer has failed since the last call. */
  drainSeverities(now: Instant): readonly SharedSeverity[] {
    if (this.#failedAgain.size === 0) return []
    const ids = [...this.#failedAgain]
    this.#failedAgain.clear()
    return ids.map((checkId) => ({ checkId, severity: this.#severity(checkId, now) }))
  }

  drainInquiries(): readonly Inquiry[] {
    const { checks, observers } = this.#engine.topology
    return this.#engine.drainAsks().flatMap(({ check, observer, timeoutMs: least, why }) => {
      const asked = checks[check]
      const cluster = observers[observer]?.name
      if (asked === undefined || cluster === undefined) return []
      const timeoutMs = Math.min(asked.timeoutMs, Math.max(least, this.#usual.patienceMs(asked.id)))
      return [{ cluster, checkId: asked.id, timeoutMs, why }]
    })
  }

  #number(): void {
    const { checks, observers } = this.#engine.topology
    this.#numbers = new Map(checks.map(({ id }, number) => [id, number]))
    this.#observers = new Map(observers.map(({ name }, number) => [name, number]))
    const sets = new Map<string, readonly string[]>()
    this.#names = checks.map(({ observers: numbers }) => {
      const key = numbers.join()
      const known = sets.get(key) ?? numbers.map((number) => observers[number]?.name ?? '')
      sets.set(key, known)
      return known
    })
  }

  #placeOf(id: CheckId, collector: string) {
    const check = this.#numbers.get(id)
    if (check === undefined) return undefined
    const name = observerOf(collector)
    const observer = this.#observers.get(name)
    const isObserver =
      observer !== undefined && this.#engine.topology.checks[check]?.observers.includes(observer)
    return isObserver === true ? { check, observer, name } : undefined
  }

  #note(id: CheckId, observer: string, state: ServiceState, at: Instant): void {
    const seen = this.#seen.get(id)
    if (state === 'ok' || state === 'unknown') {
      seen?.delete(observer)
      if (seen?.size === 0) this.#seen.delete(id)
      return
    }
    if (seen === undefined) this.#seen.set(id, new Map([[observer, { state, at }]]))
    else seen.set(observer, { state, at })
    this.#failedAgain.add(id)
  }

  /** What was seen too long ago says nothing of now. */
  #severity(id: CheckId, now: Instant): Severity {
    const freshFrom = this.#engine.freshFrom(this.#numbers.get(id) ?? -1, now)
    const all = [...(this.#seen.get(id)?.values() ?? [])]
    const seen = all.filter(({ at }) => at >= freshFrom).map(({ state }) => state)
    return seen.length > 0 && seen.every((state) => state === 'warning') ? 'warning' : 'critical'
  }
}

function observerOf(collector: string): string {
  return parseCollectorId(collector)?.cluster ?? collector
}

const USES: Readonly<Record<EvidenceUse, ResultUse>> = {
  counted: 'counted',
  late: 'late',
  duplicate: 'duplicate',
  penalised: 'penalised',
  'set-aside': 'set-aside',
  future: 'clock-suspect',
  'no-vote': 'no-vote',
}
