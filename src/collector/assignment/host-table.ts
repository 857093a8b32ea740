import { hash32 } from '../../base/hash.ts'
import type { PlanOfCluster } from '../../wire/subjects.ts'

/** The hosts of a plan, made ready to be shared out many times. One column per fact; an index is a host. */
export interface HostTable {
  readonly names: readonly string[]
  readonly indexOf: ReadonlyMap<string, number>
  readonly hashes: Uint32Array
  /** Of all checks of the host; any unit, all above 0. */
  readonly costs: Float64Array
  readonly totalCost: number
  /** Pinned hosts first, then the lightest: so it is a few heavy ones, not many light ones, that do not get their favourite. */
  readonly order: Uint32Array
  /** Short name of the collector that a host is pinned to. */
  readonly pins: ReadonlyMap<number, string>
}

/** Every member makes the same table of the same plan, whatever the order of its checks. `hosts` without doubles. */
export function hostTable(
  hosts: Iterable<string>,
  { costs: measured, pins: pinned }: Pick<PlanOfCluster, 'costs' | 'pins'>,
): HostTable {
  const names = [...hosts].toSorted(byCodeUnits)
  const indexOf = new Map(names.map((name, index) => [name, index]))
  const hashes = Uint32Array.from(names, hash32)
  const costs = costsOf(names, measured)
  const pins = new Map<number, string>()
  for (const [host, collector] of Object.entries(pinned)) {
    const index = indexOf.get(host)
    if (index !== undefined) pins.set(index, collector)
  }
  // Costs that are nearly the same order nothing: a new measurement should not move hosts.
  const size = Uint8Array.from(costs, (cost) => 128 + Math.floor(Math.log2(cost)))
  const order = Uint32Array.from(names.keys()).sort(
    (a, b) =>
      Number(pins.has(b)) - Number(pins.has(a)) ||
      (size[a] as number) - (size[b] as number) ||
      (hashes[a] as number) - (hashes[b] as number) ||
      a - b,
  )
  const totalCost = costs.reduce((sum, cost) => sum + cost, 0)
  return { names, indexOf, hashes, costs, totalCost, order, pins }
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}

/** No host is so light that a million of them count for nothing, none so heavy that sums lose their digits. */
const COST_MIN = 1e-3
const COST_MAX = 1e9

function costsOf(names: readonly string[], measured: PlanOfCluster['costs']): Float64Array {
  const known = names.flatMap((name) => {
    const cost = Object.hasOwn(measured, name) ? measured[name] : undefined
    return cost === undefined ? [] : [bounded(cost)]
  })
  const mean = known.length === 0 ? 1 : known.reduce((sum, cost) => sum + cost, 0) / known.length
  return Float64Array.from(names, (name) =>
    Object.hasOwn(measured, name) ? bounded(measured[name] as number) : mean,
  )
}

function bounded(cost: number): number {
  return Number.isFinite(cost) ? Math.min(COST_MAX, Math.max(COST_MIN, cost)) : COST_MIN
}
