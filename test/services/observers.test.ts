import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ObserverList, ExplanationAnswer, Reports } from '../../src/wire/api/truth.ts'
import type { HistoryRow, ObjectDetail } from '../../src/wire/api/objects.ts'
import { startNetwork, type Network, type TestHub } from './network.ts'
import { eventually } from './program.ts'

const INTERVAL_MS = 4_000
const CLUSTERS = ['east', 'north', 'west'] as const
const ID = encodeURIComponent('web!http')

/** The plugin looks into the folder of the collector that runs it, so that one observer can see what others do not. */
const yaml = `selfMonitoring: false
commands:
  look: { line: "test -e down && echo refused && exit 2; test -e slow && echo slow && exit 1; echo 'fine|time=1ms'" }
  up: { line: echo alive }
clusters: { east: {}, north: {}, west: {} }
hosts:
  web:
    observers: [east, north, west]
    checkInterval: ${INTERVAL_MS / 1000}s
    checkTimeout: 2s
    checkCommand: up
    services:
      http: { checkCommand: look, checkInterval: ${INTERVAL_MS / 1000}s, checkTimeout: 2s }
      other: { checkCommand: up, checkInterval: ${INTERVAL_MS / 1000}s, checkTimeout: 2s }
`

let network: Network
let hub: TestHub
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
  hub = network.hub('hub-a')
  await Promise.all(network.hubs.map((one) => one.sees(3)))
  for (const one of network.hubs) await verdict(one, 'up')
}, 120_000)
afterAll(() => network.stop())

const sees = (cluster: string, what: string): void =>
  writeFileSync(join(folders.get(cluster) ?? '', what), '')
const seesNoMore = (cluster: string, what: string): void =>
  rmSync(join(folders.get(cluster) ?? '', what), { force: true })

const explained = (of: TestHub): Promise<ExplanationAnswer> =>
  of.api<ExplanationAnswer>(`/api/v1/objects/${ID}/explanation`)
const detail = (of: TestHub): Promise<ObjectDetail> => of.api<ObjectDetail>(`/api/v1/objects/${ID}`)

async function verdict(of: TestHub, kind: ExplanationAnswer['kind']): Promise<ExplanationAnswer> {
  let last = ''
  return eventually(
    async () => {
      const found = await explained(of)
      last = found.sentence
      return found.kind === kind ? found : undefined
    },
    30_000,
    `${of.name} says ${kind}`,
  ).catch((error: unknown) => {
    throw new Error(`${(error as Error).message}; it says ${last}`, { cause: error })
  })
}

describe('a service that three clusters observe', () => {
  test('[OV1, SV1] each of them runs it, and what each says is shown', async () => {
    const said = await eventually(
      async () => {
        const { items } = await hub.api<Reports>(`/api/v1/objects/${ID}/reports`)
        return items.every(({ class: kind }) => kind !== null) ? items : undefined
      },
      30_000,
      'each has said something',
    )
    expect(said.map(({ observer, class: kind }) => [observer, kind])).toEqual(
      CLUSTERS.map((cluster) => [cluster, 'ok']),
    )
    const { items } = await hub.api<ObserverList>('/api/v1/observers')
    expect(items.map(({ observer, setAside }) => [observer, setAside])).toEqual(
      CLUSTERS.map((cluster) => [cluster, null]),
    )
  })

  test('[SV8] one that sees a failure makes it suspected at most: no alarm', async () => {
    const from = Date.now()
    sees('west', 'down')
    await eventually(
      async () => {
        const { items } = await hub.api<Reports>(`/api/v1/objects/${ID}/reports`)
        return items.some(({ observer, class: said }) => observer === 'west' && said === 'error')
          ? true
          : undefined
      },
      20_000,
      'the hub has heard of it',
    )
    await new Promise((resolve) => setTimeout(resolve, 2 * INTERVAL_MS))
    seesNoMore('west', 'down')
    await verdict(hub, 'up')
    const changes = await hub.api<{ items: { type: string }[] }>(
      `/api/v1/changes?id=${ID}&from=${encodeURIComponent(new Date(from).toISOString())}&limit=100`,
    )
    expect(changes.items.filter(({ type }) => type === 'hard')).toEqual([])
  }, 60_000)

  test('[SV7, SV11] all that see it make it DOWN on both hubs, with a sentence, a receipt and the raw results', async () => {
    const from = Date.now()
    for (const cluster of CLUSTERS) sees(cluster, 'down')
    for (const one of network.hubs) {
      const found = await verdict(one, 'down')
      expect(found.sentence).toMatch(/^DOWN: [23] fresh witnesses from [23] sites fail/)
      expect(found.cause).toEqual({ scope: 'service', name: 'web!http' })
      expect(await detail(one)).toMatchObject({
        state: 'critical',
        type: 'hard',
        output: 'refused',
      })
    }
    expect(Date.now() - from).toBeLessThan(15_000)
    for (const cluster of CLUSTERS) seesNoMore(cluster, 'down')
    for (const one of network.hubs) await verdict(one, 'up')
    const receipts = await eventually(
      async () => {
        const rows = await hub.sql<{ kind: string }>(
          'SELECT kind FROM verdict_receipt WHERE at >= $1 ORDER BY at',
          [from],
        )
        return rows.at(-1)?.kind === 'up' ? rows : undefined
      },
      10_000,
      'receipts are stored',
    )
    expect(receipts.map(({ kind }) => kind)).toContain('down')
    const during = await hub.api<ExplanationAnswer>(
      `/api/v1/objects/${ID}/explanation?at=${encodeURIComponent(new Date(from + 14_000).toISOString())}`,
    )
    expect(during).toMatchObject({ isLive: false })
    const history = await hub.api<{ items: HistoryRow[] }>(
      `/api/v1/history?id=${ID}&from=${encodeURIComponent(new Date(from).toISOString())}&limit=100`,
    )
    expect(history.items.length).toBeGreaterThan(3)
    for (const { use } of history.items) expect(['counted', 'penalised']).toContain(use)
  }, 90_000)

  test('[SV6] a hub that is killed while it is DOWN knows it at once when it is back, and says it no second time', async () => {
    const from = Date.now()
    for (const cluster of CLUSTERS) sees(cluster, 'down')
    await verdict(hub, 'down')
    await eventually(
      async () => {
        const [last] = await hub.sql<{ kind: string }>(
          'SELECT kind FROM verdict_receipt WHERE at >= $1 ORDER BY at DESC LIMIT 1',
          [from],
        )
        return last?.kind === 'down' ? true : undefined
      },
      10_000,
      'it is in the database',
    )
    const before = await detail(hub)
    await hub.process.kill()
    await hub.start()
    expect(await detail(hub)).toMatchObject({ state: 'critical', type: 'hard' })
    await hub.sees(3)
    expect((await detail(hub)).lastChangeAt).toBe(before.lastChangeAt)
    for (const cluster of CLUSTERS) seesNoMore(cluster, 'down')
    await verdict(hub, 'up')
  }, 90_000)

  test('[EV4] both hubs have the same digest when they have the same results', async () => {
    await eventually(
      async () => {
        const at = encodeURIComponent(new Date(Date.now() - 500).toISOString())
        const [one, other] = await Promise.all(
          network.hubs.map((of) => of.api<{ digest: string }>(`/api/v1/digest?at=${at}`)),
        )
        return one !== undefined && one.digest === other?.digest ? true : undefined
      },
      30_000,
      'the digests are equal',
    )
  }, 60_000)
})
