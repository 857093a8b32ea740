import { describe, expect, test } from 'vitest'
import { instant } from '../../base/instant.ts'
import type { Check } from '../../domain/check.ts'
import { beatOf } from '../../wire/cluster.ts'
import { MESSAGE_VERSION } from '../../wire/subjects.ts'
import { leaseEndTo, workOf, type LeaseEnd } from '../../wire/work.ts'
import {
  createVirtualCluster,
  doubledSlots,
  fleetOfChecks,
  gaps,
  planOf,
  type MemberSettings,
  type VirtualCluster,
} from '../../../test/virtual-cluster.ts'
import { Leases } from './leases.ts'

const INTERVAL_MS = 10_000
const TIMEOUT_MS = 5_000
const PLUGIN: Partial<Check> = {
  intervalMs: INTERVAL_MS,
  timeoutMs: TIMEOUT_MS,
  command: { kind: 'shell-line', line: 'check_slow', hasRuntimeMacros: false, environment: {} },
}
/** One second each, every ten seconds: four places are always taken. */
const CHECKS = fleetOfChecks(40, 0, PLUGIN)
const DURATION_MS = 1_000
/** A slot that was lost is run again by then: silence, the wait for a place, a run. */
const RECOVERED_MS = 15_000

async function clusterOf(
  members: Readonly<Record<string, MemberSettings>>,
  checks = CHECKS,
): Promise<VirtualCluster> {
  const cluster = createVirtualCluster({ checks, durationMs: DURATION_MS })
  for (const [name, settings] of Object.entries(members)) cluster.start(name, settings)
  await cluster.pass(60_000)
  return cluster
}

/** A collector that is too small, and one that helps it. */
const WITH_EXECUTOR = { c1: { slots: 2 }, x1: { slots: 8, role: 'executor' } } as const

const byWhom = (cluster: VirtualCluster, from: number): readonly string[] =>
  [...new Set(cluster.runs.filter(({ realMs }) => realMs >= from).map(({ by }) => by))].toSorted()

const statsOf = (cluster: VirtualCluster, name: string) => cluster.member(name).sharing.stats()

