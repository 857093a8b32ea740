import { hash32 } from '../../base/hash.ts'
import type { HostTable } from './host-table.ts'

/** Who takes part, and how much it can take compared with the others. */
export interface Sharer {
  /** `cluster.name`. */
  readonly id: string
  readonly weight: number
}

export interface Shares {
  readonly sharers: readonly Sharer[]
  /** By the index of the host: index of its sharer, or -1 where there is none. */
  readonly ownerOf: Int32Array
  /** By the index of the sharer, in the unit of the costs. */
  readonly loads: Float64Array
  /** Hosts that are not with their favourite because it had its fill. */
  readonly displaced: Set<number>
}

/** Nobody gets more than its part and a tenth of it ... */
export const IMBALANCE_MAX = 1.1

/**
 * Rendezvous hashing: each host has its own order of preference among the collectors, so one that leaves moves only its own hosts and
 * one that comes takes only what it prefers. A collector takes no more than `IMBALANCE_MAX` of its part by weight; what it cannot take goes to the
 * next in the host's order, and where nobody has room, to the one that is then loaded least. So no load exceeds the greater of `IMBALANCE_MAX` of
 * the part, and the part and the heaviest host, pinned hosts aside. A host that is at its favourite before and after a change never moves: beside the
 * hosts of who left, only those in `displaced` before or after do. `sharers` in the order of their ids.
 */
export function shareOut(hosts: HostTable, sharers: readonly Sharer[]): Shares {
  const ownerOf = new Int32Array(hosts.names.length).fill(-1)
  const loads = new Float64Array(sharers.length)
  const displaced = new Set<number>()
  const shares = { sharers, ownerOf, loads, displaced }
  if (sharers.length === 0) return shares
  const field = fieldOf(hosts, sharers)
  const pinnedTo = new Map(sharers.map(({ id }, index) => [shortName(id), index]))
  for (const host of hosts.order) {
    const pin = hosts.pins.get(host)
    const pinned = pin === undefined ? undefined : pinnedTo.get(pin)
    const owner = pinned ?? place(hosts, host, field, shares)
    ownerOf[host] = owner
    loads[owner] = (loads[owner] as number) + (hosts.costs[host] as number)
  }
  return shares
}

interface Field {
  readonly hashes: Uint32Array
  readonly weights: Float64Array
  readonly caps: Float64Array
}

function fieldOf(hosts: HostTable, sharers: readonly Sharer[]): Field {
  const weights = Float64Array.from(sharers, ({ weight }) => weight)
  const all = weights.reduce((sum, weight) => sum + weight, 0)
  return {
    hashes: Uint32Array.from(sharers, ({ id }) => hash32(id)),
    weights,
    caps: weights.map((weight) => (IMBALANCE_MAX * hosts.totalCost * weight) / all),
  }
}

function place(hosts: HostTable, host: number, field: Field, shares: Shares): number {
  const { hashes, weights, caps } = field
  const { loads, displaced } = shares
  const cost = hosts.costs[host] as number
  const hash = hosts.hashes[host] as number
  let favourite = -1
  let favouriteDistance = Number.POSITIVE_INFINITY
  let roomy = -1
  let roomyDistance = Number.POSITIVE_INFINITY
  let lightest = 0
  let lightestLoad = Number.POSITIVE_INFINITY
  for (let index = 0; index < hashes.length; index++) {
    const weight = weights[index] as number
    const distance = distanceOf(hash, hashes[index] as number, weight)
    const load = (loads[index] as number) + cost
    if (distance < favouriteDistance) {
      favourite = index
      favouriteDistance = distance
    }
    if (distance < roomyDistance && load <= (caps[index] as number)) {
      roomy = index
      roomyDistance = distance
    }
    if (load / weight < lightestLoad) {
      lightest = index
      lightestLoad = load / weight
    }
  }
  const owner = roomy < 0 ? lightest : roomy
  if (owner !== favourite) displaced.add(host)
  return owner
}

/** Logarithmic weighting: a sharer of twice the weight is nearest to twice as many hosts. Mixed twice, because bare FNV is skewed. */
function distanceOf(host: number, sharer: number, weight: number): number {
  let h = host ^ Math.imul(sharer, 0x9e3779b1)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  h = (h ^ (h >>> 16)) >>> 0
  return -Math.log((h + 0.5) / 4_294_967_296) / weight
}

/** The name without the cluster, as pins have it. */
export function shortName(id: string): string {
  return id.slice(id.indexOf('.') + 1)
}
