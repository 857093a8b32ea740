import { fc, test as property } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { COLLECTOR, createSenderRig, type ModelHub } from '../../../test/sender-rig.ts'
import { results as subjectOf } from '../../wire/subjects.ts'

describe('the way to several hubs', () => {
  const action = fc.oneof(
    fc.record({ kind: fc.constant('make' as const), count: fc.integer({ min: 1, max: 3_000 }) }),
    fc.record({ kind: fc.constantFrom('refuse', 'accept', 'store', 'crash'), hub: fc.nat(1) }),
    fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 100, max: 12_000 }) }),
    fc.constant({ kind: 'restart' as const }),
  )
  property.prop([fc.array(action, { maxLength: 14 })], {
    numRuns: 40,
    examples: [
      // The hub died with the last results of an earlier boot, and confirms those of this one all the time.
      [
        [
          { kind: 'make', count: 1 },
          { kind: 'restart' },
          { kind: 'pass', ms: 100 },
          { kind: 'crash', hub: 0 },
        ],
      ],
    ],
  })(
    '[OB3] [OB12] [OB18] whatever happens, in the end each hub holds all, and the outbox is empty',
    async (actions) => {
      using rig = createSenderRig(['hub-a', 'hub-b'])
      for (const step of actions) {
        if (step.kind === 'make') rig.make((step as { count: number }).count)
        else if (step.kind === 'pass') await rig.pass((step as { ms: number }).ms)
        else if (step.kind === 'restart') rig.restart()
        else {
          const { hub: n, kind } = step as { hub: number; kind: string }
          const hub = rig.models[n] as ModelHub
          if (kind === 'refuse') hub.isRefusing = true
          if (kind === 'accept') hub.isRefusing = false
          if (kind === 'store') hub.store()
          if (kind === 'crash') hub.crash()
        }
      }
      for (const hub of rig.models) hub.isRefusing = false
      for (let round = 0; round < 40 && rig.outbox().waiting > 0; round++) {
        rig.make(1)
        await rig.pass(8_000)
        for (const hub of rig.models) hub.store()
      }
      for (const hub of rig.models) {
        expect(rig.holdsAll(hub)).toBe(true)
        expect(hub.missing).toBe(0)
      }
      expect(rig.outbox().waiting).toBe(0)
    },
    120_000,
  )
})

test('[OB14] [OB15] after an outage the newest of each check come first, new results before the rest', async () => {
  using rig = createSenderRig(['hub-a'])
  const [hub] = rig.models as [ModelHub]
  rig.make(10)
  await rig.pass(500)
  hub.store()
  hub.isRefusing = true
  for (let n = 0; n < 40; n++) rig.make(500, 50)
  await rig.pass(10_000)
  hub.arrivals.length = 0
  hub.isRefusing = false
  rig.sender().hurry()
  await rig.pass(200)
  const first = hub.arrivals.slice(0, 50)
  const newest = rig.made.slice(-50)
  expect(new Set(first.map(({ seq }) => seq))).toEqual(new Set(newest.map(({ seq }) => seq)))
  const before = hub.arrivals.length
  rig.make(5, 50)
  await rig.pass(100)
  // One message of back-fill may have been on its way.
  const next = hub.arrivals.slice(before, before + 505).map(({ seq }) => seq)
  expect(next).toEqual(expect.arrayContaining(rig.made.slice(-5).map(({ seq }) => seq)))
  await rig.pass(2_000)
  expect(hub.arrivals.length).toBeLessThan(14_000)
  await rig.pass(6_500)
  expect(hub.arrivals).toHaveLength(20_005)
  expect(new Set(hub.arrivals.map(({ seq }) => seq)).size).toBe(20_005)
})

test('[OB16] what the outbox gave up is told to the hub, and its watermark passes it', async () => {
  using rig = createSenderRig(['hub-a'], 400_000)
  const [hub] = rig.models as [ModelHub]
  hub.isRefusing = true
  for (let n = 0; n < 20; n++) rig.make(500)
  await rig.pass(1_000)
  const { lost } = rig.outbox()
  expect(lost).toBeGreaterThan(2_000)
  hub.isRefusing = false
  await rig.pass(10_000)
  hub.store()
  expect(hub.missing).toBe(lost)
  expect(rig.holdsAll(hub)).toBe(true)
  expect(rig.outbox().waiting).toBe(0)
})

