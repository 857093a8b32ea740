import { runSimulation } from '../src/roles/simulation/simulation.ts'
import { ENTRANTS } from '../src/simulator/contestants.ts'
import { summaryOf, type Summary } from '../src/simulator/scoring/summary.ts'

export interface TruthFigures {
  readonly ours: Summary
  /** By the fewest false alarms among those that missed nothing, then by the delay. */
  readonly bestRival: Summary
  readonly rivals: readonly Summary[]
}

export interface WorldsLoad {
  readonly seeds: readonly number[]
  readonly hours: number
  readonly observers: number
}

const OURS = 'evidence'

/** How right the decision is, beside rules of others, in simulated worlds. */
export async function measureTruth(
  { seeds, hours, observers }: WorldsLoad,
  progress: (text: string) => void,
): Promise<TruthFigures> {
  const entrants = ENTRANTS.filter(({ name, isOurs }) => name === OURS || !isOurs)
  const names = entrants.map(({ name }) => name)
  let toldShare = 0
  const worlds = await runSimulation(
    {
      observers,
      seeds,
      durationMs: hours * 3_600_000,
      climate: 'default',
      entrants: names,
      hasTwoHubs: false,
    },
    ({ done, share }) => {
      if (share < toldShare + 0.1) return
      toldShare = share
      progress(`${Math.round(share * 100)}% of the worlds, ${done} of ${seeds.length} seeds done`)
    },
  )
  const all = names.map((name) =>
    summaryOf(
      name,
      worlds.flatMap(({ scores }) => scores.flatMap((one) => (one.name === name ? one.score : []))),
    ),
  )
  const ours = all.find(({ engine }) => engine === OURS)
  const rivals = all.filter(({ engine }) => engine !== OURS)
  const complete = rivals.filter(({ missed }) => missed === 0)
  const [bestRival] = (complete.length > 0 ? complete : rivals).toSorted(
    (a, b) =>
      a.falseAlarmsPer1000Day - b.falseAlarmsPer1000Day || (a.delayP50S ?? 0) - (b.delayP50S ?? 0),
  )
  if (ours === undefined || bestRival === undefined) throw new Error('nothing was measured')
  return { ours, bestRival, rivals }
}
