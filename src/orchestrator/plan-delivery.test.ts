import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fleetOf } from '../../test/fleet-of.ts'
import { createTestLog, type TestLog } from '../../test/test-log.ts'
import { createMemoryBus } from '../adapters/memory/bus.ts'
import { UNWRITTEN } from '../domain/cluster.ts'
import { Refused, type Bus } from '../wire/bus.ts'
import { helloTo, type Hello } from '../wire/cluster.ts'
import { MESSAGE_VERSION, plan as planTo, type Plan } from '../wire/subjects.ts'
import { createEpochs, type Epochs } from './epochs.ts'
import { clusterPlans, NO_SHARING, type PlanBook } from './plan.ts'
import { deliverPlans, type PlanDelivery } from './plan-delivery.ts'

const fleet = {
  ...fleetOf({ hosts: 2, servicesPerHost: 0, clusters: { 'host-1': 'east' } }),
  clusters: new Map([['east', { ...UNWRITTEN, name: 'east' }]]),
}

const bookOf = (revision: string, epoch: number): PlanBook =>
  clusterPlans(fleet, { revision, epoch, hub: 'hub-a' }, NO_SHARING)

let bus: Bus
let log: TestLog
let book: PlanBook
let epochs: Epochs
let delivery: PlanDelivery
let live: { readonly id: string; readonly cluster: string }[]
beforeEach(() => {
  bus = createMemoryBus()
  log = createTestLog()
  book = bookOf('r5', 5)
  epochs = createEpochs(5)
  live = []
  const collectors = { live: () => live, members: () => live }
  delivery = deliverPlans({ hub: 'hub-a', bus, collectors, book: () => book, epochs, log })
})
afterEach(() => bus.close())

async function ask(collector: string, more: Partial<Hello> = {}, as = collector) {
  const hello = {
    version: MESSAGE_VERSION,
    collector,
    boot: 'b',
    program: '1',
    revision: '',
    epoch: 0,
  }
  const { hub, plan } = await bus.request(helloTo('hub-a', as), { ...hello, ...more }, 1_000)
  expect(hub).toBe('hub-a')
  return plan
}

describe('[PN7] who asks', () => {
  test('gets the plan of his own cluster', async () => {
    expect((await ask('east.c1'))?.checks.map(({ id }) => id)).toEqual(['host-1'])
    expect((await ask('default.c1'))?.checks.map(({ id }) => id)).toEqual(['host-0'])
    expect((await ask('closed.c1'))?.checks).toEqual([])
  })
  test('gets the same object as the one who asked before', async () => {
    const [first, second] = [await ask('east.c1'), await ask('east.c2')]
    expect(first).toBe(second)
  })
  test('gets none when his own is as new, or newer', async () => {
    expect(await ask('east.c1', { epoch: 5, revision: 'r5' })).toBeUndefined()
    expect(await ask('east.c1', { epoch: 6, revision: 'r6' })).toBeUndefined()
    expect(await ask('east.c1', { epoch: 4, revision: 'r5' })).toBeDefined()
    // Which of the two wins he decides himself.
    expect(await ask('east.c1', { epoch: 5, revision: 'other' })).toBeDefined()
  })
})

test('[PN8] who asks under the name of another is refused', async () => {
  await expect(ask('default.c1', {}, 'east.c1')).rejects.toThrow(Refused)
})

test('[PN4] a hub that is behind its collectors hears of it, and its next epoch is greater', async () => {
  await ask('east.c1', { epoch: 9, revision: 'r9' })
  await ask('east.c1', { epoch: 9, revision: 'r9' })
  expect(epochs.next()).toBe(10)
  expect(log.warnings).toMatchObject([{ fields: { collector: 'east.c1', epoch: 9, own: 5 } }])
  await ask('east.c2', { epoch: Number.MAX_SAFE_INTEGER })
  expect(epochs.next()).toBe(10)
  expect(log.warnings[1]?.message).toBe('a collector says that it follows an impossible epoch')
})

test('[PN9] a plan that was refused is not sent again, and its reason is known', async () => {
  const refused = { revision: 'r5', epoch: 5, reason: 'x: the built-in check is unknown here' }
  for (let round = 0; round < 3; round++)
    expect(await ask('east.c1', { epoch: 4, revision: 'r4', refused })).toBeUndefined()
  expect([...delivery.refusals()]).toEqual([['east.c1', refused.reason]])
  expect(log.warnings).toHaveLength(1)
  book = bookOf('r6', 6)
  expect([...delivery.refusals()]).toEqual([])
  expect(await ask('east.c1', { epoch: 4, revision: 'r4', refused })).toBeDefined()
  await ask('east.c1', { epoch: 6, revision: 'r6' })
  book = bookOf('r5', 5)
  expect([...delivery.refusals()]).toEqual([])
})

test('[PN5] what is active goes to every collector that is there', async () => {
  live = [
    { id: 'east.c1', cluster: 'east' },
    { id: 'default.c1', cluster: 'default' },
  ]
  const got: string[] = []
  for (const { id } of live)
    bus.subscribe(
      planTo(id),
      ({ checks, epoch }: Plan) => void got.push(`${id} ${checks[0]?.id} ${epoch}`),
    )
  delivery.announce()
  await expect.poll(() => got).toEqual(['east.c1 host-1 5', 'default.c1 host-0 5'])
  delivery.close()
  await expect(ask('east.c1')).rejects.toThrow('nobody answers')
})
