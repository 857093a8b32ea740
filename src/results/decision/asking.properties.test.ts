import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { deskTopology, second } from '../../../test/decision-desk.ts'
import { instant } from '../../base/instant.ts'
import type { EvidenceClass } from '../../domain/evidence.ts'
import type { Ask } from './asking.ts'
import { DecisionEngine } from './engine.ts'
import { DEFAULT_PARAMETERS, type DecisionParameters } from './parameters.ts'

const CHECKS = ['', 's1', 's2', 's3', 's4', 's5', 's6', 's7', 's8', 's9', 's10', 's11']
const STORY_S = 240

interface Fate {
  readonly observers: number
  /** From then on so many checks fail, and how. */
  readonly from: number
  readonly checks: number
  readonly class: 'error' | 'timeout'
  /** Where each observer is in its interval, in s. */
  readonly phases: readonly number[]
}

const aFate: fc.Arbitrary<Fate> = fc.record({
  observers: fc.integer({ min: 3, max: 5 }),
  from: fc.integer({ min: 120, max: 180 }),
  checks: fc.integer({ min: 1, max: 3 }),
  class: fc.constantFrom('error', 'timeout'),
  phases: fc.array(fc.integer({ min: 0, max: 59 }), { minLength: 6, maxLength: 6 }),
})

interface Arrival {
  readonly check: number
  readonly observer: number
  /** Both in ms of the story. */
  readonly startedAt: number
  readonly at: number
  readonly class: EvidenceClass
}

interface Played {
  /** When the first check was down, in ms; infinite when it never was. */
  readonly downAt: number
  readonly asks: readonly Ask[]
}

interface Story {
  readonly phases: readonly number[]
  readonly sight: Sight
  /** Called when somebody is asked, before anything else happens. */
  readonly watch?: (engine: DecisionEngine, ask: Ask) => void
}

type Sight = (check: number, observer: number, atMs: number) => EvidenceClass

/** Every observer looks at every check once a minute; silence is known after its timeout; whoever is asked looks at once. */
function play(
  observers: number,
  { phases, sight, watch }: Story,
  parameters: Partial<DecisionParameters> = {},
): Played {
  const topology = deskTopology({
    observers: Array.from({ length: observers }, (_, v) => `v${v}@X${v}`),
    hosts: { 'web@T0': CHECKS },
  })
  const engine = new DecisionEngine(topology, parameters)
  const coming: Arrival[] = []
  const look = (check: number, observer: number, startedAt: number, timeoutMs: number): void => {
    const found = sight(check, observer, startedAt)
    const takesMs = found === 'timeout' ? timeoutMs : 100
    coming.push({ check, observer, startedAt, at: startedAt + takesMs, class: found })
  }
  const asks: Ask[] = []
  let downAt = Number.POSITIVE_INFINITY
  let tie = 0
  const answer = (now: number): void => {
    for (const ask of engine.drainAsks()) {
      watch?.(engine, ask)
      asks.push(ask)
      look(ask.check, ask.observer, now, ask.timeoutMs)
    }
  }
  for (let now = 0; now < STORY_S * 1000; now += 100) {
    for (let v = 0; v < observers; v++) {
      const sinceMs = now - (phases[v] as number) * 1000
      for (const check of CHECKS.keys())
        if (sinceMs >= 0 && (sinceMs - check * 1700) % 60_000 === 0) look(check, v, now, 10_000)
    }
    for (let n = coming.length - 1; n >= 0; n--) {
      const { startedAt, at, ...seen } = coming[n] as Arrival
      if (at > now) continue
      coming.splice(n, 1)
      const result = { ...seen, at: storyTime(startedAt), tie: tie++, isProbe: false }
      engine.take(result, storyTime(now))
      answer(now)
    }
    if (now % 1000 === 0) engine.tick(storyTime(now))
    answer(now)
    if (engine.kindOf(0) === 'down') downAt = Math.min(downAt, now)
  }
  return { downAt, asks }
}

