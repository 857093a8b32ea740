import { describe, expect, test } from 'vitest'
import {
  createVirtualCluster,
  doubledSlots,
  fleetOfChecks,
  gaps,
  type VirtualCluster,
} from '../../../test/virtual-cluster.ts'
import { storm } from '../../../test/cluster-storm.ts'

const INTERVAL_MS = 20_000
const TIMEOUT_MS = 5_000
const PACE = { intervalMs: INTERVAL_MS, retryIntervalMs: 5_000, timeoutMs: TIMEOUT_MS }
const CHECKS = fleetOfChecks(60, 2, PACE)
const NAMES = ['c1', 'c2', 'c3']

async function three(checks = CHECKS): Promise<VirtualCluster> {
  const cluster = createVirtualCluster({ checks })
  for (const name of NAMES) cluster.start(name)
  await cluster.pass(60_000)
  return cluster
}

const checksOf = (cluster: VirtualCluster, name: string): ReadonlySet<string> =>
  new Set(
    cluster.runs
      .filter(({ by, realMs }) => by === `east.${name}` && realMs > cluster.realMs - INTERVAL_MS)
      .map(({ id }) => id),
  )

/** How long after `from` each check was run by somebody else than `name`. */
function firstLooks(cluster: VirtualCluster, name: string, ids: ReadonlySet<string>, from: number) {
  return [...ids].map((id) => {
    const run = cluster.runs.find(
      (other) => other.id === id && other.realMs > from && other.by !== `east.${name}`,
    )
    return (run?.realMs ?? Number.POSITIVE_INFINITY) - from
  })
}

function expectSettled(cluster: VirtualCluster, from: number): void {
  const counts = Object.values(cluster.counts())
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(CHECKS.length)
  expect(counts.every((count) => count > 0)).toBe(true)
  expect(doubledSlots(cluster.runs, from)).toEqual([])
  const [worst] = gaps(cluster.runs, CHECKS, from, cluster.realMs)
  expect(worst?.ms).toBeLessThanOrEqual(INTERVAL_MS + 20)
}

