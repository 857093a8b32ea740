import type { SeenIncident } from '../contestant.ts'
import type { Fault, FaultKind } from '../world/faults.ts'
import type { WorldTopology } from '../world/topology.ts'

/** What is found of what is wrong with observers and their ways. */
export interface IncidentScore {
  /** By type of fault: how many of the long ones were found, of how many. */
  readonly faults: Readonly<Record<string, readonly [found: number, all: number]>>
  readonly incidents: number
  /** Incidents behind which there is a fault. */
  readonly right: number
  /** From the begin of each found fault until its first incident, ascending. */
  readonly delaysMs: readonly number[]
}

/** An incident that ends so long after its fault is its tail. */
const TAIL_MS = 90_000
const ON_OBSERVERS: readonly FaultKind['type'][] = ['overload', 'misconf', 'isolate', 'stuck']
const FOUND: readonly FaultKind['type'][] = ['path', 'ban', ...ON_OBSERVERS]

export function scoreIncidents(
  topology: WorldTopology,
  faults: readonly Fault[],
  incidents: readonly SeenIncident[],
  longMs: number,
): IncidentScore {
  const score: Record<string, [number, number]> = {}
  const delaysMs: number[] = []
  for (const fault of faults) {
    if (!FOUND.includes(fault.type) || fault.to - fault.from < longMs) continue
    if (fault.type === 'path' && !isSeenFromOutside(topology, fault)) continue
    const tally = (score[fault.type] ??= [0, 0])
    tally[1]++
    const matching = incidents.filter((incident) => isOf(topology, fault, incident))
    if (matching.length === 0) continue
    tally[0]++
    delaysMs.push(Math.max(0, Math.min(...matching.map(({ from }) => from)) - fault.from))
  }
  const right = incidents.filter((incident) =>
    faults.some((fault) => isOf(topology, fault, incident) || isSideOf(fault, incident)),
  )
  return {
    faults: score,
    incidents: incidents.length,
    right: right.length,
    delaysMs: delaysMs.toSorted((a, b) => a - b),
  }
}

function isSeenFromOutside(
  { observers }: WorldTopology,
  { observerSites, site }: Extract<Fault, { type: 'path' }>,
): boolean {
  return observers.some((one) => observerSites.includes(one.site) && one.insideOf !== site)
}

/** The right kind, with the right subject, at the time of the fault. */
function isOf({ observers }: WorldTopology, fault: Fault, incident: SeenIncident): boolean {
  if (Math.min(incident.to, fault.to + TAIL_MS) <= Math.max(incident.from, fault.from)) return false
  const by = observers[incident.observer]
  switch (fault.type) {
    case 'path':
    case 'burst':
      return (
        incident.type === 'path' &&
        by !== undefined &&
        fault.observerSites.includes(by.site) &&
        incident.subject === fault.site
      )
    case 'ban':
      return (
        incident.type === 'ban' &&
        incident.observer === fault.observer &&
        incident.subject === fault.host
      )
    case 'overload':
    case 'misconf':
    case 'isolate':
    case 'stuck':
      return incident.type === 'observer' && incident.observer === fault.observer
    case 'step':
      return incident.kind === 'clock' && incident.observer === fault.observer
    case 'site':
      return incident.type === 'observer' && by?.insideOf === fault.site
    case 'service':
    case 'host':
      return false
  }
}

/** One that begins or ends with all ways of an observer lost is seen as one of its ways for a moment. */
function isSideOf(fault: Fault, { type, observer, from, to }: SeenIncident): boolean {
  if (type !== 'path' || from >= fault.to + TAIL_MS || to <= fault.from) return false
  return isOnObserver(fault) && fault.observer === observer
}

function isOnObserver(fault: Fault): fault is Fault & { readonly observer: number } {
  return ON_OBSERVERS.includes(fault.type)
}
