import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { familiesIn, METRICS_PATH, metricsPage } from '../../docs/reference/metrics-page.ts'
import { COMPONENTS } from '../../src/domain/self-monitoring/components.ts'
import type { ObjectRow } from '../../src/wire/api/objects.ts'
import { freePort } from './nats-server.ts'
import { startNetwork, TestProcess, type Network } from './network.ts'
import { startTestDatabase, type TestDatabase } from './postgres.ts'
import { eventually } from './program.ts'

/** A hub with a nats-server of its own watches that, too. */
const OWN_BUS = `
packages: [parallax]
hosts:
  bus: { use: parallax-bus-server, cluster: hub, variables: { PARALLAX_OF: '' } }
`

let network: Network
let collectorPort = 0
let database: TestDatabase
let folder = ''
let own: TestProcess
let ownUrl = ''

beforeAll(async () => {
  collectorPort = await freePort()
  const starting = startNetwork({
    yaml: 'clusters: { east: }\nhosts: { web: { cluster: east, checkInterval: 1s, checkCommand: { builtin: load } } }\n',
    hubs: ['hub-a'],
    collectors: ['east.c1'],
    collectorFlags: ['--metrics-listen', `127.0.0.1:${collectorPort}`],
  })
  folder = mkdtempSync(join(tmpdir(), 'parallax-own-bus-'))
  writeFileSync(join(folder, 'parallax.yaml'), OWN_BUS)
  database = await startTestDatabase()
  own = new TestProcess([
    'hub',
    '--name=own',
    `--config=${join(folder, 'parallax.yaml')}`,
    `--data=${join(folder, 'data')}`,
    '--listen=127.0.0.1:0',
    `--bus-listen=127.0.0.1:${await freePort()}`,
    `--database-url=${database.url}`,
  ])
  ownUrl = (await own.start(/Console: (http:\/\/\S+?)\/?\s/))[1] ?? ''
  network = await starting
  await network.hub('hub-a').sees(1)
}, 120_000)
afterAll(async () => {
  await own?.signal('SIGTERM')
  await network?.stop()
  await database?.close()
  rmSync(folder, { recursive: true, force: true })
})

const textAt = async (url: string): Promise<string> => {
  const response = await fetch(`${url}/metrics`)
  expect(response.status).toBe(200)
  return response.text()
}

async function served() {
  const hub = network.hub('hub-a')
  const { url } = JSON.parse(
    readFileSync(join(network.folder, 'hub-a', 'local-access.json'), 'utf8'),
  ) as { url: string }
  expect(hub.name).toBe('hub-a')
  const [ofHub, ofOwn, ofCollector] = await Promise.all([
    textAt(url),
    textAt(ownUrl),
    textAt(`http://127.0.0.1:${collectorPort}`),
  ])
  return { ofHub, ofOwn, ofCollector }
}

test('[SW12] every metric has help, names its unit, and is in the reference', async () => {
  const { ofHub, ofOwn, ofCollector } = await served()
  const families = { hub: familiesIn(ofOwn), collector: familiesIn(ofCollector) }
  expect(familiesIn(ofHub).length).toBeGreaterThan(50)
  for (const { name, help, type } of [...families.hub, ...families.collector]) {
    expect(help, name).toMatch(/^\S.*\.$/)
    expect(['counter', 'gauge'], name).toContain(type)
    if (type === 'counter') expect(name).toMatch(/_total$/)
    else expect(name).not.toMatch(/_total$/)
    expect(name).toMatch(/^(parallax|process|nodejs)_[a-z0-9_]+$/)
    expect(name).not.toMatch(/_(ms|milliseconds|minutes|hours|kb|mb|gb|percent|size|length)(_|$)/)
  }
  for (const text of [ofHub, ofOwn, ofCollector]) {
    const names = familiesIn(text).map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    const promtool = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })
    if (promtool.error === undefined) expect(promtool.stdout + promtool.stderr).toBe('')
  }
  const page = await metricsPage(families)
  if (process.env['PARALLAX_WRITE_PAGES'] === '1') writeFileSync(METRICS_PATH, page)
  expect(readFileSync(METRICS_PATH, 'utf8')).toBe(page)
})

test('[SW1] the numbers of every component are served by a hub or a collector', async () => {
  const { ofOwn, ofCollector } = await served()
  const names = new Set([...familiesIn(ofOwn), ...familiesIn(ofCollector)].map(({ name }) => name))
  const wanted = Object.values(COMPONENTS).flatMap(({ measures }) =>
    measures.flatMap(({ from, ...measure }) => ('to' in measure ? [from, measure.to] : [from])),
  )
  expect(wanted.filter((name) => name !== undefined && !names.has(name))).toEqual([])
})

test('[SW4] the hub serves what it knows of each collector', async () => {
  const { ofHub } = await served()
  expect(ofHub).toMatch(/^parallax_member_health\{collector="east\.c1"\} 0$/m)
  expect(ofHub).toMatch(
    /^parallax_member_outbox_waiting_results\{collector="east\.c1",hub="hub-a"\} \d+$/m,
  )
  expect(ofHub).toMatch(/^parallax_cluster_live\{cluster="east"\} 1$/m)
  expect(ofHub).not.toContain('collector="hub.hub-a"')
})

test('[SW7] the own nats-server is a component', async () => {
  const access = JSON.parse(readFileSync(join(folder, 'data', 'local-access.json'), 'utf8')) as {
    token: string
  }
  const headers = { authorization: `Bearer ${access.token}` }
  const row = await eventually(
    async () => {
      const response = await fetch(`${ownUrl}/api/v1/services?limit=200`, { headers })
      const { items } = (await response.json()) as { items: ObjectRow[] }
      return items.find(({ host, state }) => host === 'bus' && state !== 'pending')
    },
    60_000,
    'the bus server was checked',
  )
  expect(row.output).toMatch(/^PARALLAX OK - bus-server: answers, \d+ connections/)
}, 90_000)
