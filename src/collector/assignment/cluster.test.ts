import { describe, expect, test } from 'vitest'
import {
  createVirtualCluster,
  doubledSlots,
  fleetOfChecks,
  gaps,
  type VirtualCluster,
} from '../../../test/virtual-cluster.ts'
import { Refused } from '../../wire/bus.ts'

const INTERVAL_MS = 20_000
const CHECKS = fleetOfChecks(60, 2, {
  intervalMs: INTERVAL_MS,
  retryIntervalMs: 5_000,
  timeoutMs: 5_000,
})
/** Slots are run when time has passed, which goes in steps. */
const STEP_MS = 20

async function three(): Promise<VirtualCluster> {
  const cluster = createVirtualCluster({ checks: CHECKS })
  for (const name of ['c1', 'c2', 'c3']) {
    cluster.start(name)
    await cluster.pass(150)
  }
  await cluster.pass(60_000)
  return cluster
}

const total = (cluster: VirtualCluster): number =>
  Object.values(cluster.counts()).reduce((sum, count) => sum + count, 0)

function expectNoGapOrDouble(cluster: VirtualCluster, from: number): void {
  const [worst] = gaps(cluster.runs, CHECKS, from - INTERVAL_MS - STEP_MS, cluster.realMs)
  expect(worst?.ms).toBeLessThanOrEqual(INTERVAL_MS + STEP_MS)
  expect(doubledSlots(cluster.runs, from)).toEqual([])
}

describe('the first start', () => {
  test('[AG8] three that start together share from the first slot on', async () => {
    const cluster = await three()
    expect(total(cluster)).toBe(CHECKS.length)
    expect(Object.values(cluster.counts()).every((count) => count >= 40)).toBe(true)
    expect(doubledSlots(cluster.runs, 0)).toEqual([])
    const byCheck = Map.groupBy(cluster.runs, ({ id }) => id).values()
    const shared = [...byCheck].filter((runs) => new Set(runs.map(({ by }) => by)).size > 1)
    expect(shared.length).toBeLessThan(CHECKS.length / 10)
    const [worst] = gaps(cluster.runs, CHECKS, 12_000, cluster.realMs)
    expect(worst?.ms).toBeLessThanOrEqual(INTERVAL_MS + STEP_MS)
  })

  test('[AG8] one that is alone begins after a notice', async () => {
    const cluster = createVirtualCluster({ checks: CHECKS })
    cluster.start('c1')
    await cluster.pass(2_400)
    expect(cluster.counts()).toEqual({ c1: 0 })
    await cluster.pass(300)
    expect(cluster.counts()).toEqual({ c1: CHECKS.length })
  })

  test('[AG8] without a bus it waits, but not for ever', async () => {
    const cluster = createVirtualCluster({ checks: CHECKS })
    cluster.network.cut(() => undefined)
    cluster.start('c1')
    await cluster.pass(6_000)
    expect(cluster.counts()).toEqual({ c1: 0 })
    await cluster.pass(4_000)
    expect(cluster.counts()).toEqual({ c1: CHECKS.length })
  })
})

