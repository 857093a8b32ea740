import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { parse } from 'yaml'
import { clusterRow, collectorRow, hubComparison, hubRow } from '../../src/wire/api/network.ts'
import { Refused } from '../../src/wire/bus.ts'
import { orderTo, type Beat, type Order } from '../../src/wire/cluster.ts'
import { MESSAGE_VERSION } from '../../src/wire/subjects.ts'
import { beatOf } from '../beats.ts'
import { fleetOf } from '../fleet-of.ts'
import { createWebWorld, startWebServer, type TestPeer, type WebWorld } from '../web-world.ts'
import { runParallax } from './command-line.ts'
import { eventually } from './program.ts'

/** The real command line against a real web server that hears collectors whose beats the test writes. */

const folder = mkdtempSync(join(tmpdir(), 'network-cli-'))
const fleet = fleetOf({
  hosts: 3,
  servicesPerHost: 2,
  clusters: { 'host-0': 'east', 'host-1': 'east', 'host-2': 'west' },
})
let world: WebWorld
let server: Awaited<ReturnType<typeof startWebServer>>
let token: string
/** What each says of itself, twice a second. */
let said: Map<string, Partial<Beat>>
let orders: (Order['want'] & { readonly id: string })[]
let beating: NodeJS.Timeout
let beats = 0

function beatAll(): void {
  beats++
  for (const [id, more] of said) world.roster.hear(beatOf(id, beats, more), `beat.${id}`)
}

const HUB_B: TestPeer = {
  name: 'hub-b',
  isReachable: true,
  program: '1.2.3',
  startedAt: '2026-03-01T11:00:00.000Z',
  revision: 'r1',
  epoch: 4,
  database: 'ok',
  hosts: 3,
  services: 6,
  resultsPerSecond: 2,
}
const peers: TestPeer[] = []

beforeEach(async () => {
  peers.length = 0
  world = createWebWorld({ isRealTime: true, fleet, peers })
  server = await startWebServer(world)
  token = await world.token('operator')
  said = new Map([
    ['east.c1', { hosts: 1 }],
    ['east.c2', { hosts: 1 }],
  ])
  orders = []
  beatAll()
  beating = setInterval(beatAll, 500)
})
afterEach(async () => {
  clearInterval(beating)
  await server.close()
})
afterAll(() => rmSync(folder, { recursive: true }))

const hub = () => ({ url: server.url, token, folder })
const parallax = (...args: readonly string[]) => runParallax(hub(), args, '')

/** Takes orders as `then` says. */
function obey(id: string, then: (want: Order['want']) => Beat['standing']): void {
  world.bus.answer(orderTo(id), ({ want }) => {
    orders.push({ ...want, id })
    return { version: MESSAGE_VERSION, standing: then(want) }
  })
}

test('[NW9] collectors, clusters and hubs are listed in every format', async () => {
  const table = await parallax('get', 'collectors')
  expect([table.status, table.stderr]).toEqual([0, ''])
  expect(table.stdout.split('\n')[0]).toMatch(/^COLLECTOR +HEALTH +STANDING .* OUTBOX$/)
  expect(table.stdout).toMatch(/\neast\.c1 +live +active +1 +7 +1\/10 +0 +250 ms +current +hub-a 4/)
  const wide = await parallax('get', 'collectors', '-o', 'wide', '--no-headers')
  expect(wide.stdout).toMatch(/^east\.c1 .* full +1 +hub-a -120 ms ±3 ms +1 kB +1 +r1 +hub-a 4/)
  const json = await parallax('get', 'collectors', '--cluster', 'east', '-o', 'json')
  const rows = collectorRow.array().parse(JSON.parse(json.stdout))
  expect(rows.map(({ id }) => id)).toEqual(['east.c1', 'east.c2'])
  expect(await parallax('get', 'collectors', '--cluster', 'north')).toMatchObject({
    status: 0,
    stdout: '',
    stderr: expect.stringContaining('no collector has joined') as string,
  })
  const yaml = await parallax('get', 'clusters', '-o', 'yaml')
  const clusters = clusterRow.array().parse(parse(yaml.stdout))
  expect(clusters.map(({ name, blindSince }) => [name, blindSince === null])).toEqual([
    ['east', true],
    ['west', false],
  ])
  const west = (await parallax('get', 'clusters')).stdout.split('\n')[2]
  expect(west).toMatch(/^west +BLIND \d+s +0 of 0 +1 +0 +2 +west$/)
  const csv = await parallax('get', 'hubs', '-o', 'csv')
  expect(csv.stdout).toMatch(/^name,isSelf,.*\nhub-a,true,true,1\.2\.3,r1,4,ok,/)
  const hubs = await parallax('get', 'hubs', '-o', 'ndjson')
  expect(hubRow.parse(JSON.parse(hubs.stdout)).name).toBe('hub-a')
  expect((await parallax('get', 'hubs', '-o', 'nagios')).status).toBe(2)
})