describe('a collector that is lost', () => {
  test('[AG9] [AG18] killed: its checks are looked at within 5 seconds', async () => {
    const cluster = await three()
    const lost = checksOf(cluster, 'c2')
    const from = cluster.realMs
    cluster.kill('c2')
    await cluster.pass(30_000)
    expect(lost.size).toBeGreaterThan(30)
    expect(Math.max(...firstLooks(cluster, 'c2', lost, from))).toBeLessThan(5_000)
    expect(cluster.counts()['c2']).toBeUndefined()
  })

  test('[AG9] killed and started anew before anybody missed it: it takes part as a newcomer', async () => {
    const cluster = await three()
    const from = cluster.realMs
    cluster.kill('c2')
    cluster.start('c2')
    await cluster.pass(1_000)
    expect(cluster.counts()).toMatchObject({ c2: 0 })
    await cluster.pass(60_000)
    expectSettled(cluster, from + 10_000)
  })

  test('[AG10] each loss doubles the time until it has hosts again', async () => {
    const cluster = await three()
    const waits: number[] = []
    for (let loss = 0; loss < 4; loss++) {
      cluster.kill('c2')
      await cluster.pass(10_000)
      cluster.start('c2')
      const from = cluster.realMs
      while (cluster.counts()['c2'] === 0) await cluster.pass(100)
      waits.push(Math.round((cluster.realMs - from) / 1_000))
      await cluster.pass(5_000)
    }
    expect(waits).toEqual([5, 10, 20, 40])
  })

  test('[AG10] when nobody else is left it does not wait', async () => {
    const cluster = await three()
    for (let loss = 0; loss < 4; loss++) {
      cluster.kill('c2')
      await cluster.pass(5_000)
      cluster.start('c2')
      await cluster.pass(5_000)
    }
    const from = cluster.realMs
    for (const name of ['c1', 'c3']) cluster.kill(name)
    await cluster.pass(6_000)
    expect(cluster.counts()).toEqual({ c2: CHECKS.length })
    expect(cluster.realMs - from).toBe(6_000)
  })

  test('[AG13] hung: the others take over; when it goes on it runs nothing that was due meanwhile', async () => {
    const cluster = await three()
    const lost = checksOf(cluster, 'c2')
    const from = cluster.realMs
    cluster.freeze('c2')
    await cluster.pass(45_000)
    expect(Math.max(...firstLooks(cluster, 'c2', lost, from))).toBeLessThan(5_000)
    const thawedAt = cluster.realMs
    cluster.thaw('c2')
    await cluster.pass(4_500)
    const own = cluster.runs.filter(({ by, realMs }) => by === 'east.c2' && realMs >= thawedAt)
    expect(own).toEqual([])
    await cluster.pass(60_000)
    expectSettled(cluster, thawedAt)
  })

  test('[AG12] hung: nobody else is declared gone by it', async () => {
    const cluster = await three()
    cluster.freeze('c2')
    await cluster.pass(45_000)
    cluster.thaw('c2')
    await cluster.pass(10_000)
    const accused = cluster.log.warnings.flatMap(({ fields }) => fields['collector'] ?? [])
    expect(accused).toEqual(['east.c2', 'east.c2'])
  })

  test('[AG12] cut off: it keeps its own hosts, takes no others, and comes back as a newcomer', async () => {
    const cluster = await three()
    const own = cluster.counts()['c2']
    const lost = checksOf(cluster, 'c2')
    const from = cluster.realMs
    cluster.network.cut((id) => (id === 'east.c2' ? undefined : 'rest'))
    await cluster.pass(40_000)
    expect(cluster.counts()).toMatchObject({ c2: own })
    expect(Math.max(...firstLooks(cluster, 'c2', lost, from))).toBeLessThan(5_000)
    const healedAt = cluster.realMs
    cluster.network.heal()
    await cluster.pass(2_000)
    expect(cluster.counts()).toMatchObject({ c2: 0 })
    await cluster.pass(60_000)
    expectSettled(cluster, healedAt + 2_000)
  })

  test.each([0, 200, 400, 600, 800])(
    '[AG12] hearing again after %d ms more, it gives the others time to be heard too',
    async (moreMs) => {
      const cluster = await three()
      const lost = checksOf(cluster, 'c2')
      cluster.network.cut((id) => (id === 'east.c2' ? undefined : 'rest'))
      await cluster.pass(20_000 + moreMs)
      const healedAt = cluster.realMs
      cluster.network.heal()
      await cluster.pass(10_000)
      const accused = cluster.log.warnings.flatMap(({ fields }) => fields['collector'] ?? [])
      expect(accused).toEqual(['east.c2', 'east.c2'])
      const strayed = cluster.runs.filter(
        ({ by, realMs, id }) => by === 'east.c2' && realMs >= healedAt && !lost.has(id),
      )
      expect(strayed).toEqual([])
    },
  )

  test('[AG12] nobody has a bus: all go on as they are, and nobody is accused afterwards', async () => {
    const cluster = await three()
    const before = cluster.counts()
    const from = cluster.realMs
    cluster.network.cut(() => undefined)
    await cluster.pass(30_000)
    expect(cluster.counts()).toEqual(before)
    cluster.network.heal()
    await cluster.pass(30_000)
    expect(cluster.counts()).toEqual(before)
    expectSettled(cluster, from)
  })

  test('[AG14] parted: both parts check everything; the smaller one comes back without a gap', async () => {
    const cluster = await three()
    const from = cluster.realMs
    cluster.network.cut((id) => (id === 'east.c2' ? 'small' : 'large'))
    await cluster.pass(30_000)
    expect(cluster.counts()).toMatchObject({ c2: CHECKS.length })
    const healedAt = cluster.realMs
    cluster.network.heal()
    await cluster.pass(2_000)
    expect(cluster.counts()).toMatchObject({ c2: 0 })
    await cluster.pass(60_000)
    expectSettled(cluster, healedAt + 2_000)
    const [worst] = gaps(cluster.runs, CHECKS, from, cluster.realMs)
    expect(worst?.ms).toBeLessThanOrEqual(INTERVAL_MS + 5_000)
  })

  test('[AG14] parted in two equal parts: the first by name stays', async () => {
    const cluster = await three()
    cluster.kill('c3')
    await cluster.pass(10_000)
    cluster.network.cut((id) => id)
    await cluster.pass(10_000)
    expect(cluster.counts()).toEqual({ c1: CHECKS.length, c2: CHECKS.length })
    cluster.network.heal()
    await cluster.pass(2_000)
    expect(cluster.counts()).toEqual({ c1: CHECKS.length, c2: 0 })
    const from = cluster.realMs
    await cluster.pass(60_000)
    expectSettled(cluster, from)
  })
})

describe('whatever happens', () => {
  const FEW = fleetOfChecks(40, 1, PACE)
  const seeds = Array.from({ length: 12 }, (_, n) => n + 1)

  test.each(seeds)(
    '[AG6, AG9, AG14, AG19] storm %i: no slot is missed for long while one is well, none doubled when all are',
    async (seed) => {
      const settings = { seed, checks: FEW, faults: 15, spacingMs: 10_000, calmMs: 400_000 }
      const { cluster, story, calmAt, endAt } = await storm(settings)
      const told = story.join('\n')
      const [worst] = gaps(cluster.runs, FEW, 10_000, endAt)
      expect(worst?.ms, told).toBeLessThanOrEqual(INTERVAL_MS + TIMEOUT_MS + 3_000 + 100)
      // The longest hold-down is over.
      const settledAt = calmAt + 320_000
      expect(doubledSlots(cluster.runs, settledAt), told).toEqual([])
      const [late] = gaps(cluster.runs, FEW, settledAt, endAt)
      expect(late?.ms, told).toBeLessThanOrEqual(INTERVAL_MS + 20)
      const counts = Object.values(cluster.counts())
      expect(counts.length).toBe(4)
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(FEW.length)
    },
  )
})