describe('planned moves', () => {
  test('[AG6] one that comes misses no slot and doubles none', async () => {
    const cluster = await three()
    const from = cluster.realMs
    cluster.start('c4')
    await cluster.pass(60_000)
    expect(cluster.member('c4').scheduler.checks).toBeGreaterThan(30)
    expect(total(cluster)).toBe(CHECKS.length)
    expectNoGapOrDouble(cluster, from)
  })

  test('[AG7] one that is stopped misses no slot and doubles none, also when it comes back', async () => {
    const cluster = await three()
    const from = cluster.realMs
    const stopped = cluster.stop('c2')
    await cluster.pass(20_000)
    await stopped
    expect(Object.keys(cluster.counts())).toEqual(['c1', 'c3'])
    cluster.start('c2')
    await cluster.pass(60_000)
    expect(Object.values(cluster.counts()).every((count) => count > 0)).toBe(true)
    expectNoGapOrDouble(cluster, from)
    expect(cluster.log.warnings).toEqual([])
  })

  test('[AG7] one after the other until one is left, who stops at once', async () => {
    const cluster = await three()
    const from = cluster.realMs
    for (const name of ['c1', 'c2']) {
      const stopped = cluster.stop(name)
      await cluster.pass(25_000)
      await stopped
    }
    expect(cluster.counts()).toEqual({ c3: CHECKS.length })
    expectNoGapOrDouble(cluster, from)
    const begun = cluster.realMs
    await cluster.member('c3').loop.leave(5_000)
    expect(cluster.realMs).toBe(begun)
  })

  test('[AG4] [AG11] a new weight changes the shares at one slot for all', async () => {
    const cluster = await three()
    const from = cluster.realMs
    const before = cluster.counts()
    const ordered = cluster.order('c1', { kind: 'weight', weight: 3 })
    await cluster.pass(60_000)
    expect(await ordered).toMatchObject({ standing: 'active' })
    expect(cluster.counts()['c1']).toBeGreaterThan((before['c1'] ?? 0) * 1.4)
    expect(total(cluster)).toBe(CHECKS.length)
    expectNoGapOrDouble(cluster, from)
  })

  test('[AG5] a plan with pins moves the hosts that are pinned', async () => {
    const cluster = await three()
    cluster.plan(CHECKS, { pins: { h0: 'c3', h1: 'c3', h2: 'c3' } })
    await cluster.pass(20_100)
    const from = cluster.realMs - INTERVAL_MS
    const by = cluster.runs.filter(({ id, realMs }) => realMs > from && /^h[012](!|$)/.test(id))
    expect(new Set(by.map((run) => run.by))).toEqual(new Set(['east.c3']))
    expectNoGapOrDouble(cluster, from)
  })
})

describe('orders', () => {
  test('[AG7] [AG11] drain hands over without a gap, uncordon brings it back', async () => {
    const cluster = await three()
    const from = cluster.realMs
    const drained = cluster.order('c1', { kind: 'drain' })
    await cluster.pass(10_000)
    expect(await drained).toMatchObject({ standing: 'leaving' })
    expect(cluster.counts()).toMatchObject({ c1: 0 })
    expect(cluster.member('c1').loop.stats().place.standing).toBe('cordoned')
    const lifted = cluster.order('c1', { kind: 'uncordon' })
    await cluster.pass(60_000)
    await lifted
    expect(cluster.counts()['c1']).toBeGreaterThan(40)
    expectNoGapOrDouble(cluster, from)
  })

  test('[AG11] cordon stops at once, and holds over a restart', async () => {
    const cluster = await three()
    const from = cluster.realMs
    const cordoned = cluster.order('c1', { kind: 'cordon' })
    await cluster.pass(200)
    expect(await cordoned).toMatchObject({ standing: 'cordoned' })
    expect(cluster.counts()).toMatchObject({ c1: 0 })
    expect(total(cluster)).toBe(CHECKS.length)
    cluster.kill('c1')
    cluster.start('c1')
    await cluster.pass(30_000)
    expect(cluster.counts()).toMatchObject({ c1: 0 })
    const [worst] = gaps(cluster.runs, CHECKS, from - INTERVAL_MS, cluster.realMs)
    expect(worst?.ms).toBeLessThanOrEqual(INTERVAL_MS + STEP_MS)
  })

  test('[AG7] [AG11] the last one is not drained, but can be cordoned', async () => {
    const cluster = createVirtualCluster({ checks: CHECKS })
    cluster.start('c1')
    await cluster.pass(10_000)
    const refused = expect(cluster.order('c1', { kind: 'drain' })).rejects.toThrow(Refused)
    await cluster.pass(200)
    await refused
    expect(cluster.counts()).toEqual({ c1: CHECKS.length })
    const cordoned = cluster.order('c1', { kind: 'cordon' })
    await cluster.pass(200)
    await cordoned
    expect(cluster.counts()).toEqual({ c1: 0 })
  })
})