test('[RP14] hubs are compared: the same, others with the checks, and away', async () => {
  const alone = await parallax('hub', 'compare')
  expect(alone).toMatchObject({
    status: 0,
    stderr: expect.stringContaining('no other hub') as string,
  })
  expect(alone.stdout).toMatch(
    /^HUB +VERDICTS +CHECKS +DOWN .*\nhub-a +answers here +0 +0 +[0-9a-f]{16} +r1/,
  )
  const verdicts = { checks: 9, down: 1, digest: '0123456789abcdef' }
  const same = { onlyHere: [], onlyThere: [], isPartial: false }
  peers.push({ ...HUB_B, verdicts, disagreement: same })
  const agreed = await parallax('hub', 'compare')
  expect([agreed.status, agreed.stderr]).toEqual([0, ''])
  expect(agreed.stdout).toMatch(/\nhub-b +the same +9 +1 +0123456789abcdef +r1\n$/)
  const down = Array.from({ length: 12 }, (_, n) => `web-${n}!http`)
  const disagreement = { onlyHere: ['db'], onlyThere: down, isPartial: true }
  peers[0] = { ...HUB_B, verdicts, differsMs: 42_000, disagreement }
  const others = await parallax('hub', 'compare')
  expect(others.status).toBe(1)
  expect(others.stdout).toMatch(/\nhub-b +others for 42 s +9 /)
  expect(others.stdout).toContain('\n  down here only: db\n  down at hub-b only: web-0/http\n')
  expect(others.stdout).toContain('\n  down at hub-b only: 2 more\n')
  expect(others.stderr).toMatch(/first.*\n.*other verdicts: hub-b/s)
  expect((await parallax('describe', 'hub/hub-b')).stdout).toMatch(
    /Verdicts +9 checks of several observers, 1 down, digest 0123456789abcdef, others than here for 42/,
  )
  const json = await parallax('hub', 'compare', '-o', 'json')
  expect(json.status).toBe(1)
  expect(hubComparison.shape.items.parse(JSON.parse(json.stdout))[1]).toMatchObject({
    disagreement,
  })
  peers[0] = { ...HUB_B, isReachable: false }
  const away = await parallax('hub', 'compare')
  expect([away.status, away.stderr]).toEqual([6, expect.stringContaining('not reached: hub-b')])
  expect((await parallax('hub', 'compare', '-o', 'nagios')).status).toBe(2)
})

test('[NW9] an executor is shown as one', async () => {
  said.set('east.x1', { role: 'executor', hosts: 0 })
  beatAll()
  const line = async (...more: readonly string[]): Promise<string> => {
    const { stdout } = await parallax('get', 'collectors', ...more)
    return stdout.split('\n').find((text) => text.startsWith('east.x1 ')) ?? ''
  }
  expect(await line()).toMatch(/ active, executor /)
  expect(await line('-o', 'wide')).toMatch(/ executor +1 /)
  const { stdout } = await parallax('describe', 'collector/east.x1')
  expect(stdout).toMatch(/Standing +active, executor, weight 1/)
})

test('[NW9] [NW10] a listed name is what describe takes', async () => {
  const names = (await parallax('get', 'collectors', '-o', 'name')).stdout.trim().split('\n')
  expect(names).toEqual(['collector/east.c1', 'collector/east.c2'])
  const one = await parallax('describe', names[0] ?? '')
  expect(one.stdout).toMatch(/^east\.c1\n {2}Health +live since /)
  expect(one.stdout).toMatch(/Outbox +hub-a 4, 1 lost, /)
  expect(one.stdout).toMatch(/Clock +hub-a -120 ms ±3 ms, measured 10 ms ago/)
  expect((await parallax('describe', 'collector', 'east.c1')).stdout.split('\n')[0]).toBe('east.c1')
  const cluster = await parallax('describe', 'cluster/east')
  expect(cluster.stdout).toMatch(/Hosts +2, 2 of them assigned/)
  expect(cluster.stdout).toMatch(/\n\nCOLLECTOR .*\neast\.c1 .*\neast\.c2 /)
  expect((await parallax('describe', 'cluster', 'west')).stdout).toMatch(
    /Blind spot +nobody checks its 1 host since /,
  )
  const json = await parallax('describe', 'cluster/east', '-o', 'json')
  expect(JSON.parse(json.stdout)).toMatchObject({ name: 'east', collectors: [{}, {}] })
  expect((await parallax('describe', 'hub/hub-a')).stdout).toMatch(/State +this one answers/)
})

test('[NW10] what is not there is named, with where to look', async () => {
  expect(await parallax('describe', 'collector/east.c9')).toMatchObject({
    status: 3,
    stderr:
      'parallax: No collector of this name has joined.\n  hint: `parallax get collectors` lists them\n',
  })
  expect(await parallax('describe', 'cluster/north')).toMatchObject({
    status: 3,
    stderr: "parallax: there is no cluster 'north'\n  hint: `parallax get clusters` lists them\n",
  })
  expect(await parallax('describe', 'east.c1', 'x')).toMatchObject({ status: 2 })
  // Hosts are described as before.
  expect((await parallax('describe', 'host-0/service-1')).stdout).toMatch(/^host-0 \/ service-1\n/)
})

