import { weightOf } from '../domain/check-result.ts'
import { mergeEffects } from './merge-effects.ts'
import type { Effects } from './ports.ts'

/** Effects that are shown already and wait for the store. Bounded by its owner, who asks for `weight` before adding. */
export interface PendingEffects {
  /** Results in it. */
  readonly results: number
  /** As results go: a heavy one counts several times (`weightOf`), a step without results counts once. */
  readonly weight: number
  add(effects: Effects): void
  /** The oldest steps together, up to `weightMax` but at least one step; `undefined` when there is none. */
  peek(weightMax: number): PendingCommit | undefined
  /** Forgets what `peek` gave, once it is stored. */
  drop(commit: PendingCommit): void
}

export interface PendingCommit {
  readonly effects: Effects
  readonly steps: number
}

interface WeighedStep {
  readonly effects: Effects
  readonly weight: number
}

export function createPendingEffects(): PendingEffects {
  let steps: WeighedStep[] = []
  let results = 0
  let total = 0
  return {
    get results() {
      return results
    },
    get weight() {
      return total
    },
    add(effects) {
      const weight = weightOfStep(effects)
      steps.push({ effects, weight })
      results += effects.history.length
      total += weight
    },
    peek(weightMax) {
      let weight = 0
      let count = 0
      for (const step of steps) {
        if (count > 0 && weight + step.weight > weightMax) break
        weight += step.weight
        count++
      }
      if (count === 0) return undefined
      return {
        effects: mergeEffects(steps.slice(0, count).map(({ effects }) => effects)),
        steps: count,
      }
    },
    drop(commit) {
      for (const { effects, weight } of steps.slice(0, commit.steps)) {
        results -= effects.history.length
        total -= weight
      }
      steps = steps.slice(commit.steps)
    },
  }
}

/** So many values of performance data are about as large as one ordinary result. */
const VALUES_PER_WEIGHT = 32

function weightOfStep({ history, samples }: Effects): number {
  let weight = 0
  for (const { result } of history) weight += weightOf(result)
  for (const { perfdata } of samples) weight += Math.floor(perfdata.length / VALUES_PER_WEIGHT)
  return Math.max(1, weight)
}
