import type { CheckId } from '../../domain/check-id.ts'
import type { DecisionRule } from '../../domain/verdict.ts'

/** Who observes what, in dense numbers: an index into these arrays is the number of an observer, a site, a host or a check. */
export interface DecisionTopology {
  readonly observers: readonly Observer[]
  /** Where targets are. The empty name is of hosts of which nobody said it: it never fails as a whole. */
  readonly sites: readonly string[]
  readonly hosts: readonly TopologyHost[]
  readonly checks: readonly DecisionCheck[]
}

/** A cluster: all its collectors are one observer. */
export interface Observer {
  readonly name: string
  /** Its failure domain: observers of one site count once. That of a target's site makes it an observer from inside. */
  readonly site: string
}

export interface TopologyHost {
  readonly name: string
  readonly site: number
}

export interface DecisionCheck {
  readonly id: CheckId
  readonly host: number
  /** The host's own check. */
  readonly isHostCheck: boolean
  readonly intervalMs: number
  readonly timeoutMs: number
  /** Two to 32 numbers, ascending. */
  readonly observers: readonly number[]
  readonly rule: DecisionRule
  /** Nats that make it DOWN under the rule `evidence`. */
  readonly theta: number
}

/** A topology laid out for the engine. A *cell* is a check as one observer sees it. */
export interface Layout {
  readonly topology: DecisionTopology
  /** Cells of check `s` are `firstCell[s]` up to `firstCell[s + 1]`. */
  readonly firstCell: Int32Array
  readonly observerOf: Uint16Array
  /** Number of the observer's site among the sites of the observers of this check: fits into a bit mask. */
  readonly bitOf: Uint8Array
  readonly hostOf: Int32Array
  readonly siteOf: Int32Array
  /** Evidence older than this is not fresh, by check. */
  readonly freshMs: Float64Array
  readonly checksOf: readonly (readonly number[])[]
  readonly hostsOf: readonly (readonly number[])[]
  /** The host's own check, or its first one. */
  readonly aliveCheckOf: Int32Array
  /** Failure domains of observers by number, and how many there are. */
  readonly domainOf: Uint16Array
  readonly domains: number
  /** The target site that the observer stands in, or -1. */
  readonly insideOf: Int32Array
  /** By target site: 1 when an observer stands in it. */
  readonly hasInside: Uint8Array
  /** How many cells a site has. */
  readonly cellsOfSite: Float64Array
  /** An observer that says nothing for so long is silent. */
  readonly silentMs: Float64Array
}

export const NEVER = Number.NEGATIVE_INFINITY

/** Intervals until evidence is no longer fresh. */
const FRESH_INTERVALS = 2.2

export function layOut(topology: DecisionTopology, silentMs: number): Layout {
  const { observers, sites, hosts, checks } = topology
  const firstCell = new Int32Array(checks.length + 1)
  for (const [s, check] of checks.entries())
    firstCell[s + 1] = (firstCell[s] as number) + check.observers.length
  const cells = firstCell[checks.length] as number
  const domainNames = [...new Set(observers.map(({ site }) => site))]
  const domainOf = Uint16Array.from(observers, ({ site }) => domainNames.indexOf(site))
  const insideOf = Int32Array.from(observers, ({ site }) =>
    site === '' ? -1 : sites.indexOf(site),
  )
  const layout = {
    topology,
    firstCell,
    observerOf: new Uint16Array(cells),
    bitOf: new Uint8Array(cells),
    hostOf: Int32Array.from(checks, ({ host }) => host),
    siteOf: Int32Array.from(checks, ({ host }) => hosts[host]?.site ?? 0),
    freshMs: Float64Array.from(
      checks,
      ({ intervalMs, timeoutMs }) => FRESH_INTERVALS * intervalMs + timeoutMs,
    ),
    checksOf: grouped(checks, ({ host }) => host, hosts.length),
    hostsOf: grouped(hosts, ({ site }) => site, sites.length),
    aliveCheckOf: new Int32Array(hosts.length).fill(-1),
    domainOf,
    domains: domainNames.length,
    insideOf,
    hasInside: Uint8Array.from(sites, (_, site) => (insideOf.includes(site) ? 1 : 0)),
    cellsOfSite: new Float64Array(sites.length),
    silentMs: silences(topology, silentMs),
  }
  for (const [s, check] of checks.entries()) layCells(layout, s, check)
  return layout
}

function layCells(
  layout: Layout,
  s: number,
  { observers, host, isHostCheck }: DecisionCheck,
): void {
  const { firstCell, observerOf, bitOf, domainOf, siteOf, cellsOfSite, aliveCheckOf } = layout
  const domains: number[] = []
  for (const [index, v] of observers.entries()) {
    const domain = domainOf[v] as number
    if (!domains.includes(domain)) domains.push(domain)
    const cell = (firstCell[s] as number) + index
    observerOf[cell] = v
    bitOf[cell] = domains.indexOf(domain)
  }
  const site = siteOf[s] as number
  cellsOfSite[site] = (cellsOfSite[site] as number) + observers.length
  if (isHostCheck || aliveCheckOf[host] === -1) aliveCheckOf[host] = s
}

function grouped<T>(
  items: readonly T[],
  groupOf: (item: T) => number,
  groups: number,
): readonly number[][] {
  const lists: number[][] = Array.from({ length: groups }, () => [])
  for (const [index, item] of items.entries()) lists[groupOf(item)]?.push(index)
  return lists
}

/** One that has little to do is quiet for long. */
function silences({ observers, checks }: DecisionTopology, silentMs: number): Float64Array {
  const perMs = new Float64Array(observers.length)
  const slowest = new Float64Array(observers.length)
  for (const { observers: seenBy, intervalMs, timeoutMs } of checks) {
    for (const v of seenBy) {
      perMs[v] = (perMs[v] as number) + 1 / intervalMs
      slowest[v] = Math.max(slowest[v] as number, timeoutMs)
    }
  }
  return perMs.map((rate, v) =>
    rate === 0 ? Number.POSITIVE_INFINITY : Math.max(silentMs, 2.2 / rate + (slowest[v] as number)),
  )
}

/** The cell of a check as an observer sees it; -1 when it does not. */
export function cellOf({ firstCell, observerOf }: Layout, check: number, observer: number): number {
  const end = firstCell[check + 1] as number
  for (let cell = firstCell[check] as number; cell < end; cell++)
    if (observerOf[cell] === observer) return cell
  return -1
}