function storyTime(ms: number) {
  return instant(second(0) + ms)
}

function truth({ from, checks, class: found }: Fate): Sight {
  return (check, _, atMs) => (check < checks && atMs >= from * 1000 ? found : 'ok')
}

describe('asking', () => {
  test('invariant 14: [EV18] one more observer that sees the truth delays DOWN by no more than a round of questions', () => {
    const roundMs = DEFAULT_PARAMETERS.reaskMs + DEFAULT_PARAMETERS.confirmTimeoutMs + 1_000
    fc.assert(
      fc.property(aFate, (fate) => {
        const story = { phases: fate.phases, sight: truth(fate) }
        const without = play(fate.observers, story).downAt
        const beside = play(fate.observers + 1, story).downAt
        expect(without).toBeLessThan(Number.POSITIVE_INFINITY)
        expect(beside - without).toBeLessThanOrEqual(roundMs)
      }),
      { numRuns: 25 },
    )
  })

  test('invariant 16: [EV20] nobody is asked more often than bucket and rate allow', () => {
    const aStorm = fc.record({
      fate: aFate,
      bucket: fc.integer({ min: 1, max: 6 }),
      tokensPerSecond: fc.double({ min: 0.05, max: 1, noNaN: true }),
      noise: fc.array(fc.constantFrom<EvidenceClass>('ok', 'ok', 'ok', 'timeout', 'error'), {
        minLength: 97,
        maxLength: 97,
      }),
    })
    let asked = 0
    fc.assert(
      fc.property(aStorm, ({ fate, bucket, tokensPerSecond, noise }) => {
        const seen = truth(fate)
        const sight: Sight = (check, v, atMs) => {
          const found = seen(check, v, atMs)
          return found === 'ok' ? (noise[(atMs / 100 + 31 * check + 7 * v) % 97] ?? 'ok') : found
        }
        const story = { phases: fate.phases, sight }
        const { asks } = play(fate.observers, story, { bucket, tokensPerSecond })
        asked += asks.length
        for (let v = 0; v < fate.observers; v++) {
          const times = asks.filter(({ observer }) => observer === v).map(({ at }) => at)
          for (const [n, from] of times.entries()) {
            for (let m = n; m < times.length; m++) {
              const spanMs = (times[m] as number) - from
              expect(m - n + 1).toBeLessThanOrEqual(
                bucket + (tokensPerSecond * spanMs) / 1000 + 1e-6,
              )
            }
          }
        }
      }),
      { numRuns: 25 },
    )
    expect(asked).toBeGreaterThan(0)
  })

  test('invariant 16: [EV20] an observer that is set aside is the reason of no question', () => {
    const anOverload = fc.record({
      fate: aFate,
      sick: fc.integer({ min: 0, max: 2 }),
      fails: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 61, maxLength: 61 }),
    })
    let asides = 0
    let questions = 0
    fc.assert(
      fc.property(anOverload, ({ fate, sick, fails }) => {
        const seen = truth(fate)
        const sight: Sight = (check, v, atMs) =>
          v === sick && (fails[(atMs / 100 + 13 * check) % 61] as number) < 7
            ? 'timeout'
            : seen(check, v, atMs)
        const watch = (engine: DecisionEngine, { check, why, at }: Ask): void => {
          questions++
          if (engine.observerHealth(at)[sick]?.setAside === 'contradicted') asides++
          if (why !== 'suspect') return
          const reasons = engine
            .cellsOf(check, at)
            .filter(({ setAside, weight }) => setAside === null && weight >= 1.5)
          expect(reasons.length).toBeGreaterThan(0)
        }
        play(fate.observers, { phases: fate.phases, sight, watch })
      }),
      { numRuns: 25 },
    )
    expect(asides).toBeGreaterThan(0)
    expect(questions).toBeGreaterThan(asides)
  })
})
