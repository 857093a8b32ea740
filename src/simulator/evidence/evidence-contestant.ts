import { instant } from '../../base/instant.ts'
import type { EvidenceClass } from '../../domain/evidence.ts'
import { DEFAULT_DECISION, type DecisionPolicy } from '../../domain/decision-policy.ts'
import { DecisionEngine } from '../../results/decision/engine.ts'
import type { IncidentChange, ObserverIncident } from '../../results/decision/observer-incidents.ts'
import type { DecisionParameters } from '../../results/decision/parameters.ts'
import type { DecisionTopology } from '../../results/decision/topology.ts'
import type {
  Contestant,
  Question,
  Report,
  SeenIncident,
  StateChange,
  Verdicts,
} from '../contestant.ts'
import { checkIdOf, hostNameOf } from '../schedule/plan.ts'
import { INTERVAL_MS, SEEN, TIMEOUT_MS } from '../world/world.ts'
import type { WorldTopology } from '../world/topology.ts'
import { Bell } from './bell.ts'
import { States } from './states.ts'

export const CLASSES: readonly EvidenceClass[] = ['ok', 'error', 'timeout']

/** The product's decision engine, and its state machine behind it. */
export class EvidenceContestant implements Contestant {
  readonly engine: DecisionEngine
  readonly #states: States
  readonly #bell: Bell
  readonly #changes: StateChange[] = []
  readonly #incidents: SeenIncident[] = []
  readonly #open = new Map<string, SeenIncident>()

  /** @param decided the same topology as the engine has it, where it has names of its own */
  constructor(
    topology: WorldTopology,
    parameters: Partial<DecisionParameters> = {},
    decided: DecisionTopology = decisionTopologyOf(topology),
  ) {
    this.engine = new DecisionEngine(decided, parameters)
    this.#states = new States(decided)
    this.#bell = new Bell(topology, (check) => this.#states.down.get(check))
  }

  take({ check, observer, seen, at, seq, isProbe }: Report, now: number): void {
    if (seen === SEEN.hint) this.engine.hint(check, observer, instant(at), instant(now))
    else {
      const kind = CLASSES[seen] ?? 'unknown'
      const evidence = { check, observer, at: instant(at), tie: seq, class: kind, isProbe }
      this.engine.take(evidence, instant(now))
    }
    this.#follow(now)
  }

  tick(now: number): void {
    this.engine.tick(instant(now))
    this.#follow(now)
    for (const change of this.engine.drainIncidents()) this.#note(change)
    this.#bell.tick(now, this.#states.down.keys())
  }

  drainQuestions(): readonly Question[] {
    const asks = this.engine.drainAsks()
    if (asks.length === 0) return []
    return asks.map(({ check, observer, timeoutMs }) => ({
      check,
      observer,
      timeoutMs,
      delayMs: 0,
    }))
  }

  /** Of all verdicts, made anew from what is known. */
  digest(now: number): string {
    this.engine.tick(instant(now))
    return this.engine.digest(instant(now))
  }

  close(): Verdicts {
    for (const { key, lastAt } of this.engine.incidents()) {
      const open = this.#open.get(key)
      if (open !== undefined) open.to = lastAt
    }
    const { pages } = this.#bell
    const incidents = this.#incidents
    return { changes: this.#changes, incidents, pages, blamesByHostCheck: false }
  }

  #follow(now: number): void {
    for (const change of this.engine.drainChanges()) {
      const { check } = change
      const wasDown = this.#states.down.has(check)
      if (!this.#states.follow(change)) continue
      const scope = this.#states.down.get(check)
      this.#changes.push({
        at: now,
        check,
        isDown: scope !== undefined,
        scope: scope ?? 'service',
      })
      if (scope !== undefined && !wasDown) this.#bell.ring(check, now)
    }
  }

  #note({ change, at, incident }: IncidentChange): void {
    const { key, lastAt } = incident
    if (change === 'closed') {
      const open = this.#open.get(key)
      if (open !== undefined) open.to = lastAt
      this.#open.delete(key)
      return
    }
    const seen = seenIncident(this.engine.topology, incident, at)
    this.#open.set(key, seen)
    this.#incidents.push(seen)
  }
}

function seenIncident(
  { observers, sites, hosts }: DecisionTopology,
  { kind, observer, subject }: ObserverIncident,
  at: number,
): SeenIncident {
  const subjects = kind === 'path' ? sites : kind === 'ban' ? hosts.map(({ name }) => name) : []
  return {
    type: kind === 'path' || kind === 'ban' ? kind : 'observer',
    kind,
    observer: observers.findIndex(({ name }) => name === observer),
    subject: subjects.indexOf(subject ?? ''),
    from: at,
    to: at,
  }
}

/** Every check of a world is judged by the same policy. */
export function decisionTopologyOf(
  topology: WorldTopology,
  { rule, theta }: DecisionPolicy = DEFAULT_DECISION,
): DecisionTopology {
  const observers = topology.observers.map((_, v) => v)
  return {
    observers: topology.observers.map(({ name, site }) => ({
      name,
      site: topology.observerSites[site] ?? '',
    })),
    sites: topology.sites,
    hosts: topology.hosts.map(({ site }, host) => ({ name: hostNameOf(host), site })),
    checks: topology.checks.map(({ host, isHostCheck }, check) => ({
      id: checkIdOf(topology, check),
      host,
      isHostCheck,
      intervalMs: INTERVAL_MS,
      timeoutMs: TIMEOUT_MS,
      observers,
      rule,
      theta,
    })),
  }
}
