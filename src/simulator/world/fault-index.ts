import type { Fault, FaultOf, ObserverFault, FaultSpan } from './faults.ts'
import type { WorldTopology } from './topology.ts'

/** Faults by what they hit, each list in the order of their begin. */
export interface FaultIndex {
  readonly ofCheck: readonly (readonly FaultOf<'service'>[])[]
  readonly ofHost: readonly (readonly FaultOf<'host'>[])[]
  readonly ofSite: readonly (readonly FaultOf<'site'>[])[]
  /** By site of observers, then by target site. */
  readonly paths: readonly (readonly (readonly FaultOf<'path'>[])[])[]
  readonly bursts: readonly (readonly (readonly FaultOf<'burst'>[])[])[]
  /** By observer, then by host. */
  readonly bans: readonly (readonly (readonly FaultOf<'ban'>[])[])[]
  /** An observer inside a target site is cut off with it. */
  readonly ofObserver: readonly (readonly (FaultSpan & ObserverFault)[])[]
}

export function indexFaults(topology: WorldTopology, faults: readonly Fault[]): FaultIndex {
  const { observers, observerSites, sites, hosts, checks } = topology
  const index = {
    ofCheck: listsOf<FaultOf<'service'>>(checks.length),
    ofHost: listsOf<FaultOf<'host'>>(hosts.length),
    ofSite: listsOf<FaultOf<'site'>>(sites.length),
    paths: observerSites.map(() => listsOf<FaultOf<'path'>>(sites.length)),
    bursts: observerSites.map(() => listsOf<FaultOf<'burst'>>(sites.length)),
    bans: observers.map(() => listsOf<FaultOf<'ban'>>(hosts.length)),
    ofObserver: listsOf<FaultSpan & ObserverFault>(observers.length),
  }
  for (const fault of faults) {
    switch (fault.type) {
      case 'service':
        index.ofCheck[fault.check]?.push(fault)
        break
      case 'host':
        index.ofHost[fault.host]?.push(fault)
        break
      case 'site':
        index.ofSite[fault.site]?.push(fault)
        for (const [observer, { insideOf }] of observers.entries()) {
          if (insideOf !== fault.site) continue
          const { id, from, to, isOutOfBand } = fault
          index.ofObserver[observer]?.push({ type: 'isolate', id, from, to, isOutOfBand, observer })
        }
        break
      case 'path':
        for (const one of fault.observerSites) index.paths[one]?.[fault.site]?.push(fault)
        break
      case 'burst':
        for (const one of fault.observerSites) index.bursts[one]?.[fault.site]?.push(fault)
        break
      case 'ban':
        index.bans[fault.observer]?.[fault.host]?.push(fault)
        break
      case 'overload':
      case 'isolate':
      case 'misconf':
      case 'stuck':
      case 'step':
        index.ofObserver[fault.observer]?.push(fault)
    }
  }
  return index
}

function listsOf<T>(count: number): T[][] {
  return Array.from({ length: count }, () => [])
}
