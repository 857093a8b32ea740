import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type {
  ObserverList,
  ExplanationAnswer,
  RawReports,
  Reports,
  VantageMatrix,
} from '../../src/wire/api/truth.ts'
import type { HistoryRow, ObjectDetail, ObjectRow } from '../../src/wire/api/objects.ts'
import type { StreamObjects } from '../../src/wire/api/stream.ts'
import { openStream } from '../stream-client.ts'
import { startNetwork, type Network, type TestHub } from './network.ts'
import { runParallax } from './command-line.ts'
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
  solo: { cluster: east, checkInterval: 1m, checkCommand: up }
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
    arePeers: true,
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

  test('[OI4] an observer is described: whether it is believed, and where', async () => {
    const { stdout, status } = await parallax('describe', 'observer/east')
    expect(status).toBe(0)
    expect(stdout).toMatch(
      /^east\n +Site +east\n +Believed +yes\n +Results +\d+ that could be compared/,
    )
    expect(stdout).toContain('Nothing was wrong with it in the last week')
    const json = await parallax('describe', 'observer', 'east', '-o', 'json')
    expect(JSON.parse(json.stdout)).toMatchObject({
      observer: 'east',
      setAside: null,
      incidents: [],
    })
    const none = await parallax('describe', 'observer/moon')
    expect([none.status, none.stderr]).toEqual([3, expect.stringContaining('get observers')])
  }, 30_000)

  test('what cannot be explained is refused with the reason', async () => {
    const refused = async (...args: readonly string[]) => {
      const { status, stderr } = await parallax('explain', ...args)
      return `${status} ${stderr}`
    }
    expect(await refused('web/nothing')).toMatch(/^3 .*web\/nothing is not configured/)
    expect(await refused('solo')).toMatch(/^3 .*One cluster checks it/)
    expect(await refused('web', '--at', '2020-01-01T00:00:00Z')).toMatch(/^3 .*up to that time/)
  }, 30_000)

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

  test('[RR1, RR2, RR6, RR8, RR10, RR11] who sees it fail is in rows, on the stream, in the matrix, and on the command line', async () => {
    const { url, token } = hub.access()
    const stream = await openStream(`${url}/api/v1/stream`, { authorization: `Bearer ${token}` })
    const here = { url, token, folder: network.folder }
    const run = async (...args: readonly string[]) => (await runParallax(here, args, '')).stdout
    try {
      sees('west', 'down')
      const isRow = (row: ObjectRow): boolean =>
        row.id === 'web!http' && row.verdict === 'suspect' && row.seenBy?.marks === 'oof'
      await stream.until(
        ({ name, data }) => name === 'objects' && (data as StreamObjects).rows.some(isRow),
      )
      const { rows } = await hub.api<VantageMatrix>('/api/v1/matrix?q=http')
      expect(rows[0]).toMatchObject({ id: 'web!http', service: 'http' })
      expect(rows[0]?.cells[2]).toMatchObject({ class: 'error', isFresh: true })
      expect(rows[0]?.cells[2]?.latencyMs).toBeGreaterThanOrEqual(0)
      const { items } = await hub.api<RawReports>('/api/v1/reports?q=http')
      expect(items.map(({ observer }) => observer)).toEqual(CLUSTERS)
      expect(items[2]).toMatchObject({ class: 'error', state: 'critical', output: 'refused' })
      expect(await run('get', 'services')).toMatch(/(OK|CRITICAL SUSPECT) +1\/3/)
      expect(await run('describe', 'web/http')).toMatch(/(UP|SUSPECT): 1 of 3 sees it fail/)
      const raw = await run('get', 'services', '--raw', '--search', 'http')
      expect(raw).toMatch(/web +http +(UP|SUSPECT) +west +error +CRITICAL +\d+s +counted +refused/)
      await eventually(
        async () => {
          const past = await run('events', '--raw', '--object', 'web/http')
          return /west\.c1 +CRITICAL +counted +(scheduled|asked) +refused/.test(past) || undefined
        },
        20_000,
        'the history shows its results, and what was made of them',
      )
    } finally {
      stream.close()
      seesNoMore('west', 'down')
    }
    await verdict(hub, 'up')
  }, 90_000)

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
    expect(history.items.length).toBeGreaterThanOrEqual(CLUSTERS.length)
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

  test('[EV4] [RP14] both hubs have the same digest when they have the same results', async () => {
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
    const compared = await eventually(
      async () => {
        const said = await parallax('hub', 'compare')
        return said.stdout.includes('the same') ? said.stdout : undefined
      },
      30_000,
      'the hubs say the same',
    )
    expect(compared).toMatch(
      /\nhub-a +answers here +3 +0 +([0-9a-f]{16}) .*\nhub-b +the same +3 +0 +\1 /,
    )
  }, 60_000)

  const parallax = (...args: readonly string[]) =>
    runParallax({ ...hub.access(), folder: folders.get('east') ?? '' }, args, '')

  test('[DA1] [DA2] [DA3] [DA4] [DA8] every verdict of this test follows from its stored receipt, and the evidence gives the same outages', async () => {
    const { status, stdout, stderr } = await eventually(
      async () => {
        const said = await parallax('replay', '--from', '10m', '--to', '0s', '-o', 'json', '-q')
        const { outages } = JSON.parse(said.stdout) as PastReplayed
        return outages.filter(({ id }) => id === 'web!http').length >= 2 ? said : undefined
      },
      60_000,
      'what was down is in the history',
    )
    expect([status, stderr]).toEqual([0, ''])
    const { receipts, outages, checks, observers } = JSON.parse(stdout) as PastReplayed
    expect([checks, observers]).toEqual([3, 3])
    expect(receipts.total).toBeGreaterThan(5)
    expect(receipts.reproduced).toBe(receipts.total)
    const decided = await hub.sql<{ at: number }>(
      `SELECT at FROM verdict_receipt JOIN check_name USING (check_no) WHERE check_id = 'web!http' AND kind = 'down' ORDER BY at`,
    )
    const again = outages.filter(({ id }) => id === 'web!http').map(({ from }) => Date.parse(from))
    for (const { at } of decided)
      expect(Math.min(...again.map((from) => Math.abs(from - at)))).toBeLessThan(INTERVAL_MS)
    const table = await parallax('replay', '--from', '10m', '--to', '0s')
    expect(table.stdout).toMatch(/Receipts +(\d+) of \1 verdicts follow from their receipts/)
  }, 120_000)

  test('[DA6] [DA7] another policy is tried on the same past, and a fault in it is named', async () => {
    const folder = folders.get('east') ?? ''
    const file = join(folder, 'any.yaml')
    writeFileSync(file, 'verdict: any\n')
    const { status, stdout } = await parallax(
      'replay',
      '--from',
      '10m',
      '--to',
      '0s',
      '--policy',
      file,
      '-o',
      'json',
      '-q',
    )
    expect(status).toBe(0)
    const { other } = JSON.parse(stdout) as PastReplayed
    // One saw a failure alone, and others joined it: under `any` that was DOWN from its first result on.
    expect(other?.delaysMs[0]).toBeLessThan(-INTERVAL_MS)
    expect(other?.avoided).toEqual([])
    writeFileSync(file, 'verdict: sometimes\n')
    const refused = await parallax('replay', '--from', '10m', '--policy', file)
    expect(refused.status).toBe(2)
    expect(refused.stderr).toContain(`${file}:1:10: verdict`)
    writeFileSync(file, '\u{1b}]0;title\u{7}\u{1b}[31mred: 1\n')
    const hostile = await parallax('replay', '--from', '10m', '--policy', file)
    expect([hostile.status, /[^\P{Cc}\n]/u.test(hostile.stderr)]).toEqual([2, false])
    const missing = await parallax('replay', '--from', '10m', '--policy', `${file}.not`)
    expect([missing.status, missing.stderr.includes('there is no such file')]).toEqual([3, true])
  }, 60_000)

  test('[DA4] a receipt that does not give its verdict is named', async () => {
    const [row] = await hub.sql<{ at: number; receipt: string }>(
      `SELECT at, receipt FROM verdict_receipt WHERE kind = 'down' ORDER BY at DESC LIMIT 1`,
    )
    const receipt = JSON.parse(row?.receipt ?? '{}') as { kind: string; witnesses: unknown[] }
    await hub.sql(`UPDATE verdict_receipt SET receipt = $1 WHERE at = $2 AND kind = 'down'`, [
      JSON.stringify({ ...receipt, witnesses: receipt.witnesses.slice(0, 1) }),
      row?.at,
    ])
    const { status, stdout } = await parallax('replay', '--from', '10m', '--to', '0s')
    expect(status).toBe(1)
    expect(stdout).toMatch(/web\/http: it was down with service web!http, its receipt gives/)
  }, 60_000)
})

interface PastReplayed {
  readonly checks: number
  readonly observers: number
  readonly receipts: { readonly total: number; readonly reproduced: number }
  readonly outages: readonly { readonly id: string; readonly from: string }[]
  readonly other?: {
    readonly avoided: readonly unknown[]
    readonly delaysMs: readonly number[]
  }
}