function doubledResults(cluster: VirtualCluster): readonly string[] {
  const slots = cluster.results.map(({ id, dueAt }) => `${id} ${dueAt}`)
  return slots.filter((slot, index) => slots.indexOf(slot) !== index)
}

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

  test('[SH10] not while the other follows another plan', async () => {
    const cluster = await clusterOf(WITH_EXECUTOR)
    const { loop } = cluster.member('x1')
    const plan = planOf(CHECKS)
    if (plan.cluster === undefined) throw new Error('the plan is of no cluster')
    loop.follow({ ...plan, revision: 'r2' }, plan.cluster, new Map())
    await cluster.pass(5_000)
    const from = cluster.realMs
    await cluster.pass(20_000)
    expect(byWhom(cluster, from)).toEqual(['east.c1'])
    await expect(offerTo(cluster, { revision: 'r1' })).rejects.toThrow('another plan')
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

describe('a lease', () => {
  test('[SH5, SH6] of an executor that is killed is lost after the silence: the execution is run here', async () => {
    const cluster = await clusterOf(WITH_EXECUTOR)
    const from = cluster.realMs
    expect(statsOf(cluster, 'x1').guests).toBeGreaterThan(0)
    cluster.kill('x1')
    await cluster.pass(RECOVERED_MS)
    const { lost, handedOut, homeless } = statsOf(cluster, 'c1')
    expect(lost).toBeGreaterThan(0)
    expect({ handedOut, homeless }).toEqual({ handedOut: 0, homeless: 0 })
    expect(doubledResults(cluster)).toEqual([])
    // Two places cannot do it all, but nothing is forgotten.
    await cluster.pass(60_000)
    expect(gaps(cluster.runs, CHECKS, from, cluster.realMs)[0]?.ms).toBeLessThan(30_000)
  })

  test('[SH6] is offered once more to another executor', async () => {
    const cluster = await clusterOf({ ...WITH_EXECUTOR, x2: { slots: 8, role: 'executor' } })
    const from = cluster.realMs
    cluster.kill('x1')
    await cluster.pass(60_000)
    expect(byWhom(cluster, from + 5_000)).toEqual(['east.c1', 'east.x2'])
    expect(statsOf(cluster, 'c1').lost).toBeGreaterThan(0)
    expect(doubledResults(cluster)).toEqual([])
    expect(gaps(cluster.runs, CHECKS, from, cluster.realMs)[0]?.ms).toBeLessThan(
      INTERVAL_MS + RECOVERED_MS,
    )
  })

  test('[SH5, SH7] of one that hangs is lost; what it ends later is dropped and counted', async () => {
    const cluster = await clusterOf(WITH_EXECUTOR)
    cluster.freeze('x1')
    await cluster.pass(20_000)
    const { lost } = statsOf(cluster, 'c1')
    expect(lost).toBeGreaterThan(0)
    cluster.thaw('x1')
    await cluster.pass(30_000)
    const { late, lost: lostInAll } = statsOf(cluster, 'c1')
    expect(late).toBeGreaterThan(0)
    expect(late).toBeLessThanOrEqual(lostInAll)
    expect(doubledResults(cluster)).toEqual([])
    const from = cluster.realMs
    await cluster.pass(30_000)
    expect(byWhom(cluster, from)).toEqual(['east.c1', 'east.x1'])
    expect(statsOf(cluster, 'c1').lost).toBe(lostInAll)
  })

  test('[SH5, SH7] across a partition is lost; after it each slot is run once again', async () => {
    const cluster = await clusterOf(WITH_EXECUTOR)
    cluster.network.cut((id) => id)
    await cluster.pass(20_000)
    expect(statsOf(cluster, 'c1').lost).toBeGreaterThan(0)
    expect(statsOf(cluster, 'c1').handedOut).toBe(0)
    cluster.network.heal()
    await cluster.pass(30_000)
    expect(doubledResults(cluster)).toEqual([])
    const from = cluster.realMs
    const { lost } = statsOf(cluster, 'c1')
    await cluster.pass(60_000)
    expect(byWhom(cluster, from)).toEqual(['east.c1', 'east.x1'])
    expect(doubledSlots(cluster.runs, from)).toEqual([])
    expect(statsOf(cluster, 'c1').lost).toBe(lost)
  })

  test('[SH8] survives its owner standing still', async () => {
    const cluster = await clusterOf(WITH_EXECUTOR)
    expect(statsOf(cluster, 'c1').handedOut).toBeGreaterThan(0)
    cluster.freeze('c1')
    await cluster.pass(2_500)
    cluster.thaw('c1')
    await cluster.pass(20_000)
    expect(statsOf(cluster, 'c1')).toMatchObject({ lost: 0, late: 0 })
    expect(doubledResults(cluster)).toEqual([])
  })

  test('[SH7] whose end comes twice counts once', async () => {
    const cluster = await clusterOf(WITH_EXECUTOR)
    cluster.network.disturb({ doubled: 1, delayMaxMs: 200 })
    const from = cluster.realMs
    await cluster.pass(60_000)
    expect(doubledResults(cluster)).toEqual([])
    expect(doubledSlots(cluster.runs, from)).toEqual([])
    expect(statsOf(cluster, 'c1')).toMatchObject({ lost: 0, late: 0 })
  })

  test('[SH5, SH7] on a bus that loses a tenth of all is lost now and then, the slot never', async () => {
    const cluster = await clusterOf(WITH_EXECUTOR)
    cluster.network.disturb({ lost: 0.1 })
    const from = cluster.realMs
    await cluster.pass(120_000)
    expect(statsOf(cluster, 'c1').lost).toBeGreaterThan(0)
    expect(doubledResults(cluster)).toEqual([])
    cluster.network.disturb({})
    await cluster.pass(30_000)
    expect(statsOf(cluster, 'c1')).toMatchObject({ homeless: 0 })
    const { ms } = gaps(cluster.runs, CHECKS, from, cluster.realMs)[0] ?? { ms: 0 }
    expect(ms).toBeLessThan(2 * INTERVAL_MS + RECOVERED_MS)
  })

  test('[SH7] cannot be ended by one that does not hold it', async () => {
    const cluster = await clusterOf(WITH_EXECUTOR)
    const before = cluster.results.length
    for (let number = 1; number < 500; number++) {
      const forged: LeaseEnd = {
        version: MESSAGE_VERSION,
        lease: `boot-1.${number}`,
        member: 'east.c9',
        kind: 'shutting-down',
        reason: '',
      }
      cluster.network.inject(leaseEndTo('east.c1').name, forged)
    }
    expect(cluster.results.length).toBe(before)
    await cluster.pass(20_000)
    expect(statsOf(cluster, 'c1')).toMatchObject({ lost: 0, late: 0 })
  })

  test('[SH4] of a plugin that cannot be started elsewhere is run at home, and not offered again', () => {
    const leases = new Leases('boot-1', () => 4)
    const now = { wall: 1_000, monotonicMs: 1_000 }
    const [check] = CHECKS
    if (check === undefined) throw new Error('there are checks')
    const job = { check, origin: 'scheduled', dueAt: instant(0), macros: () => ({}) } as const
    const { id } = leases.open(job, now)
    leases.taken(id, 'east.x1', 'boot-2', now)
    const end = { version: MESSAGE_VERSION, lease: id, member: 'east.x1' } as const
    expect(leases.ended({ ...end, kind: 'cannot', reason: 'no such file' }, now)).toBeUndefined()
    expect(leases.counts).toMatchObject({ refused: 1, lost: 0 })
    expect(leases.reopen(now)).toBeUndefined()
    const started: unknown[] = []
    leases.settle((one) => started.push(one) > 0)
    expect(started).toEqual([job])
    expect(leases.homeless).toBe(0)
  })

  test('[SH13] messages that are none are refused before anything reads them', () => {
    const garbage = [null, 7, 'x', [], {}, { version: 1, lease: 3 }, { version: 2, lease: 'a.1' }]
    const { read, readAnswer } = workOf('east')
    for (const reader of [read, readAnswer, leaseEndTo('east.c1').read])
      for (const one of garbage) expect(() => reader?.(one)).toThrow()
  })

  test('[SH11] of an executor that stops ends there, and nothing new is taken', async () => {
    const cluster = await clusterOf(WITH_EXECUTOR)
    const from = cluster.realMs
    const stopped = cluster.stop('x1')
    await cluster.pass(10_000)
    await stopped
    expect(statsOf(cluster, 'c1')).toMatchObject({ lost: 0, handedOut: 0 })
    expect(doubledSlots(cluster.runs, from)).toEqual([])
    expect(byWhom(cluster, from + 3_000)).toEqual(['east.c1'])
    expect(cluster.log.warnings).toEqual([])
  })

  test('[SH4, SH9] is not given to one whose beats claim room that it has not', async () => {
    const cluster = await clusterOf({ c1: { slots: 2 } })
    const beat = {
      version: MESSAGE_VERSION,
      collector: 'east.x9',
      boot: 'b',
      role: 'executor',
      standing: 'active',
      activeFrom: 0,
      activeUntil: null,
      weight: 1,
      revision: 'r1',
      epoch: 1,
      view: '',
      program: '',
      checks: 0,
      hosts: 0,
      results: 0,
      outboxes: [],
      clocks: [],
      memoryBytes: 0,
      leasesLost: 0,
      room: 1_000,
      load: {},
    }
    for (let number = 1; number <= 20; number++) {
      const at = cluster.realMs
      cluster.network.inject(beatOf('east.x9').name, { ...beat, number, at })
      await cluster.pass(1_000)
    }
    const { given, lost, refused } = statsOf(cluster, 'c1')
    expect({ given, lost }).toEqual({ given: 0, lost: 0 })
    expect(refused).toBeGreaterThan(0)
    expect(refused).toBeLessThan(1_000)
    expect(doubledResults(cluster)).toEqual([])
  })
})
