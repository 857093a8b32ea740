import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { planFileAt } from '../../src/adapters/files/plan-file.ts'
import { createMemoryBus } from '../../src/adapters/memory/bus.ts'
import { openDatabase, type Database } from '../../src/adapters/postgres/database.ts'
import { systemClock } from '../../src/adapters/system/clock.ts'
import { silentLog } from '../../src/base/log.ts'
import { createPlanKeeper, type PlanKeeper } from '../../src/collector/plan-keeper.ts'
import { parseCollectorId, UNWRITTEN } from '../../src/domain/cluster.ts'
import type { Fleet } from '../../src/domain/fleet.ts'
import { ApplyLine } from '../../src/orchestrator/apply-line.ts'
import type { ApplyWork } from '../../src/orchestrator/apply-work.ts'
import { createEpochs, type Epochs } from '../../src/orchestrator/epochs.ts'
import { clusterPlans, NO_SHARING, type PlanBook } from '../../src/orchestrator/plan.ts'
import { deliverPlans, type PlanDelivery } from '../../src/orchestrator/plan-delivery.ts'
import type { Addressee } from '../../src/orchestrator/ports.ts'
import type { Bus } from '../../src/wire/bus.ts'
import {
  MESSAGE_VERSION,
  planAcknowledgement,
  planProposal,
  type Plan,
} from '../../src/wire/subjects.ts'
import { fleetOf } from '../fleet-of.ts'
import { startTestDatabase, type TestDatabase } from './postgres.ts'

/** Apply jobs of a hub with a real database, and collectors of two clusters with plans on real disks. */

const HUB = 'hub-a'

let server: TestDatabase
let database: Database
beforeAll(async () => {
  server = await startTestDatabase()
  database = await openDatabase({
    url: server.url,
    folder: '',
    retention: { resultsDays: 1, seriesDays: 1 },
    clock: systemClock,
    log: silentLog,
  })
}, 60_000)
afterAll(async () => {
  await database?.close()
  await server?.close()
})

interface TestCollector {
  readonly id: string
  readonly plans: Plan[]
  readonly keeper: PlanKeeper
}

let folder: string
let bus: Bus
let live: Addressee[]
let members: Addressee[]
let collectors: TestCollector[]
let book: PlanBook
let epochs: Epochs
let line: ApplyLine
let delivery: PlanDelivery
let number = 0
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parallax-plans-'))
  bus = createMemoryBus()
  live = []
  members = []
  collectors = []
  book = clusterPlans(fleetWith(0), { revision: 'r0', epoch: 0, hub: '' }, NO_SHARING)
  epochs = createEpochs(0)
  const roster = { live: () => live, members: () => members }
  line = new ApplyLine({
    store: database.configuration,
    hub: HUB,
    bus,
    collectors: roster,
    active: () => book.edition.revision,
    clock: systemClock,
    log: silentLog,
    nextId: () => `cluster-job-${++number}`,
  })
  delivery = deliverPlans({
    hub: HUB,
    bus,
    collectors: roster,
    book: () => book,
    epochs,
    log: silentLog,
  })
})
afterEach(async () => {
  await Promise.all(collectors.map(({ keeper }) => keeper.close()))
  await line.close()
  delivery.close()
  await bus.close()
  rmSync(folder, { recursive: true })
})

/** `host-0` is in the west, the others in the east. */
function fleetWith(hosts: number): Fleet {
  const names = Array.from({ length: hosts }, (_, n) => `host-${n}`)
  const clusters = Object.fromEntries(names.map((name, n) => [name, n === 0 ? 'west' : 'east']))
  return {
    ...fleetOf({ hosts, servicesPerHost: 1, clusters }),
    clusters: new Map(['west', 'east'].map((name) => [name, { ...UNWRITTEN, name }])),
  }
}

