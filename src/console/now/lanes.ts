import { FLAGS, hasFlag, RANKS, STATES, type Columns } from '../live/columns.ts'
import { RECOVERED_FOR_MS } from '../live/live-store.ts'
import { matches, type Filter } from './filter.ts'

export type LaneName = 'problems' | 'recovered' | 'symptoms' | 'stale' | 'pending'

/** In the order of the screen (docs/spec/console.md UI3). */
export const LANES: readonly LaneName[] = ['problems', 'recovered', 'symptoms', 'stale', 'pending']

export interface Lanes {
  /** Ids in their order, after the filter. */
  readonly ids: Readonly<Record<LaneName, readonly string[]>>
  /** How many there are without the filter. */
  readonly totals: Readonly<Record<LaneName, number>>
  /** Services in trouble by the host that explains them; hosts without any are not in it. */
  readonly symptomsOf: ReadonlyMap<string, number>
}

export interface Present {
  readonly columns: Columns
  readonly recoveries: ReadonlyMap<string, number>
  readonly now: number
}

/** Sorts the whole fleet into lanes. What is well and was so for a quarter of an hour is in none. */
export function lanesOf(present: Present, filter: Filter): Lanes {
  const { columns } = present
  const hostsDown = downHosts(columns)
  const slots: Record<LaneName, number[]> = emptyLanes()
  const totals: Record<LaneName, number> = {
    problems: 0,
    recovered: 0,
    symptoms: 0,
    stale: 0,
    pending: 0,
  }
  const symptomsOf = new Map<string, number>()
  for (let slot = 0; slot < columns.id.length; slot++) {
    const lane = laneOf(present, slot, hostsDown)
    if (lane === undefined) continue
    totals[lane]++
    if (lane === 'symptoms') {
      const host = columns.host[slot] ?? ''
      symptomsOf.set(host, (symptomsOf.get(host) ?? 0) + 1)
    }
    if (matches(columns, slot, filter)) slots[lane].push(slot)
  }
  const byTrouble = troubleOrder(columns)
  slots.problems.sort(byTrouble)
  slots.symptoms.sort(byTrouble)
  slots.stale.sort((a, b) => (columns.lastCheckAt[a] ?? 0) - (columns.lastCheckAt[b] ?? 0))
  slots.recovered.sort((a, b) => recoveredAt(present, b) - recoveredAt(present, a))
  const idsOf = (lane: LaneName): string[] => slots[lane].map((slot) => columns.id[slot] ?? '')
  return {
    ids: {
      problems: idsOf('problems'),
      recovered: idsOf('recovered'),
      symptoms: idsOf('symptoms'),
      stale: idsOf('stale'),
      pending: idsOf('pending'),
    },
    totals,
    symptomsOf,
  }
}

/** A problem stays one when it goes stale: the last thing we saw was trouble. */
function laneOf(
  present: Present,
  slot: number,
  hostsDown: ReadonlySet<string>,
): LaneName | undefined {
  const { columns } = present
  if (columns.id[slot] === '') return undefined
  if (hasFlag(columns, slot, FLAGS.problem)) {
    const isSymptom = columns.service[slot] !== null && hostsDown.has(columns.host[slot] ?? '')
    return isSymptom ? 'symptoms' : 'problems'
  }
  if (hasFlag(columns, slot, FLAGS.stale)) return 'stale'
  if (STATES[columns.state[slot] ?? 0] === 'pending') return 'pending'
  const at = recoveredAt(present, slot)
  return at > 0 && present.now - at < RECOVERED_FOR_MS ? 'recovered' : undefined
}

function downHosts(columns: Columns): ReadonlySet<string> {
  const down = new Set<string>()
  for (let slot = 0; slot < columns.id.length; slot++) {
    const isDown =
      columns.service[slot] === null &&
      hasFlag(columns, slot, FLAGS.problem) &&
      !hasFlag(columns, slot, FLAGS.soft)
    if (isDown) down.add(columns.host[slot] ?? '')
  }
  return down
}

/** Worst first, then the newest: what is newly broken stands on top of its severity. Names settle the rest, so order never jitters. */
function troubleOrder(columns: Columns): (a: number, b: number) => number {
  return (a, b) =>
    (RANKS[columns.state[b] ?? 0] ?? 0) - (RANKS[columns.state[a] ?? 0] ?? 0) ||
    (columns.lastChangeAt[b] ?? 0) - (columns.lastChangeAt[a] ?? 0) ||
    ((columns.id[a] ?? '') < (columns.id[b] ?? '') ? -1 : 1)
}

function recoveredAt(present: Present, slot: number): number {
  return present.recoveries.get(present.columns.id[slot] ?? '') ?? 0
}

function emptyLanes(): Record<LaneName, number[]> {
  return { problems: [], recovered: [], symptoms: [], stale: [], pending: [] }
}