test('[NW8] [NW12] drain waits until nothing is left, and says why when it cannot be', async () => {
  obey('east.c1', () => {
    said.set('east.c1', { standing: 'leaving', hosts: 1 })
    setTimeout(() => said.set('east.c1', { standing: 'cordoned', hosts: 0 }), 1_500)
    return 'leaving'
  })
  const began = performance.now()
  const drained = await parallax('collector', 'drain', 'collector/east.c1')
  expect(drained).toMatchObject({ status: 0, stderr: 'east.c1 has no hosts any more\n' })
  expect(performance.now() - began).toBeGreaterThan(1_500)
  obey('east.c2', () => {
    throw new Refused('nobody could take its hosts over')
  })
  expect(await parallax('collector', 'drain', 'east.c2')).toMatchObject({
    status: 5,
    stderr: 'parallax: east.c2: nobody could take its hosts over\n',
  })
  expect(await parallax('collector', 'drain', 'east.c9')).toMatchObject({ status: 3 })
})

test('[NW12] drain of a collector that is lost on the way says so', async () => {
  obey('east.c1', () => {
    said.delete('east.c1')
    return 'leaving'
  })
  expect(await parallax('collector', 'drain', 'east.c1')).toMatchObject({
    status: 7,
    stderr: expect.stringContaining('east.c1 was lost before it had handed over') as string,
  })
  expect(await parallax('collector', 'drain', 'east.c2', '--no-wait')).toMatchObject({
    status: 6,
    stderr: expect.stringContaining('east.c2 does not answer') as string,
  })
})

test('[NW8] cordon, uncordon and weight', async () => {
  for (const id of ['east.c1', 'east.c2'])
    obey(id, ({ kind }) => (kind === 'cordon' ? 'cordoned' : 'joining'))
  expect((await parallax('collector', 'cordon', 'east.c1', 'east.c2')).stderr).toBe(
    'east.c1 is cordoned\neast.c2 is cordoned\n',
  )
  expect((await parallax('collector', 'uncordon', 'east.c1')).stderr).toBe('east.c1 is joining\n')
  expect((await parallax('collector', 'weight', 'east.c1', '2.5')).status).toBe(0)
  for (const weight of ['0', '101', 'many', ''])
    expect((await parallax('collector', 'weight', 'east.c1', weight)).status).toBe(2)
  expect(orders).toEqual([
    { id: 'east.c1', kind: 'cordon' },
    { id: 'east.c2', kind: 'cordon' },
    { id: 'east.c1', kind: 'uncordon' },
    { id: 'east.c1', kind: 'weight', weight: 2.5 },
  ])
})

test('[NW11] without a terminal top prints once', async () => {
  const once = await parallax('top')
  expect(once.status).toBe(0)
  expect(once.stdout).toMatch(/^hub hub-a, .* · 2 clusters · 2 of 2 collectors live/)
  expect(once.stdout).toMatch(/\nBLIND \d+s: nobody checks the 1 host of west\n\nCOLLECTOR /)
  const json = JSON.parse((await parallax('top', '-o', 'json')).stdout) as object
  expect(Object.keys(json)).toEqual(['collectors', 'clusters', 'hubs'])
  expect((await parallax('top', '-o', 'csv')).status).toBe(2)
})

test('[NW11] on a terminal top is drawn anew, outlives the hub, and leaves the terminal as it was', async () => {
  const top = onTerminal('top')
  await eventually(async () => top.shown().includes('2 of 2 collectors live') || undefined)
  said.set('east.c2', { hosts: 1, load: { ...LOAD, waiting: 77 } })
  await eventually(async () => top.shown().includes('77 waiting') || undefined)
  await server.close()
  await eventually(async () => top.shown().includes('this is what was seen last') || undefined)
  top.type('q')
  expect(await top.ended).toBe(0)
  expect(top.shown()).toMatch(/^[^C]*\[\?1049h/)
  expect(top.shown().trimEnd().endsWith('[?1049l')).toBe(true)
  server = await startWebServer(world)
})

test('[NW11] Ctrl-C ends top', async () => {
  const top = onTerminal('top')
  await eventually(async () => top.shown().includes('COLLECTOR') || undefined)
  top.type('\u0003')
  expect(await top.ended).toBe(0)
})

const LOAD = { slots: 10, running: 1, waiting: 0, lateP99Ms: 250, loopLagMs: 0 }

/** A terminal of 120 columns and 20 rows. */
function onTerminal(args: string) {
  const bin = join(import.meta.dirname, '..', '..', 'bin', 'parallax')
  const line = `stty cols 120 rows 20; exec '${process.execPath}' '${bin}' ${args}`
  const { url } = server
  const env = { PARALLAX_DATA: folder, PARALLAX_SERVER: url, PARALLAX_TOKEN: token, TERM: 'xterm' }
  const child = spawn('script', ['-qec', line, '/dev/null'], { env: { ...process.env, ...env } })
  let shown = ''
  child.stdout.on('data', (chunk: Buffer) => (shown += chunk.toString()))
  return {
    shown: () => shown,
    type: (keys: string) => void child.stdin.write(keys),
    ended: new Promise<number | null>((resolve) => child.once('close', resolve)),
  }
}
