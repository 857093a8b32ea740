import { expect, test } from 'vitest'
import { beatOf } from '../../test/beats.ts'
import { createTestClock } from '../../test/test-clock.ts'
import { createMemoryBus } from '../adapters/memory/bus.ts'
import type { Instant } from '../base/instant.ts'
import { numbersOf } from '../base/metrics.ts'
import { hostCheckId, type CheckId } from '../domain/check-id.ts'
import { createRoster } from '../orchestrator/roster.ts'
import { BusUnavailable, Refused } from '../wire/bus.ts'
import { orderTo, type Beat } from '../wire/cluster.ts'
import { MESSAGE_VERSION, passive, recheck, type PassiveResults } from '../wire/subjects.ts'
import { reachRemote } from './remote-reach.ts'

const WEB = hostCheckId('web.east')
const DB = hostCheckId('db.west')

/** Hosts name their cluster after the dot. */
function world() {
  const clock = createTestClock()
  const bus = createMemoryBus()
  const roster = createRoster(clock)
  const reach = reachRemote({
    bus,
    roster,
    observersOf: (host) => host.split('.').slice(1),
    isScheduled: (id) => !id.startsWith('asked'),
  })
  let beats = 0
  const heard: string[] = []
  return {
    clock,
    bus,
    reach,
    heard,
    hear: (id: string, more: Partial<Beat> = {}) =>
      roster.hear(beatOf(id, ++beats, more), `beat.${id}`),
    /** Notes what a collector is asked to check now, and takes results. */
    work: (id: string): void => {
      bus.subscribe(recheck(id), ({ checkIds }) => void heard.push(`${id} ${checkIds.join(' ')}`))
      bus.answer(passive(id), ({ results }) => {
        heard.push(`${id} ${results.map(({ checkId }) => checkId).join(' ')}`)
        return { version: MESSAGE_VERSION }
      })
    },
  }
}

function resultOf(checkId: CheckId, at: Instant): PassiveResults['results'][number] {
  const outcome = { kind: 'exited', code: 0, output: 'fine', longOutput: '', perfdata: '' } as const
  return { checkId, startedAt: at, finishedAt: at, outcome }
}

test('a recheck goes to the live collectors of the cluster that has the host', async () => {
  const { hear, work, reach, heard, clock } = world()
  for (const id of ['east.c1', 'east.c2', 'west.c1']) work(id)
  hear('east.c1')
  clock.pass(3_000)
  hear('east.c2')
  hear('west.c1')
  await reach.recheck([WEB, DB], clock.now())
  expect(heard).toEqual([`east.c2 ${WEB}`, `west.c1 ${DB}`])
})

test('[OV12] a recheck of a host with several observers goes to each of them', async () => {
  const { hear, work, reach, heard, clock } = world()
  for (const id of ['east.c1', 'west.c1', 'north.c1']) work(id)
  hear('west.c1')
  hear('north.c1')
  const both = hostCheckId('web.east.west.north')
  const asked = hostCheckId('asked.east.north.west')
  await reach.recheck([both, asked], clock.now())
  // What is not run by schedule runs once: at the first that is there.
  expect(heard.toSorted()).toEqual([`north.c1 ${both} ${asked}`, `west.c1 ${both}`].toSorted())
})

test('[OV12] results from outside are kept by the first observer that takes them', async () => {
  const { hear, work, reach, heard, clock } = world()
  for (const id of ['west.c1', 'north.c1']) work(id)
  for (const id of ['north.c1', 'west.c1', 'east.c1']) hear(id)
  const both = hostCheckId('web.east.west.north')
  await reach.submit([resultOf(both, clock.now()), resultOf(DB, clock.now())])
  expect(heard).toEqual([`west.c1 ${both}`, `west.c1 ${DB}`])
  await expect(reach.submit([resultOf(hostCheckId('web.no.none'), clock.now())])).rejects.toThrow(
    "no collector of cluster 'no, none' takes results now",
  )
})

test('results that are handed in are kept by the first member that takes them', async () => {
  const { hear, work, reach, heard, clock } = world()
  hear('east.c1')
  hear('east.c2')
  work('east.c2')
  await reach.submit([resultOf(WEB, clock.now())])
  expect(heard).toEqual([`east.c2 ${WEB}`])
  await expect(reach.submit([resultOf(DB, clock.now())])).rejects.toThrow(
    "no collector of cluster 'west' takes results now",
  )
})

test('the status is the sum of all collectors that are live, and the worst lateness', () => {
  const { hear, reach, clock } = world()
  hear('east.c1')
  clock.pass(3_000)
  const load = { slots: 20, running: 3, waiting: 5, lateP99Ms: 900, loopLagMs: 0 }
  hear('east.c2', { load })
  hear('west.c1')
  expect(reach.status()).toEqual({
    outbox: { waiting: 8, lost: 2 },
    executor: { running: 4, slots: 30, waiting: 5, latenessP99Ms: 900 },
  })
})

test('[NW8] an order is answered by the collector, refused by it, or not heard', async () => {
  const { bus, hear, reach } = world()
  hear('east.c1')
  await expect(reach.order('east.c1', { kind: 'drain' }, 'ada')).rejects.toThrow(BusUnavailable)
  bus.answer(orderTo('east.c1'), ({ want, author }) => {
    if (want.kind === 'drain') throw new Refused(`not for ${author}`)
    return { version: MESSAGE_VERSION, standing: 'cordoned' }
  })
  await expect(reach.order('east.c1', { kind: 'drain' }, 'ada')).rejects.toThrow('not for ada')
  expect(await reach.order('east.c1', { kind: 'cordon' }, 'ada')).toBe('cordoned')
})

test('[NW6] the collector of a hub is not counted', () => {
  const { hear, reach, clock } = world()
  hear('hub.hub-a')
  hear('east.c1')
  clock.pass(3_000)
  hear('east.c2')
  expect(numbersOf(reach.metrics)).toEqual({
    parallax_collectors: 2,
    parallax_collectors_live: 1,
    parallax_collectors_forged_total: 0,
  })
})
