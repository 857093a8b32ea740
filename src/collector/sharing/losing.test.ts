import { describe, expect, test } from 'vitest'
import { instant } from '../../base/instant.ts'
import { beatOf } from '../../wire/cluster.ts'
import { MESSAGE_VERSION } from '../../wire/subjects.ts'
import { leaseEndTo, workOf, type LeaseEnd } from '../../wire/work.ts'
import {
  byWhom,
  CHECKS,
  clusterOf,
  doubledResults,
  INTERVAL_MS,
  PLUGIN,
  RECOVERED_MS,
  statsOf,
  WITH_EXECUTOR,
} from '../../../test/sharing-cluster.ts'
import {
  createVirtualCluster,
  doubledSlots,
  fleetOfChecks,
  gaps,
} from '../../../test/virtual-cluster.ts'

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
    await cluster.pass(20_000)
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
    expect(statsOf(cluster, 'c1').handedOut).toBeGreaterThan(0)
    const { name } = leaseEndTo('east.c1', 'east.c9')
    const at = instant(0)
    const outcome = { kind: 'exited', code: 2, output: '', longOutput: '', perfdata: '' } as const
    for (const member of ['east.c9', 'east.x1'])
      for (let number = 1; number < 500; number++) {
        const from = { version: MESSAGE_VERSION, lease: `boot-1.${number}`, member } as const
        const forged: LeaseEnd = { ...from, kind: 'ran', startedAt: at, finishedAt: at, outcome }
        cluster.network.inject(name, forged)
      }
    expect(cluster.results.length).toBe(before)
    await cluster.pass(20_000)
    expect(statsOf(cluster, 'c1')).toMatchObject({ lost: 0, late: 0 })
  })

  test('[SH13] messages that are none are refused before anything reads them', () => {
    const garbage = [null, 7, 'x', [], {}, { version: 1, lease: 3 }, { version: 2, lease: 'a.1' }]
    const { read, readAnswer } = workOf('east')
    for (const reader of [read, readAnswer, leaseEndTo('east.c1', 'east.x1').read])
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

  test('[SH11] of an executor that stops is given back when it takes too long, and run here', async () => {
    const checks = fleetOfChecks(6, 0, { ...PLUGIN, timeoutMs: 60_000 })
    const cluster = createVirtualCluster({ checks, durationMs: 30_000 })
    for (const [name, settings] of Object.entries(WITH_EXECUTOR)) cluster.start(name, settings)
    const { executor } = cluster.member('c1')
    for (let turn = 0; turn < 60 && statsOf(cluster, 'x1').guests < 3; turn++)
      await cluster.pass(1_000)
    const { guests } = statsOf(cluster, 'x1')
    expect({ guests: guests > 2, running: executor.plugins.running }).toEqual({
      guests: true,
      running: 2,
    })
    const stopped = cluster.stop('x1')
    // The time for stopping; silence and deadline are longer.
    await cluster.pass(6_000)
    await stopped
    const { lost, handedOut } = statsOf(cluster, 'c1')
    expect(handedOut).toBe(0)
    expect(lost).toBeGreaterThan(0)
    await cluster.pass(3 * 60_000)
    expect(statsOf(cluster, 'c1')).toMatchObject({ lost, late: 0, homeless: 0 })
    expect(doubledResults(cluster)).toEqual([])
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
