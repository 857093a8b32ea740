import type { Instant } from '../../base/instant.ts'
import { ClockFaults } from './clock-faults.ts'
import type { Evidences } from './evidences.ts'
import { CLASS, KEPT } from './registers.ts'
import { newestContradicted, RELATION } from './relations.ts'
import { cellOf } from './topology.ts'

/** What is wrong with an observer, or with its way to a site (path) or to a host (ban); never a fault of what is monitored. */
export type IncidentKind = 'contradicted' | 'false-ok' | 'silent' | 'clock' | 'path' | 'ban'

export interface ObserverIncident {
  /** The same on every hub: what is wrong with the observer itself has one key, each of its ways another. */
  readonly key: string
  readonly kind: IncidentKind
  readonly observer: string
  /** The site or host that it does not reach. */
  readonly subject: string | null
  /** When it was first seen, and when last. */
  readonly since: Instant
  readonly lastAt: Instant
  /** In one sentence. */
  readonly text: string
}

export interface IncidentChange {
  readonly at: Instant
  readonly change: 'opened' | 'closed'
  readonly incident: ObserverIncident
}

interface Seen {
  readonly kind: IncidentKind
  readonly v: number
  readonly subject: string | null
  readonly text: string
}

interface Watched {
  incident: ObserverIncident
  isOpen: boolean
}

/** Looked at this often. */
export const LOOK_EVERY_MS = 5_000
/** An observer that has just been added is given so much time. */
const STARTS_WITHIN_MS = 120_000
/** Results of a path below which its share says nothing, and of an observer. */
const PATH_RESULTS = 5
const OBSERVER_RESULTS = 20
const BAD_PATH = 0.15
const BAD_OBSERVER = 0.2
const BROKEN_PATH = 0.3
const NOISE = 0.02

/** Opens and closes incidents of observers: one for each fault, whatever it hits. Rules EV23 to EV25 of docs/spec/truth.md. */
export class ObserverIncidents {
  readonly #of: Evidences
  readonly #watched = new Map<string, Watched>()
  readonly #startedAt: (number | null)[]
  readonly clocks = new ClockFaults()
  #changes: IncidentChange[] = []

  /** @param startedAt when each observer was added; `null`: the first look says so */
  constructor(of: Evidences, startedAt: readonly (number | null)[]) {
    this.#of = of
    this.#startedAt = [...startedAt]
  }

  startedAt(v: number): number | null {
    return this.#startedAt[v] ?? null
  }

  open(): readonly ObserverIncident[] {
    return [...this.#watched.values()].flatMap(({ incident, isOpen }) => (isOpen ? [incident] : []))
  }

  drain(): readonly IncidentChange[] {
    const changes = this.#changes
    if (changes.length > 0) this.#changes = []
    return changes
  }

  /** Open ones of before: of an observer that is none any more they are over, and so is a second one of the same fault. */
  take(incidents: readonly ObserverIncident[], now: Instant): void {
    const numbers = new Map(this.#of.layout.topology.observers.map(({ name }, v) => [name, v]))
    for (const incident of incidents) {
      const v = numbers.get(incident.observer)
      if (v !== undefined && !this.#watched.has(incident.key)) {
        this.#watched.set(incident.key, { incident, isOpen: true })
        // It is not new: when it still says nothing, that goes on.
        if (incident.kind === 'silent') this.#startedAt[v] = incident.since
      } else this.#changes.push({ at: now, change: 'closed', incident })
    }
  }

  look(now: Instant): void {
    const { observers } = this.#of.layout.topology
    for (let v = 0; v < observers.length; v++) this.#lookAt(v, now)
    const { incidentCloseMs } = this.#of.parameters
    for (const [key, { incident, isOpen }] of this.#watched) {
      const quietMs = now - incident.lastAt
      if (quietMs <= (isOpen ? incidentCloseMs : 0)) continue
      this.#watched.delete(key)
      if (isOpen) this.#changes.push({ at: now, change: 'closed', incident })
    }
  }

  #lookAt(v: number, now: Instant): void {
    const { lastOf, layout, witnesses } = this.#of
    const startedAt = (this.#startedAt[v] ??= now)
    const clock = this.clocks.of(v, now, layout.silentMs[v] as number)
    if (clock !== undefined) this.#note({ kind: 'clock', v, subject: null, text: clock.text }, now)
    const quietMs = now - (lastOf[v] as number)
    if (quietMs > (layout.silentMs[v] as number)) {
      // Results that are not believed leave it silent: its clock says so already.
      const isNew = now - startedAt <= STARTS_WITHIN_MS
      if (!isNew && clock?.isHarmful !== true) this.#see('silent', v, null, now)
      return
    }
    if (witnesses.isLiar(v)) return this.#see('false-ok', v, null, now)
    if (this.#isContradicted(v)) return this.#see('contradicted', v, null, now)
    for (let site = 0; site < layout.topology.sites.length; site++) this.#lookAtPath(v, site, now)
  }

  /** In two sites or more, with at most one that is clean. */
  #isContradicted(v: number): boolean {
    const { witnesses, layout } = this.#of
    if (witnesses.tally(v).results < OBSERVER_RESULTS || witnesses.badShare(v) < BAD_OBSERVER)
      return false
    let bad = 0
    let clean = 0
    let known = 0
    for (let site = 0; site < layout.topology.sites.length; site++) {
      const share = this.#shareIn(v, site)
      if (share === undefined) continue
      known++
      if (share >= BAD_PATH) bad++
      else clean++
    }
    return known === 1 ? bad === 1 && layout.topology.sites.length === 1 : bad >= 2 && clean <= 1
  }

  #shareIn(v: number, site: number): number | undefined {
    const { results, timeouts, errors, blind } = this.#of.witnesses.tallyIn(v, site)
    return results < PATH_RESULTS ? undefined : (timeouts + errors + blind) / results
  }

  #lookAtPath(v: number, site: number, now: Instant): void {
    const share = this.#shareIn(v, site) ?? 0
    if (share <= NOISE) return
    const { topology, hostsOf } = this.#of.layout
    const hosts = hostsOf[site] ?? []
    let hit = 0
    let known = 0
    const banned: number[] = []
    for (const host of hosts) {
      const seen = this.#hostAsSeenBy(v, host)
      if (seen.contradicted + seen.agreeing > 0) known++
      if (seen.contradicted > 0) hit++
      if (seen.checks >= 2 && seen.contradictedTwice >= 2 && seen.agreeing === 0) banned.push(host)
    }
    if (share >= BROKEN_PATH && hit >= 2 && hit * 2 > known)
      this.#see('path', v, topology.sites[site] ?? '', now)
    else if (hit * 2 <= hosts.length)
      for (const host of banned) this.#see('ban', v, topology.hosts[host]?.name ?? '', now)
  }

