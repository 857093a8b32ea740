import { describe, expect, test } from 'vitest'
import type { Beat } from '../../wire/cluster.ts'
import { beatOf, standingsOf } from '../../wire/cluster.ts'
import { MESSAGE_VERSION } from '../../wire/subjects.ts'
import {
  createVirtualCluster,
  doubledSlots,
  fleetOfChecks,
  gaps,
  type VirtualCluster,
} from '../../../test/virtual-cluster.ts'

const INTERVAL_MS = 20_000
const CHECKS = fleetOfChecks(60, 1, { intervalMs: INTERVAL_MS, timeoutMs: 5_000 })
const HOUR_MS = 3_600_000

async function three(prepare: (cluster: VirtualCluster) => void = () => undefined) {
  const cluster = createVirtualCluster({ checks: CHECKS })
  prepare(cluster)
  for (const name of ['c1', 'c2', 'c3']) cluster.start(name)
  await cluster.pass(60_000)
  return cluster
}

const droppedBy = (cluster: VirtualCluster, name: string) =>
  cluster.member(name).loop.stats().dropped

/** What c1 heard last of c2. */
function beatOfC2(cluster: VirtualCluster): Beat {
  const beat = cluster
    .member('c1')
    .loop.stats()
    .peers.find((peer) => peer.collector === 'east.c2')
  if (beat === undefined) throw new Error('c2 was not heard')
  return beat
}

describe('messages that count for nothing', () => {
  test('[AG20] of impostors, of other clusters and of revoked collectors', async () => {
    const cluster = await three()
    const before = cluster.counts()
    const beat = { ...beatOfC2(cluster), number: 1e9, boot: 'forged', activeUntil: 0 }
    cluster.network.inject(beatOf('east.c3').name, beat)
    cluster.network.inject(beatOf('east.c4').name, { ...beat, collector: 'west.c4' })
    const forged = { checkId: 'h0', code: 2, failures: 9, dueAt: 0, finishedAt: 9e15, output: '' }
    cluster.network.inject(standingsOf('east.c2').name, {
      version: MESSAGE_VERSION,
      collector: 'east.c3',
      standings: [forged],
    })
    await cluster.pass(5_000)
    expect(cluster.counts()).toEqual(before)
    // Each heard all three; the third is no impostor to c3, whose own name it bears, and is dropped as its own.
    expect(droppedBy(cluster, 'c1')).toMatchObject({ impostor: 3 })
    expect(cluster.member('c1').loop.known(CHECKS[0]?.id ?? ('' as never))?.code).toBe(0)
  })

  test('[AG20] a revoked collector is out at once', async () => {
    const cluster = await three()
    cluster.plan(CHECKS, { revoked: ['c2'] })
    await cluster.pass(2_000)
    const { c1 = 0, c3 = 0 } = cluster.counts()
    expect(c1 + c3).toBe(CHECKS.length)
    expect(droppedBy(cluster, 'c1').revoked).toBeGreaterThan(0)
    expect(cluster.counts()['c2']).toBe(0)
  })

  test('[AG20] beats that come twice, late or out of order change nothing', async () => {
    const cluster = await three()
    const before = cluster.counts()
    const from = cluster.realMs
    const old = beatOfC2(cluster)
    cluster.network.disturb({ doubled: 1, delayMaxMs: 1_500 })
    await cluster.pass(30_000)
    cluster.network.inject(beatOf('east.c2').name, { ...old, activeUntil: old.at })
    await cluster.pass(10_000)
    expect(cluster.counts()).toEqual(before)
    expect(doubledSlots(cluster.runs, from)).toEqual([])
    expect(cluster.log.warnings).toEqual([])
    expect(droppedBy(cluster, 'c1').late).toBeGreaterThan(10)
  })

  test('[AG20] beats of an earlier boot are late', async () => {
    const cluster = await three()
    const old = beatOfC2(cluster)
    cluster.kill('c2')
    cluster.start('c2')
    await cluster.pass(30_000)
    const before = cluster.counts()
    cluster.network.inject(beatOf('east.c2').name, { ...old, number: old.number + 1_000 })
    await cluster.pass(1_000)
    expect(cluster.counts()).toEqual(before)
    expect(before['c2']).toBeGreaterThan(0)
  })

  test('[AG20] thousands of strangers of the cluster take no memory without bound', async () => {
    const cluster = await three()
    const beat = beatOfC2(cluster)
    for (let n = 0; n < 3_000; n++) {
      const collector = `east.x${n}`
      cluster.network.inject(beatOf(collector).name, { ...beat, collector, role: 'executor' })
    }
    expect(cluster.member('c1').loop.stats().peers.length).toBeLessThanOrEqual(256)
    expect(droppedBy(cluster, 'c1').crowded).toBeGreaterThan(2_000)
  })

  test('[AG20] another process of the same name is counted, and changes nothing', async () => {
    const cluster = await three()
    const own = { ...beatOfC2(cluster), collector: 'east.c1', boot: 'other' }
    const before = cluster.member('c1').scheduler.checks
    cluster.network.inject(beatOf('east.c1').name, own)
    await cluster.pass(500)
    expect(droppedBy(cluster, 'c1').twin).toBe(1)
    expect(cluster.member('c1').scheduler.checks).toBe(before)
    const toldOf = () =>
      cluster.log.errors.filter(({ message }) => message.includes('another process'))
    expect(toldOf()).toEqual([])
    for (let n = 0; n < 5; n++) cluster.network.inject(beatOf('east.c1').name, own)
    await cluster.pass(500)
    expect(toldOf()).toHaveLength(1)
  })
})

