import { describe, expect, test } from 'vitest'
import { systemClock } from '../../adapters/system/clock.ts'
import { MESSAGE_VERSION } from '../../wire/subjects.ts'
import { workOf } from '../../wire/work.ts'
import {
  byWhom,
  CHECKS,
  clusterOf,
  DURATION_MS,
  INTERVAL_MS,
  statsOf,
  WITH_EXECUTOR,
} from '../../../test/sharing-cluster.ts'
import {
  CLUSTER,
  createVirtualCluster,
  doubledSlots,
  fleetOfChecks,
  gaps,
  planOf,
  type VirtualCluster,
} from '../../../test/virtual-cluster.ts'
import { WorkSharing } from './work-sharing.ts'

describe('plugins that find no place', () => {
  test('[SH1, SH2, SH3] run at an executor; results are the owner’s, each slot once and in time', async () => {
    const cluster = await clusterOf(WITH_EXECUTOR)
    const from = cluster.realMs
    await cluster.pass(120_000)
    expect(byWhom(cluster, from)).toEqual(['east.c1', 'east.x1'])
    expect(doubledSlots(cluster.runs, from)).toEqual([])
    expect(gaps(cluster.runs, CHECKS, from, cluster.realMs)[0]?.ms).toBeLessThan(
      INTERVAL_MS + 1_500,
    )
    const results = cluster.results.filter(({ realMs }) => realMs >= from + DURATION_MS)
    expect(new Set(results.map(({ owner }) => owner))).toEqual(new Set(['east.c1']))
    for (const { dueAt, startedAt, finishedAt } of results) {
      expect(Math.abs(finishedAt - startedAt - DURATION_MS)).toBeLessThan(20)
      expect(startedAt - dueAt).toBeGreaterThanOrEqual(0)
    }
    expect(statsOf(cluster, 'c1')).toMatchObject({ lost: 0, late: 0, homeless: 0 })
    expect(statsOf(cluster, 'x1').taken).toBe(statsOf(cluster, 'c1').given)
    expect(cluster.counts()).toEqual({ c1: CHECKS.length, x1: 0 })
  })

  test('[SH1] what has a place is run at home; built-in checks stay and wait', async () => {
    const roomy = await clusterOf({ ...WITH_EXECUTOR, c1: { slots: 40 } })
    await roomy.pass(60_000)
    expect(byWhom(roomy, 0)).toEqual(['east.c1'])
    const builtins = fleetOfChecks(40, 0, { intervalMs: INTERVAL_MS })
    const waiting = await clusterOf(WITH_EXECUTOR, builtins)
    await waiting.pass(60_000)
    expect(byWhom(waiting, 0)).toEqual(['east.c1'])
    expect(waiting.member('c1').scheduler.waiting).toBeGreaterThan(0)
  })

  test('[SH3] their owner’s clock may differ from the member’s by a minute', async () => {
    const cluster = createVirtualCluster({ checks: CHECKS, durationMs: DURATION_MS })
    cluster.skew('x1', 60_000)
    for (const [name, settings] of Object.entries(WITH_EXECUTOR)) cluster.start(name, settings)
    await cluster.pass(120_000)
    expect(statsOf(cluster, 'x1').taken).toBeGreaterThan(50)
    for (const { dueAt, startedAt, finishedAt } of cluster.results) {
      expect(Math.abs(finishedAt - startedAt - DURATION_MS)).toBeLessThan(20)
      expect(Math.abs(startedAt - dueAt)).toBeLessThan(INTERVAL_MS)
    }
  })

  test('[SH2] never more than twice the own places are with others, and no more than they have room for', async () => {
    const cluster = await clusterOf({ c1: { slots: 1 }, x1: { slots: 50, role: 'executor' } })
    for (let turn = 0; turn < 600; turn++) {
      await cluster.pass(50)
      const { handedOut, homeless } = statsOf(cluster, 'c1')
      expect(handedOut + homeless).toBeLessThanOrEqual(2)
    }
    const tight = await clusterOf({ c1: { slots: 4 }, x1: { slots: 1, role: 'executor' } })
    for (let turn = 0; turn < 600; turn++) {
      await tight.pass(50)
      expect(statsOf(tight, 'x1').guests).toBeLessThanOrEqual(1)
    }
    expect(statsOf(tight, 'c1').refused).toBeLessThan(60)
  })

  test('[SH9] members with hosts help each other, and keep a quarter of their places', async () => {
    const pins = Object.fromEntries(CHECKS.map(({ hostName }) => [hostName, 'c1']))
    const cluster = createVirtualCluster({
      checks: CHECKS,
      durationMs: DURATION_MS,
      terms: { pins },
    })
    cluster.start('c1', { slots: 2 })
    cluster.start('c2', { slots: 4 })
    await cluster.pass(60_000)
    const from = cluster.realMs
    for (let turn = 0; turn < 600; turn++) {
      await cluster.pass(50)
      expect(statsOf(cluster, 'c2').guests).toBeLessThanOrEqual(3)
    }
    expect(byWhom(cluster, from)).toEqual(['east.c1', 'east.c2'])
    expect(doubledSlots(cluster.runs, from)).toEqual([])
    expect(cluster.counts()).toMatchObject({ c2: 0 })
  })

  test('[SH9] room is what the places leave free, and nothing while own checks wait', async () => {
    const cluster = await clusterOf({ x1: { slots: 8, role: 'executor' } })
    const { loop, executor } = cluster.member('x1')
    const roomOf = (role: 'full' | 'executor', running: number, waiting: number): number => {
      const sharing = new WorkSharing({
        id: 'east.c2',
        cluster: CLUSTER,
        boot: 'b',
        role,
        bus: cluster.network.join('east.c2'),
        clock: systemClock,
        log: cluster.log,
        executor,
        places: () => ({ slots: 8, running }),
        members: loop,
        waiting: () => waiting,
        finished: () => undefined,
        wake: () => undefined,
      })
      const { room } = sharing
      sharing.close()
      return room
    }
    expect([roomOf('executor', 0, 0), roomOf('full', 0, 0)]).toEqual([8, 6])
    expect([roomOf('executor', 5, 0), roomOf('full', 5, 0)]).toEqual([3, 3])
    expect([roomOf('executor', 8, 0), roomOf('full', 3, 1)]).toEqual([0, 0])
  })

  test('[SH9] a cordoned executor gets nothing, an uncordoned one again', async () => {
    const cluster = await clusterOf(WITH_EXECUTOR)
    const order = async (kind: 'cordon' | 'uncordon'): Promise<void> => {
      const answered = cluster.order('x1', { kind })
      await cluster.pass(10_000)
      await answered
    }
    await order('cordon')
    const from = cluster.realMs
    await cluster.pass(20_000)
    expect(byWhom(cluster, from)).toEqual(['east.c1'])
    await order('uncordon')
    const again = cluster.realMs
    await cluster.pass(20_000)
    expect(byWhom(cluster, again)).toEqual(['east.c1', 'east.x1'])
  })

  test('[SH2, SH10] not while the other follows another plan', async () => {
    const cluster = await clusterOf(WITH_EXECUTOR)
    const { loop } = cluster.member('x1')
    const plan = planOf(CHECKS)
    if (plan.cluster === undefined) throw new Error('the plan is of no cluster')
    loop.follow({ ...plan, revision: 'r2' }, plan.cluster, new Map())
    await cluster.pass(5_000)
    const { refused } = statsOf(cluster, 'c1')
    const from = cluster.realMs
    await cluster.pass(20_000)
    expect(byWhom(cluster, from)).toEqual(['east.c1'])
    // It is not even asked.
    expect(statsOf(cluster, 'c1').refused).toBe(refused)
    await expect(offerTo(cluster, { revision: 'r1' })).rejects.toThrow('another plan')
  })

  test('[SH10] with the runtime macros of their owner, when they have any', async () => {
    const cluster = await clusterOf(WITH_EXECUTOR)
    const there = cluster.runs.filter(({ by }) => by === 'east.x1')
    expect(there.length).toBeGreaterThan(50)
    expect(there.filter(({ macros }) => macros['OWNER'] !== 'east.c1')).toEqual([])
  })

  test('[SH10] what is no plugin of this plan, and what comes from elsewhere, is refused', async () => {
    const checks = [...CHECKS, ...fleetOfChecks(1, 1).slice(1)]
    const cluster = await clusterOf(WITH_EXECUTOR, checks)
    await expect(offerTo(cluster, { checkId: 'nobody' })).rejects.toThrow('not in the plan')
    await expect(offerTo(cluster, { checkId: 'h0!s0' })).rejects.toThrow('no plugin')
    await expect(offerTo(cluster, { owner: 'west.c1' })).rejects.toThrow('another cluster')
    await expect(offerTo(cluster, { owner: 'east.x1' })).rejects.toThrow('my own')
  })

  test('[SH12] an executor that is alone has no hosts and runs nothing', async () => {
    const cluster = await clusterOf({ x1: { slots: 8, role: 'executor' } })
    await cluster.pass(60_000)
    expect(cluster.runs).toEqual([])
  })
})

async function offerTo(
  cluster: VirtualCluster,
  changes: Readonly<{ revision?: string; checkId?: string; owner?: string }>,
): Promise<unknown> {
  const answered = cluster.network.join('west.c9').request(
    workOf('east'),
    {
      version: MESSAGE_VERSION,
      lease: 'forged.1',
      owner: 'east.c7',
      revision: 'r1',
      checkId: 'h0' as never,
      origin: 'scheduled',
      dueAt: 0 as never,
      macros: {},
      ...(changes as object),
    },
    1_000,
  )
  answered.catch(() => undefined)
  await cluster.pass(1_500)
  return answered
}