test('[OB18] a hub that is away delays no other, and what a hub confirmed is not sent to it again after a restart', async () => {
  using rig = createSenderRig(['hub-a', 'hub-b'])
  const [here, away] = rig.models as [ModelHub, ModelHub]
  away.isRefusing = true
  for (let n = 0; n < 6; n++) {
    rig.make(500)
    await rig.pass(200)
  }
  here.store()
  expect(rig.holdsAll(here)).toBe(true)
  expect(rig.outbox().waiting).toBe(3_000)
  away.isRefusing = false
  await rig.pass(6_000)
  away.store()
  expect(rig.outbox().waiting).toBe(0)
})

test('[OB17] heavy results go in several messages', async () => {
  using rig = createSenderRig(['hub-a'])
  const [hub] = rig.models as [ModelHub]
  const messages: number[] = []
  rig.bus.subscribe(
    subjectOf('hub-a', COLLECTOR),
    ({ results }) => void messages.push(results.length),
  )
  rig.makeHeavy(300)
  await rig.pass(200)
  expect(hub.arrivals).toHaveLength(300)
  expect(messages.length).toBeGreaterThan(3)
  expect(Math.max(...messages)).toBeLessThan(80)
})

test('[OB19] a hub that does not say what time it is gets nothing, and the present first when it does', async () => {
  using rig = createSenderRig(['hub-a', 'hub-b'])
  const [away, here] = rig.models as [ModelHub, ModelHub]
  rig.make(10)
  await rig.pass(200)
  away.store()
  away.isAnswering = false
  for (let n = 0; n < 10; n++) {
    rig.make(500, 50)
    await rig.pass(300)
  }
  expect(away.arrivals).toHaveLength(10)
  expect(here.arrivals).toHaveLength(5_010)
  expect(rig.sender().ways).toEqual([
    { hub: 'hub-a', isConnected: false },
    { hub: 'hub-b', isConnected: true },
  ])
  expect(rig.log.warnings.map(({ message }) => message)).toEqual([
    'results are not taken: they stay in the outbox',
  ])
  away.isAnswering = true
  rig.sender().hurry()
  await rig.pass(100)
  const first = away.arrivals.slice(10, 60).map(({ seq }) => seq)
  expect(new Set(first)).toEqual(new Set(rig.made.slice(-50).map(({ seq }) => seq)))
  await rig.pass(5_000)
  away.store()
  expect(rig.holdsAll(away)).toBe(true)
})

test('[OB16] while the disk does not answer nothing is told to be lost, and nothing is left out', async () => {
  using rig = createSenderRig(['hub-a'])
  const [hub] = rig.models as [ModelHub]
  hub.isRefusing = true
  rig.make(1_500)
  await rig.pass(500)
  rig.readable(false)
  hub.isRefusing = false
  await rig.pass(8_000)
  expect(hub.arrivals).toEqual([])
  rig.readable(true)
  await rig.pass(2_000)
  hub.store()
  expect(rig.holdsAll(hub)).toBe(true)
  expect(hub.missing).toBe(0)
})

test('[OB20] new results are not held up by the search for the newest of a large backlog', async () => {
  using rig = createSenderRig(['hub-a'])
  const [hub] = rig.models as [ModelHub]
  hub.isRefusing = true
  for (let n = 0; n < 60; n++) rig.make(500, 10)
  await rig.pass(300)
  hub.isRefusing = false
  rig.sender().hurry()
  await rig.pass(300)
  const before = hub.arrivals.length
  expect(before).toBe(10)
  rig.make(7, 10)
  await rig.pass(200)
  expect(hub.arrivals.slice(before).map(({ seq }) => seq)).toEqual(
    rig.made.slice(-7).map(({ seq }) => seq),
  )
})
