import { KEPT, type Registers } from './registers.ts'
import { cellOf, type Layout } from './topology.ts'

/** Where evidence is kept. */
export interface Store {
  readonly layout: Layout
  readonly registers: Registers
}

/**
 * Copies the evidence of checks and observers that are in both topologies.
 * @returns the number of each check that stays, before and now
 */
export function carryOver(from: Store, to: Store): ReadonlyMap<number, number> {
  const before = from.layout.topology
  const now = to.layout.topology
  const observers = numbers(before.observers, now.observers, ({ name }) => name)
  const checks = numbers(before.checks, now.checks, ({ id }) => id)
  for (const [was, check] of checks) {
    for (const v of before.checks[was]?.observers ?? []) {
      const observer = observers.get(v)
      const target = observer === undefined ? -1 : cellOf(to.layout, check, observer)
      if (target >= 0) copyCell(from, cellOf(from.layout, was, v), to, target)
    }
  }
  return checks
}

/** The number of each item that stays, before and now. */
export function numbers<T>(
  before: readonly T[],
  now: readonly T[],
  keyOf: (item: T) => string,
): ReadonlyMap<number, number> {
  const found = new Map(now.map((item, index) => [keyOf(item), index]))
  const pairs = new Map<number, number>()
  for (const [was, item] of before.entries()) {
    const index = found.get(keyOf(item))
    if (index !== undefined) pairs.set(was, index)
  }
  return pairs
}

function copyCell(from: Store, source: number, to: Store, target: number): void {
  for (let k = 0; k < KEPT; k++) {
    const s = source * KEPT + k
    const t = target * KEPT + k
    to.registers.at[t] = from.registers.at[s] as number
    to.registers.tie[t] = from.registers.tie[s] as number
    to.registers.kind[t] = from.registers.kind[s] as number
    to.registers.isProbe[t] = from.registers.isProbe[s] as number
  }
}
