import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ClusterRow, CollectorRow } from '../../src/wire/api/network.ts'
import { startNetwork, type Network, type TestHub } from './network.ts'
import { eventually } from './program.ts'

/** An operator at the hub of two real collectors: what the command line says is what happens. */

const bin = join(import.meta.dirname, '..', '..', 'bin', 'parallax')
const yaml = `selfMonitoring: false
commands:
  say: { line: echo fine }
clusters:
  east: { alias: Data centre east }
hosts:
${Array.from({ length: 20 }, (_, n) => `  h${n}: { cluster: east, checkInterval: 2s, checkCommand: say }`).join('\n')}
`
let network: Network
let hub: TestHub

beforeAll(async () => {
  network = await startNetwork({ yaml, hubs: ['hub-a'], collectors: ['east.c1', 'east.c2'] })
  hub = network.hub('hub-a')
  await hub.sees(2)
}, 120_000)
afterAll(() => network.stop())

function parallax(...args: readonly string[]) {
  const PARALLAX_DATA = join(network.folder, 'hub-a')
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], {
    encoding: 'utf8',
    env: { ...process.env, PARALLAX_DATA, PARALLAX_SERVER: '', NO_COLOR: '1' },
  })
  return { status, stdout, stderr }
}

async function collector(id: string): Promise<CollectorRow> {
  return hub.api<CollectorRow>(`/api/v1/collectors/${id}`)
}

async function east(): Promise<ClusterRow | undefined> {
  const { items } = await hub.api<{ items: ClusterRow[] }>('/api/v1/clusters')
  return items.find(({ name }) => name === 'east')
}

const until = (what: string, is: () => Promise<boolean>): Promise<true> =>
  eventually(async () => (await is()) || undefined, 40_000, what)

test('[NW3] [NW5] collectors say what they do, and agree', async () => {
  await until('all hosts are assigned, and all agree', async () => {
    const row = await east()
    return row?.assignedHosts === 20 && row.isAgreed
  })
  expect(await east()).toMatchObject({ live: 2, lost: 0, blindSince: null })
  await until('the clock is measured', async () => (await collector('east.c1')).clocks.length === 1)
  const row = await collector('east.c1')
  expect(row).toMatchObject({ isCurrent: true, standing: 'active', cluster: 'east' })
  expect(row.clocks[0]?.hub).toBe('hub-a')
  expect(Math.abs(row.clocks[0]?.offsetMs ?? Infinity)).toBeLessThan(1_000)
  expect(row.outboxes[0]).toMatchObject({ hub: 'hub-a', isConnected: true, lost: 0 })
  expect(row.memoryBytes).toBeGreaterThan(10_000_000)
})

test('[NW12] drain ends when the collector has no hosts; the last one refuses', async () => {
  expect(parallax('collector', 'drain', 'east.c1')).toMatchObject({
    status: 0,
    stderr: 'east.c1 has no hosts any more\n',
  })
  expect(await collector('east.c1')).toMatchObject({ standing: 'cordoned', hosts: 0 })
  await until('the other has all', async () => (await collector('east.c2')).hosts === 20)
  const refused = parallax('collector', 'drain', 'east.c2')
  expect(refused.status).toBe(5)
  expect(refused.stderr).toMatch(/^parallax: east\.c2: /)
  expect(await collector('east.c2')).toMatchObject({ standing: 'active', hosts: 20 })
})

test('[NW4] when the last that checks is cordoned its cluster is one blind spot', async () => {
  expect(parallax('collector', 'cordon', 'east.c2').stderr).toBe('east.c2 is cordoned\n')
  await until('it is blind', async () => {
    const row = await east()
    return typeof row?.blindSince === 'string' && row.live === 2 && row.assignedHosts === 0
  })
  expect(parallax('top', '--once').stdout).toMatch(
    /\nBLIND \d+s: nobody checks the 20 hosts of east\n/,
  )
  expect(parallax('collector', 'uncordon', 'east.c1', 'east.c2').status).toBe(0)
  await hub.sees(2)
  await until('it is seen again', async () => {
    const row = await east()
    return row?.blindSince === null && row.assignedHosts === 20
  })
})

test('[NW8] weights move hosts', async () => {
  expect(parallax('collector', 'weight', 'east.c1', '4').status).toBe(0)
  await until('it has four times as many', async () => (await collector('east.c1')).hosts >= 14)
  expect(await collector('east.c1')).toMatchObject({ weight: 4 })
})

test('[NW1] [NW4] killed collectors are late, then lost, and their cluster is blind', async () => {
  await network.collector('east.c2').process.kill()
  await until('it is lost', async () => (await collector('east.c2')).health === 'lost')
  expect((await east())?.blindSince).toBeNull()
  await network.collector('east.c1').process.kill()
  await until('nobody is left', async () => typeof (await east())?.blindSince === 'string')
  expect(await east()).toMatchObject({ live: 0, late: 0, lost: 2 })
  expect(parallax('collector', 'drain', 'east.c1')).toMatchObject({
    status: 6,
    stderr: expect.stringContaining('east.c1 does not answer') as string,
  })
  expect(parallax('describe', 'cluster/east').stdout).toMatch(
    /Blind spot +nobody checks its 20 hosts since /,
  )
})
