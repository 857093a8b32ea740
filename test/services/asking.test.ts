import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { HistoryRow } from '../../src/wire/api/objects.ts'
import type { ExplanationAnswer } from '../../src/wire/api/truth.ts'
import { startNetwork, type Network, type TestHub } from './network.ts'
import { eventually } from './program.ts'

const CLUSTERS = ['east', 'north', 'west'] as const
const INTERVAL_S = 60
/** Each with its own slots: with three observers somebody looks at the host every few seconds. */
const SERVICES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']

/** The plugins look into the folder of the collector that runs them, so that one observer can see what others do not. */
const yaml = `selfMonitoring: false
commands:
  look: { line: "test -e down && echo refused && exit 2; echo fine" }
  answer: { line: "test -e hanging && exec sleep 30; echo fine" }
  up: { line: echo alive }
clusters: { east: {}, north: {}, west: {} }
templates:
  services:
    quick: { checkInterval: ${INTERVAL_S}s, checkTimeout: 10s, checkCommand: look }
    silent: { checkInterval: ${INTERVAL_S}s, checkTimeout: 10s, checkCommand: answer }
hosts:
  web:
    observers: [east, north, west]
    checkInterval: ${INTERVAL_S}s
    checkCommand: up
    services: { ${SERVICES.map((name) => `${name}: { use: quick }`).join(', ')} }
  mail:
    observers: [east, north, west]
    checkInterval: ${INTERVAL_S}s
    checkCommand: up
    services: { ${SERVICES.map((name) => `${name}: { use: silent }`).join(', ')} }
`

let network: Network
const folders = new Map<string, string>()

beforeAll(async () => {
  network = await startNetwork({
    yaml,
    hubs: ['hub-a', 'hub-b'],
    collectors: CLUSTERS.map((cluster) => `${cluster}.c1`),
    prepare(collector, data) {
      const cluster = collector.split('.')[0] ?? ''
      folders.set(cluster, join(data, 'sight'))
      mkdirSync(join(data, 'sight'))
    },
    workIn: 'sight',
  })
  await Promise.all(network.hubs.map((one) => one.sees(3)))
  // Checks that are new run within seconds: all observers have seen all of them then.
  for (const hub of network.hubs)
    for (const name of [
      ...SERVICES.map((one) => `web!${one}`),
      ...SERVICES.map((one) => `mail!${one}`),
    ])
      await said(hub, name, ({ kind, witnesses }) => kind === 'up' && witnesses.length === 0)
}, 150_000)
afterAll(() => network.stop())

const sees = (what: string, ...clusters: readonly string[]): void => {
  for (const cluster of clusters) writeFileSync(join(folders.get(cluster) ?? '', what), '')
}
const seesNoMore = (what: string, ...clusters: readonly string[]): void => {
  for (const cluster of clusters) rmSync(join(folders.get(cluster) ?? '', what), { force: true })
}

async function explained(hub: TestHub, id: string): Promise<ExplanationAnswer> {
  return hub.api<ExplanationAnswer>(`/api/v1/objects/${encodeURIComponent(id)}/explanation`)
}

async function said(
  hub: TestHub,
  id: string,
  claim: (answer: ExplanationAnswer) => boolean,
): Promise<ExplanationAnswer> {
  return eventually(
    async () => {
      const answer = await explained(hub, id)
      return claim(answer) ? answer : undefined
    },
    60_000,
    `${hub.name} has decided about ${id}`,
  )
}

/** The first service of the host that is DOWN at this hub. */
async function firstDown(hub: TestHub, host: string): Promise<string> {
  return eventually(
    async () => {
      for (const name of SERVICES) {
        const id = `${host}!${name}`
        if ((await explained(hub, id)).kind === 'down') return id
      }
      return undefined
    },
    60_000,
    `a service of ${host} is down`,
  )
}

async function probesOf(hub: TestHub, id: string): Promise<readonly HistoryRow[]> {
  return eventually(
    async () => {
      const { items } = await hub.api<{ items: HistoryRow[] }>(
        `/api/v1/history?id=${encodeURIComponent(id)}&limit=100`,
      )
      const asked = items.filter(({ origin }) => origin === 'probe')
      return asked.length > 0 ? asked : undefined
    },
    15_000,
    `the history of ${id} has results that were asked for`,
  )
}

const clusterOf = ({ collector }: HistoryRow): string => collector.split('.')[0] ?? ''

describe('others are asked at once', () => {
  test('[AK1] [AK2] [AK6] a failure is DOWN within seconds though others look once a minute; the history marks who was asked', async () => {
    const from = Date.now()
    sees('down', ...CLUSTERS)
    const [hub] = network.hubs
    if (hub === undefined) throw new Error('there is no hub')
    const id = await firstDown(hub, 'web')
    // Eight services of three observers: somebody looks every 2.5 s on average. Without asking the next look at the same check is 20 s later.
    const tookMs = Date.now() - from
    expect(tookMs).toBeLessThan(15_000)
    for (const one of network.hubs) {
      const answer = await said(one, id, ({ kind }) => kind === 'down')
      expect(answer.sentence).toMatch(/^DOWN: [23] fresh witnesses from [23] sites fail/)
      const asked = await probesOf(one, id)
      expect(asked.every(({ state, use }) => state === 'critical' && use === 'counted')).toBe(true)
    }
    seesNoMore('down', ...CLUSTERS)
    await said(hub, id, ({ kind }) => kind === 'up')
  }, 90_000)

  test('[AK5] [AK8] a run without an answer makes others be asked before it ends', async () => {
    sees('hanging', ...CLUSTERS)
    const [hub] = network.hubs
    if (hub === undefined) throw new Error('there is no hub')
    const id = await firstDown(hub, 'mail')
    const answer = await explained(hub, id)
    expect(answer.sentence).toMatch(/^DOWN/)
    const asked = await probesOf(hub, id)
    // Those who were asked are silent after 5 s, and had begun before the run that waited was over.
    const rows = await hub.api<{ items: HistoryRow[] }>(
      `/api/v1/history?id=${encodeURIComponent(id)}&limit=100`,
    )
    const scheduled = rows.items.filter(
      ({ origin, state }) => origin === 'scheduled' && state !== 'ok',
    )
    const first = Math.min(...asked.map(({ startedAt }) => Date.parse(startedAt)))
    const waited = scheduled.some(
      ({ startedAt, finishedAt }) =>
        Date.parse(startedAt) < first && first < Date.parse(finishedAt),
    )
    expect(scheduled.length === 0 || waited).toBe(true)
    seesNoMore('hanging', ...CLUSTERS)
    await said(hub, id, ({ kind }) => kind === 'up')
  }, 120_000)

  test('[AK9] hubs ask, and both hear all answers', async () => {
    const counts = await Promise.all(
      network.hubs.map(async (hub) => {
        const text = await hub.text('/metrics')
        return Number(/^parallax_questions_asked_total (\d+)/m.exec(text)?.[1])
      }),
    )
    expect(counts.reduce((total, count) => total + count, 0)).toBeGreaterThan(0)
    const ids = SERVICES.map((name) => `web!${name}`)
    for (const id of ids) {
      const answers = await Promise.all(
        network.hubs.map(async (hub) => {
          const { items } = await hub.api<{ items: HistoryRow[] }>(
            `/api/v1/history?id=${encodeURIComponent(id)}&limit=100`,
          )
          return items
            .filter(({ origin }) => origin === 'probe')
            .map((row) => `${clusterOf(row)} ${row.state}`)
            .toSorted()
        }),
      )
      expect(answers[0]).toEqual(answers[1])
    }
  }, 60_000)
})