describe('members that are only half there', () => {
  test('[AG15] who was not heard for a while, and knows nothing of it, is believed again', async () => {
    const cluster = await three()
    const before = cluster.counts()
    const silenced = cluster.network
    silenced.mute('east.c2', 'east.c1')
    await cluster.pass(5_000)
    expect(
      cluster
        .member('c1')
        .loop.stats()
        .sharers.map(({ id }) => id),
    ).toEqual(['east.c1', 'east.c3'])
    silenced.unmute()
    await cluster.pass(4_000)
    expect(cluster.counts()).toEqual(before)
    const from = cluster.realMs
    await cluster.pass(40_000)
    expect(doubledSlots(cluster.runs, from)).toEqual([])
  })

  test('[AG23] an executor beats and has no hosts', async () => {
    const cluster = await three()
    const beat = { ...beatOfC2(cluster), collector: 'east.x1', role: 'executor', number: 1 }
    const before = cluster.counts()
    cluster.network.inject(beatOf('east.x1').name, beat)
    await cluster.pass(1_000)
    expect(cluster.counts()).toEqual(before)
    expect(cluster.member('c1').loop.stats().peers.length).toBe(3)
  })
})

describe('clocks', () => {
  test('[AG21] hours apart: everything is checked in every interval, by one collector each', async () => {
    const cluster = await three((it) => {
      it.skew('c2', HOUR_MS)
      it.skew('c3', -HOUR_MS)
    })
    const from = cluster.realMs
    await cluster.pass(60_000)
    const counts = Object.values(cluster.counts())
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(CHECKS.length)
    expect(counts.every((count) => count > 20)).toBe(true)
    const [worst] = gaps(cluster.runs, CHECKS, from - INTERVAL_MS - 20, cluster.realMs)
    expect(worst?.ms).toBeLessThanOrEqual(INTERVAL_MS + 20)
    expect(cluster.runs.filter(({ realMs }) => realMs > from).length).toBe(CHECKS.length * 3)
  })

  test('[AG21] hours apart: a takeover is as quick, and the return leaves no gap of two intervals', async () => {
    const cluster = await three((it) => {
      it.skew('c2', HOUR_MS)
      it.skew('c3', -HOUR_MS)
    })
    const from = cluster.realMs
    cluster.kill('c2')
    await cluster.pass(30_000)
    cluster.start('c2')
    await cluster.pass(60_000)
    const [worst] = gaps(cluster.runs, CHECKS, from - INTERVAL_MS, cluster.realMs)
    expect(worst?.ms).toBeLessThan(2 * INTERVAL_MS)
    expect(Object.values(cluster.counts()).reduce((sum, count) => sum + count, 0)).toBe(
      CHECKS.length,
    )
  })

  test.each([HOUR_MS, -HOUR_MS])('[AG21] a step of %i ms moves no host', async (stepMs) => {
    const cluster = await three()
    const before = cluster.counts()
    cluster.skew('c2', stepMs)
    await cluster.pass(30_000)
    expect(cluster.counts()).toEqual(before)
    expect(cluster.log.warnings).toEqual([])
    cluster.skew('c2', 0)
    await cluster.pass(30_000)
    expect(cluster.counts()).toEqual(before)
  })
})
