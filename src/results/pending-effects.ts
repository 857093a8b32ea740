import { mergeEffects } from './merge-effects.ts'
import type { Effects } from './ports.ts'

/** Effects that are shown already and wait for the store. Bounded by its owner, who asks for `results` before adding. */
export interface PendingEffects {
  /** Results in it; a step without results weighs one. */
  readonly results: number
  add(effects: Effects): void
  /** The oldest steps together, up to `resultsMax` results but at least one step; `undefined` when there is none. */
  peek(resultsMax: number): PendingCommit | undefined
  /** Forgets what `peek` gave, once it is stored. */
  drop(commit: PendingCommit): void
}

export interface PendingCommit {
  readonly effects: Effects
  readonly steps: number
  readonly results: number
}

export function createPendingEffects(): PendingEffects {
  let steps: Effects[] = []
  let results = 0
  return {
    get results() {
      return results
    },
    add(effects) {
      steps.push(effects)
      results += weightOf(effects)
    },
    peek(resultsMax) {
      let weight = 0
      let count = 0
      for (const step of steps) {
        if (count > 0 && weight + weightOf(step) > resultsMax) break
        weight += weightOf(step)
        count++
      }
      if (count === 0) return undefined
      return { effects: mergeEffects(steps.slice(0, count)), steps: count, results: weight }
    },
    drop(commit) {
      steps = steps.slice(commit.steps)
      results -= commit.results
    },
  }
}

function weightOf(effects: Effects): number {
  return Math.max(1, effects.history.length)
}