function work(revision: string, fleet: Fleet, timeoutMs = 5_000): ApplyWork {
  return {
    kind: 'apply',
    author: 'ann',
    message: '',
    timeoutMs,
    bytes: 0,
    prepare: async () => {
      const next = clusterPlans(fleet, { revision, epoch: epochs.next(), hub: HUB }, NO_SHARING)
      return {
        revision,
        changed: 1,
        problems: [],
        book: () => next,
        activation: () => ({
          revision,
          epoch: next.edition.epoch,
          hub: HUB,
          sharing: NO_SHARING,
          isPinned: false,
          hosts: fleet.hosts.size,
          services: fleet.services.size,
          manifest: [],
          writes: [],
          isSame: false,
        }),
        activate() {
          epochs.hear(next.edition.epoch)
          book = next
        },
      }
    },
  }
}

async function apply(revision: string, fleet: Fleet, timeoutMs?: number) {
  const { id } = await line.start(work(revision, fleet, timeoutMs))
  return line.ended(id)
}

function addressee(id: string): Addressee {
  return { id, cluster: parseCollectorId(id)?.cluster ?? '' }
}

/** A collector that follows plans and checks nothing. */
async function start(id: string, hubs: readonly string[] = [HUB]): Promise<TestCollector> {
  const plans: Plan[] = []
  const keeper = createPlanKeeper({
    name: id,
    boot: `boot-${++number}`,
    program: '1',
    hubs,
    bus,
    clock: systemClock,
    log: silentLog,
    file: planFileAt(join(folder, `${id}.gz`)),
    follow: (plan) => void plans.push(plan),
  })
  const collector = { id, plans, keeper }
  collectors.push(collector)
  await keeper.begin()
  return collector
}

async function joined(id: string): Promise<TestCollector> {
  const collector = await start(id)
  live = [...live, addressee(id)]
  members = [...members, addressee(id)]
  return collector
}

async function stop(collector: TestCollector): Promise<void> {
  await collector.keeper.close()
  collectors = collectors.filter((one) => one !== collector)
  live = live.filter(({ id }) => id !== collector.id)
}

const hostsIn = (plan: Plan | undefined): readonly string[] => [
  ...new Set((plan?.checks ?? []).map(({ hostName }) => hostName)),
]

describe('[PN2, PN11] an apply', () => {
  test('gives each collector the plan of its own cluster, and those that come the newest', async () => {
    const [west, east1, east2] = [
      await joined('west.c1'),
      await joined('east.c1'),
      await joined('east.c2'),
    ]
    const job = await apply('r1', fleetWith(3))
    expect(job).toMatchObject({ state: 'active', reason: null })
    expect(job.collectors.map(({ collector, state }) => `${collector} ${state}`)).toEqual([
      'west.c1 active',
      'east.c1 active',
      'east.c2 active',
    ])
    expect(hostsIn(west.plans.at(-1))).toEqual(['host-0'])
    expect(hostsIn(east1.plans.at(-1))).toEqual(['host-1', 'host-2'])
    expect(east2.plans.at(-1)).toEqual(east1.plans.at(-1))

    await stop(east2)
    const without = await apply('r2', fleetWith(4))
    expect(without.state).toBe('active')
    expect(without.collectors.map(({ collector, state }) => `${collector} ${state}`)).toEqual([
      'west.c1 active',
      'east.c1 active',
      'east.c2 away',
    ])

    // It begins with what it had, and then hears of the newer one.
    const back = await start('east.c2')
    await expect.poll(() => back.plans.map(({ revision }) => revision)).toEqual(['r1', 'r2'])
    expect(hostsIn(back.plans.at(-1))).toEqual(['host-1', 'host-2', 'host-3'])

    const late = await start('east.c3')
    await expect.poll(() => late.plans.map(({ revision }) => revision)).toEqual(['r2'])
  })
  test('works without any collector, and says so', async () => {
    const job = await apply('r3', fleetWith(2))
    expect(job).toMatchObject({
      state: 'active',
      collectors: [],
      reason: 'no collector is there; each follows it when it comes',
    })
  })
  test('reaches one that comes while the others look at it', async () => {
    const staged = Promise.withResolvers<void>()
    const slow = addressee('west.slow')
    live = [slow]
    members = [slow]
    const say = (job: string, kind: 'staged' | 'active') =>
      bus.publish(planAcknowledgement(HUB, slow.id), {
        version: MESSAGE_VERSION,
        job,
        collector: slow.id,
        answer: { kind },
      })
    bus.subscribe(planProposal(slow.id), async ({ job }) => {
      await staged.promise
      await say(job, 'staged')
      await say(job, 'active')
    })
    const { id } = await line.start(work('r4', fleetWith(2)))
    await expect.poll(async () => (await line.job(id, 0))?.state).toBe('staging')
    const newcomer = await joined('east.c9')
    staged.resolve()
    await expect.poll(() => newcomer.plans.at(-1)?.revision).toBe('r4')
  })
})