  #hostAsSeenBy(v: number, host: number) {
    const { layout, relation, registers } = this.#of
    const seen = { checks: 0, agreeing: 0, contradicted: 0, contradictedTwice: 0 }
    for (const check of layout.checksOf[host] ?? []) {
      const cell = cellOf(layout, check, v)
      if (cell < 0) continue
      seen.checks++
      if (relation[cell] === RELATION.agrees) seen.agreeing++
      const contradicted = newestContradicted(layout, registers, relation, { check, cell })
      if (contradicted === undefined) continue
      seen.contradicted++
      if (registers.kind[cell * KEPT + contradicted + 1] !== CLASS.ok) seen.contradictedTwice++
    }
    return seen
  }

  #see(
    kind: Exclude<IncidentKind, 'clock'>,
    v: number,
    subject: string | null,
    now: Instant,
  ): void {
    const observer = this.#of.layout.topology.observers[v]?.name ?? ''
    const text = textOf(kind, observer, subject, this.#of.witnesses.badShare(v))
    this.#note({ kind, v, subject, text }, now)
  }

  /** What is wrong with the observer itself is one incident, of the kind that it had when it opened; its clock and its ways are others. */
  #note({ kind: seen, v, subject, text }: Seen, now: Instant): void {
    const observer = this.#of.layout.topology.observers[v]?.name ?? ''
    const key = keyOf(seen, observer, subject)
    const watched = this.#watched.get(key)
    const wasOpen = watched?.isOpen === true
    const kind = wasOpen ? watched.incident.kind : seen
    const since = watched?.incident.since ?? now
    const incident = { key, kind, observer, subject, since, lastAt: now, text }
    const isOpen = wasOpen || now - since >= this.#of.parameters.incidentOpenMs
    this.#watched.set(key, { incident, isOpen })
    if (isOpen && !wasOpen) this.#changes.push({ at: now, change: 'opened', incident })
  }
}

function keyOf(kind: IncidentKind, observer: string, subject: string | null): string {
  if (kind === 'clock') return `clock ${observer}`
  return subject === null ? `observer ${observer}` : `${kind} ${observer} ${subject}`
}

function textOf(
  kind: Exclude<IncidentKind, 'clock'>,
  observer: string,
  subject: string | null,
  share: number,
): string {
  switch (kind) {
    case 'contradicted':
      return `${observer} is contradicted on ${Math.round(share * 100)}% of what it watches`
    case 'false-ok':
      return `${observer} says OK where two other sites keep failing`
    case 'silent':
      return `${observer} says nothing`
    case 'path':
      return `${observer} does not reach site ${subject}, others do`
    case 'ban':
      return `${observer} does not reach host ${subject}, others do`
  }
}
