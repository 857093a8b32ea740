import { describe, expect, test } from 'vitest'
import { chance } from '../chance.ts'
import { arrivalsOf } from '../trace/arrivals.ts'
import { planFaults } from './fault-plan.ts'
import { RATES } from './rates.ts'
import { createWorldTopology } from './topology.ts'
import { World } from './world.ts'

const HOUR_MS = 3_600_000

/** Everything that is told, as one number. */
function createSum() {
  let sum = 0
  return {
    add: (...values: readonly number[]) => {
      for (const value of values) sum = chance(sum, value | 0, 0, 0)
    },
    get value() {
      return sum
    },
  }
}

const TYPES = [
  'service',
  'host',
  'site',
  'path',
  'ban',
  'overload',
  'isolate',
  'misconf',
  'stuck',
  'burst',
  'step',
]

/** Sums of the worlds of the prototype with which this engine was first defined. */
const PROTOTYPE = [
  {
    observers: 3,
    seed: 7,
    checks: 291,
    count: 56,
    faults: 3637876620,
    probes: 1834733129,
    truth: 2434418328,
    messages: 1725336757,
  },
  {
    observers: 5,
    seed: 61,
    checks: 295,
    count: 62,
    faults: 4022162249,
    probes: 3439631831,
    truth: 813768516,
    messages: 4071774547,
  },
  {
    observers: 9,
    seed: 12,
    checks: 320,
    count: 60,
    faults: 3478196108,
    probes: 2158394886,
    truth: 2281996097,
    messages: 1800305339,
  },
]

describe.each(PROTOTYPE)('[SI1] the world of seed $seed with $observers observers', (known) => {
  const { observers, seed } = known
  const world = new World({ observers, seed, durationMs: 6 * HOUR_MS })

  test('has the same faults in every version', () => {
    expect(world.topology.checks).toHaveLength(known.checks)
    expect(world.faults).toHaveLength(known.count)
    const sum = createSum()
    for (const { type, from, to } of world.faults) sum.add(TYPES.indexOf(type) + 1, from, to)
    expect(sum.value).toBe(known.faults)
    const truth = createSum()
    for (const outages of world.truth)
      for (const { from, to, scopes } of outages) truth.add(from, to, scopes.length)
    expect(truth.value).toBe(known.truth)
  })

  test('answers each probe and carries each message as it always did', () => {
    const sum = createSum()
    for (let i = 0; i < 20_000; i++) {
      const observer = i % observers
      const check = (i * 7) % known.checks
      const startedAt = (i * 1077) % world.durationMs
      const { seen, tookMs } = world.probe(observer, check, startedAt)
      const message = { observer, check, startedAt, endedAt: startedAt + tookMs, seq: i }
      sum.add(seen, tookMs, world.arrivalAt(message, i % 2) ?? -1)
      sum.add(world.repeatedAfterMs(observer, i, i % 2) ?? -1)
      sum.add(world.wallErrorMs(observer, startedAt), world.correctedErrorMs(observer, startedAt))
      sum.add(Number(world.isReachable(observer, startedAt)))
    }
    expect(sum.value).toBe(known.probes)
  })

  test('[SI4] sends the same messages, in the same order, to a hub', () => {
    const hour = new World({ observers, seed, durationMs: HOUR_MS })
    const sum = createSum()
    for (const { arrivals } of arrivalsOf(hour, 1)) {
      for (const one of arrivals) {
        sum.add(one.arrivesAt, one.observer, one.check, one.seen, one.startedAt, one.seq)
      }
    }
    expect(sum.value).toBe(known.messages)
  })
})

test('[SI1] who asks twice gets the same answer', () => {
  const world = new World({ observers: 4, seed: 3, durationMs: HOUR_MS })
  const again = new World({ observers: 4, seed: 3, durationMs: HOUR_MS })
  for (let t = 0; t < HOUR_MS; t += 7_001)
    expect(again.probe(t % 4, t % 200, t)).toEqual(world.probe(t % 4, t % 200, t))
})

test('[SI5] a probe ends with its own timeout, and none is answered by an observer that is cut off', () => {
  const world = new World({ observers: 5, seed: 61, durationMs: 24 * HOUR_MS })
  const hang = world.faults.find((fault) => fault.type === 'service' && fault.how === 'hang')
  if (hang?.type !== 'service') throw new Error('no service hangs in this world')
  expect(world.probe(0, hang.check, hang.from, 5_000)).toEqual({ seen: 2, tookMs: 5_000 })
  const stress = new World({
    observers: 5,
    seed: 61,
    durationMs: 24 * HOUR_MS,
    rates: RATES.stress,
  })
  const cut = stress.faults.find((fault) => fault.type === 'isolate' && !fault.isOutOfBand)
  if (cut?.type !== 'isolate') throw new Error('nobody is cut off in this world')
  expect(stress.isReachable(cut.observer, cut.from)).toBe(false)
  expect(stress.isReachable(cut.observer, cut.to)).toBe(true)
  const message = {
    observer: cut.observer,
    check: 1,
    startedAt: cut.from,
    endedAt: cut.from + 1,
    seq: 9,
  }
  expect(stress.arrivalAt(message, 0) ?? Infinity).toBeGreaterThanOrEqual(cut.to)
})

test('[SI6] stress has about four times the faults of observers, calm a quarter, and the targets are as they were', () => {
  const topology = createWorldTopology(5, 1)
  const countOf = (climate: keyof typeof RATES, isOfTarget: boolean): number =>
    planFaults(topology, 1, 60 * 24 * HOUR_MS, RATES[climate]).faults.filter(
      ({ type }) => ['service', 'host', 'site'].includes(type) === isOfTarget,
    ).length
  expect(countOf('stress', false) / countOf('default', false)).toBeCloseTo(4, 0)
  expect(countOf('default', false) / countOf('calm', false)).toBeCloseTo(4, 0)
  expect(countOf('stress', true) / countOf('default', true)).toBeCloseTo(1, 0)
})

test('a world has two to nine observers', () => {
  expect(() => createWorldTopology(1, 1)).toThrow('2 to 9')
  expect(() => createWorldTopology(10, 1)).toThrow('2 to 9')
})