describe('[PN12] a collector that dies while it is asked', () => {
  test('does not make the job fail', async () => {
    const east = await joined('east.c1')
    const dying = addressee('east.dying')
    live = [...live, dying]
    members = [...members, dying]
    bus.subscribe(planProposal(dying.id), () => {
      live = live.filter(({ id }) => id !== dying.id)
    })
    const job = await apply('r5', fleetWith(2), 20_000)
    expect(job).toMatchObject({ state: 'active', reason: null })
    expect(job.collectors.map(({ collector, state }) => `${collector} ${state}`)).toEqual([
      'east.c1 active',
      'east.dying away',
    ])
    expect(east.plans.at(-1)?.revision).toBe('r5')
  }, 20_000)
})

test('[PN13] an answer under the name of another does not count', async () => {
  const east = addressee('east.c1')
  live = [east]
  members = [east]
  bus.subscribe(planProposal(east.id), ({ job }) =>
    bus.publish(planAcknowledgement(HUB, 'west.c1'), {
      version: MESSAGE_VERSION,
      job,
      collector: east.id,
      answer: { kind: 'refused', reason: 'I say so' },
    }),
  )
  const job = await apply('r6', fleetWith(2), 1_000)
  expect(job).toMatchObject({ state: 'failed', reason: 'no answer within 1 s from east.c1' })
})

describe('[PN4, PN5] an epoch', () => {
  test('is stored with each activation, and is renewed only upwards', async () => {
    const { configuration: store } = database
    epochs.hear(41)
    await apply('r7', fleetWith(2))
    expect(await store.activeActivation()).toMatchObject({
      revision: 'r7',
      epoch: 42,
      hub: HUB,
      sharing: NO_SHARING,
    })
    const sharing = { costs: { 'host-0': 2.5 }, revoked: ['east.c9'] }
    await store.renewEpoch({ epoch: 43, hub: 'hub-b', sharing })
    expect(await store.activeActivation()).toMatchObject({
      revision: 'r7',
      epoch: 43,
      hub: 'hub-b',
      sharing,
    })
    await store.renewEpoch({ epoch: 42, hub: HUB, sharing: NO_SHARING })
    expect(await store.activeActivation()).toMatchObject({ epoch: 43, sharing })
  })
  test('takes what members share with it from the activation before', async () => {
    const { configuration: store } = database
    epochs.hear(60)
    await apply('r8', fleetWith(2))
    await store.renewEpoch({ epoch: 62, hub: HUB, sharing: { costs: { a: 1 }, revoked: [] } })
    epochs.hear(62)
    await apply('r9', fleetWith(2))
    const [now, before] = await store.revisions(2, undefined)
    expect(now).toMatchObject({ revision: 'r9', epoch: 63 })
    expect(before).toMatchObject({ revision: 'r8', epoch: 62, sharing: NO_SHARING })
  })
})
