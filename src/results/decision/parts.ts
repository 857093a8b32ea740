import { Above } from './above.ts'
import { Asking } from './asking.ts'
import { carryOver, numbers } from './carry-over.ts'
import type { Evidences } from './evidences.ts'
import { FutureEvidence } from './future-evidence.ts'
import { ObserverIncidents } from './observer-incidents.ts'
import type { DecisionParameters } from './parameters.ts'
import { createRegisters, KEPT } from './registers.ts'
import { relate } from './relations.ts'
import { SiteSigns } from './site-signs.ts'
import type { DecisionSnapshot } from './snapshot.ts'
import { Suspects } from './suspects.ts'
import { layOut, NEVER, type DecisionTopology } from './topology.ts'
import { Verdicts, type VerdictChange } from './verdicts.ts'
import { Witnesses } from './witnesses.ts'
import type { Instant } from '../../base/instant.ts'

/** What an engine is made of; made anew when the topology changes. */
export interface Parts {
  readonly of: Evidences
  readonly suspects: Suspects
  readonly signs: SiteSigns
  readonly asking: Asking
  readonly above: Above
  readonly verdicts: Verdicts
  readonly incidents: ObserverIncidents
  readonly future: FutureEvidence
  /** Decided before these were made, and not drained yet. */
  readonly changes: VerdictChange[]
}

/** What an engine goes on from. */
export interface Earlier {
  readonly snapshot: DecisionSnapshot
  readonly now: Instant
  /** Decided already, and not told yet, in the numbers of that topology. */
  readonly changes?: readonly VerdictChange[]
}

export function createParts(
  topology: DecisionTopology,
  parameters: DecisionParameters,
  earlier?: Earlier,
): Parts {
  const layout = layOut(topology, parameters.silentMs)
  const cells = layout.observerOf.length
  const of: Evidences = {
    layout,
    registers: createRegisters(cells),
    relation: new Uint8Array(cells),
    witnesses: new Witnesses(layout, parameters),
    parameters,
    lastOf: new Float64Array(topology.observers.length).fill(NEVER),
  }
  const suspects = new Suspects(layout)
  const asking = new Asking(of, tokensOf(topology, parameters, earlier))
  const signs = new SiteSigns(of)
  const above = new Above(of, suspects, signs)
  const verdicts = new Verdicts(of, above, suspects, asking)
  const incidents = new ObserverIncidents(of, startsOf(topology, earlier))
  const future = new FutureEvidence()
  const parts = { of, suspects, signs, asking, above, verdicts, incidents, future, changes: [] }
  if (earlier !== undefined) takeOver(parts, earlier)
  return parts
}

export function snapshotOf({ of, verdicts, incidents, asking, future }: Parts): DecisionSnapshot {
  const { layout, registers } = of
  return {
    topology: layout.topology,
    registers,
    ...verdicts.columns(),
    startedAt: layout.topology.observers.map((_, v) => incidents.startedAt(v)),
    tokens: asking.tokens(),
    future: future.all(),
    incidents: incidents.open(),
  }
}

/** How the newest results of a check stand to each other, and what that says of the observers. */
export function relateCheck(
  { layout, registers, relation, witnesses }: Evidences,
  check: number,
): void {
  const from = layout.firstCell[check] as number
  const end = layout.firstCell[check + 1] as number
  for (let cell = from; cell < end; cell++) before[cell - from] = relation[cell] as number
  relate(layout, registers, check, relation)
  const site = layout.siteOf[check] as number
  for (let cell = from; cell < end; cell++) {
    const was = before[cell - from] as number
    const is = relation[cell] as number
    if (was !== is) witnesses.changed(layout.observerOf[cell] as number, site, was, is)
  }
}

/** Relations of one check before a result; used within one call. */
const before = new Uint8Array(32)

function takeOver(parts: Parts, { snapshot, now, changes = [] }: Earlier): void {
  const { of, signs, above, verdicts, incidents, future } = parts
  const { layout, registers, lastOf } = of
  const source = { layout: layOut(snapshot.topology, 0), registers: snapshot.registers }
  const checks = carryOver(source, of)
  for (let check = 0; check < layout.topology.checks.length; check++) {
    relateCheck(of, check)
    const end = layout.firstCell[check + 1] as number
    for (let cell = layout.firstCell[check] as number; cell < end; cell++) signs.note(check, cell)
  }
  for (const [cell, v] of layout.observerOf.entries())
    lastOf[v] = Math.max(lastOf[v] as number, registers.at[cell * KEPT] as number)
  above.beginTick()
  for (const [was, check] of checks) {
    const kind = snapshot.kinds[was] ?? 0
    verdicts.restore(check, { kind, scope: snapshot.scopes[was] ?? 0 }, now)
  }
  above.endTick()
  for (const change of changes) {
    const check = checks.get(change.check)
    if (check !== undefined) parts.changes.push({ ...change, check })
  }
  const observers = numbers(snapshot.topology.observers, layout.topology.observers, nameOf)
  incidents.take(snapshot.incidents, now)
  for (const evidence of snapshot.future) {
    const check = checks.get(evidence.check)
    const observer = observers.get(evidence.observer)
    if (check !== undefined && observer !== undefined) future.add({ ...evidence, check, observer })
  }
}

function nameOf({ name }: { readonly name: string }): string {
  return name
}

/** The first look says when those began that nobody knew before. */
function startsOf(topology: DecisionTopology, earlier: Earlier | undefined): (number | null)[] {
  const starts = topology.observers.map(() => null as number | null)
  if (earlier === undefined) return starts
  const { snapshot, now } = earlier
  const known = numbers(snapshot.topology.observers, topology.observers, nameOf)
  for (const [was, v] of known) starts[v] = snapshot.startedAt[was] ?? null
  const isKnown = new Set(known.values())
  return starts.map((start, v) => (isKnown.has(v) ? start : now))
}

function tokensOf(
  { observers }: DecisionTopology,
  { bucket }: DecisionParameters,
  earlier: Earlier | undefined,
): Float64Array {
  const tokens = new Float64Array(observers.length).fill(bucket)
  if (earlier === undefined) return tokens
  const { snapshot } = earlier
  for (const [was, v] of numbers(snapshot.topology.observers, observers, nameOf))
    tokens[v] = Math.min(bucket, snapshot.tokens[was] ?? bucket)
  return tokens
}
