import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Summary } from '../../src/cli/drill/continuity.ts'
import { startNetwork, type Network, type TestHub } from './network.ts'
import { eventually } from './program.ts'

const HOSTS = 40
const COLLECTORS = ['east.c1', 'east.c2', 'east.c3'] as const
const yaml = `
commands:
  say: { line: echo fine }
clusters:
  east: {}
hosts:
${Array.from(
  { length: HOSTS },
  (_, n) => `  h${n}: { cluster: east, checkInterval: 3s, retryInterval: 3s, checkCommand: say }`,
).join('\n')}
`

let network: Network
let hub: TestHub

beforeAll(async () => {
  network = await startNetwork({ yaml, hubs: ['hub-a'], collectors: COLLECTORS })
  hub = network.hub('hub-a')
  await hub.sees(3)
  await ran(2 * HOSTS)
}, 120_000)
afterAll(() => network.stop())

async function stored(): Promise<number> {
  const [row] = await hub.sql<{ count: string }>('SELECT count(*) FROM result')
  return Number(row?.count)
}

async function ran(count: number): Promise<void> {
  const find = async (): Promise<true | undefined> => ((await stored()) >= count ? true : undefined)
  await eventually(find, 60_000, `${count} checks ran`)
}

interface Report {
  readonly drill: string
  readonly collector: string
  readonly isPassed: boolean
  readonly beyond: readonly string[]
  readonly returnMs: number | null
  readonly summary: Summary & { readonly detectionMs: number | null; readonly lost: number }
  readonly hosts: readonly { readonly host: string; readonly isMoved: boolean }[]
}

interface Ended {
  readonly status: number | null
  readonly out: string
  readonly err: string
}

/** @param heard sees what it says while it runs */
async function drill(
  words: readonly string[],
  heard: (err: string) => void = () => undefined,
): Promise<Ended> {
  const bin = join(import.meta.dirname, '..', '..', 'bin', 'parallax')
  const all = [bin, 'drill', ...words, '--data', join(network.folder, 'hub-a')]
  const child = spawn(process.execPath, all, { stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString()
    heard(err)
  })
  const [status] = (await once(child, 'close')) as [number | null]
  return { status, out, err }
}

const reportOf = ({ out }: Ended): Report => JSON.parse(out) as Report

describe('parallax drill', () => {
  test('[DR8] without a word of somebody nothing is killed', async () => {
    const { status, err } = await drill(['kill', '--folder', network.collector('east.c1').data])
    expect([status, err]).toEqual([2, expect.stringContaining('would really kill east.')])
    expect(network.collector('east.c1').process.isRunning).toBe(true)
  })

  test('[DR9] kill: its hosts are checked by others in time, and it comes back', async () => {
    const victim = network.collector('east.c2')
    let isStarted = false
    const ended = await drill(
      ['kill', '--collector', 'east.c2', '--folder', victim.data, '--confirm', '-o', 'json'],
      (err) => {
        if (isStarted || !err.includes('start it again')) return
        isStarted = true
        void victim.start()
      },
    )
    expect(ended.status, ended.err + ended.out).toBe(0)
    const report = reportOf(ended)
    expect(report).toMatchObject({ drill: 'kill', collector: 'east.c2', isPassed: true })
    expect(report.summary).toMatchObject({ hosts: HOSTS, leftAlone: 0, doubled: 0, lost: 0 })
    expect(report.summary.moved).toBeGreaterThan(5)
    expect(report.summary.detectionMs).toBeGreaterThan(1_500)
    expect(report.summary.takeover?.maxMs).toBeGreaterThan(1_500)
    expect(report.returnMs).toBeGreaterThan(0)
    await hub.sees(3)
  }, 180_000)

  test('[DR8] its watchdog is held while it is dead, and starts it again afterwards', async () => {
    const { process: bare, data } = network.collector('east.c2')
    await bare.signal('SIGTERM')
    const bin = join(import.meta.dirname, '..', '..', 'bin', 'parallax')
    const watchdog = spawn(process.execPath, [bin, 'collector', '--data', data], {
      stdio: 'ignore',
      env: { ...process.env, PARALLAX_WATCHDOG: '' },
    })
    try {
      await hub.sees(3)
      await ran((await stored()) + 3 * HOSTS)
      const words = ['kill', '--collector', 'east.c2', '--folder', data, '--confirm']
      const ended = await drill([...words, '--hold', '9s', '--after', '4s', '-o', 'json'])
      expect(ended.status, ended.err + ended.out).toBe(0)
      const { summary, returnMs } = reportOf(ended)
      expect(summary.detectionMs).toBeGreaterThan(1_500)
      // Not before it was let go on: a start takes its time.
      expect(returnMs).toBeGreaterThan(300)
      expect(ended.err).not.toContain('start it again')
    } finally {
      const gone = once(watchdog, 'exit')
      watchdog.kill('SIGTERM')
      await gone
    }
    await network.collector('east.c2').start()
    await hub.sees(3)
  }, 180_000)

  test('[DR9] limits that nobody can keep fail the drill, and what was stopped goes on', async () => {
    const hung = network.collector('east.c3')
    const ended = await drill([
      'hang',
      '--collector',
      'east.c3',
      '--pid',
      String(hung.process.pid),
      '--confirm',
      '--max-recheck',
      '500ms',
      '--max-detection',
      '100ms',
    ])
    expect(ended).toMatchObject({ status: 1 })
    expect(ended.err).toMatch(/detection after \d\.\d s, allowed are 0\.1 s/)
    expect(ended.err).toMatch(/the last first re-check after \d\.\d s, allowed are 0\.5 s/)
    expect(ended.out).toMatch(/^First re-check +median \d\.\d s, p95 \d\.\d s, max \d\.\d s$/m)
    expect(ended.out).toMatch(/^HOST +CHECKS +TAKEOVER +RE-CHECK/m)
    await hub.sees(3)
  }, 180_000)

  test('[DR8] elsewhere a command fails it, and another makes it good', async () => {
    const { process: hung } = network.collector('east.c2')
    const ended = await drill([
      'hang',
      '--collector',
      'east.c2',
      '--confirm',
      '-o',
      'json',
      '--after',
      '4s',
      '--with',
      `kill -STOP ${hung.pid}`,
      '--undo',
      `kill -CONT ${hung.pid}`,
    ])
    expect(ended.status, ended.err + ended.out).toBe(0)
    expect(reportOf(ended).summary).toMatchObject({ leftAlone: 0, doubled: 0, lost: 0 })
    await hub.sees(3)
  }, 180_000)

  test('[DR8] without one it says what to do, and sees that it was done', async () => {
    const { process: hung } = network.collector('east.c1')
    const words = ['hang', '--collector', 'east.c1', '--confirm', '-o', 'json', '--after', '4s']
    const ended = await drill(words, (err) => {
      if (err.includes('let it go on')) void hung.signal('SIGCONT')
      else if (err.includes('now, I am watching')) void hung.signal('SIGSTOP')
    })
    expect(ended.status, ended.err + ended.out).toBe(0)
    const { summary } = reportOf(ended)
    expect(summary).toMatchObject({ leftAlone: 0, doubled: 0, lost: 0 })
    expect(summary.moved).toBeGreaterThan(5)
    await hub.sees(3)
  }, 180_000)

  test('[DR9] a hub that is killed costs no interval and no result', async () => {
    let isStarted = false
    const words = ['kill', 'hub', '--folder', join(network.folder, 'hub-a'), '--confirm']
    const ended = await drill([...words, '-o', 'json'], (err) => {
      if (isStarted || !err.includes('start it again')) return
      isStarted = true
      void hub.start()
    })
    expect(ended.status, ended.err + ended.out).toBe(0)
    const report = reportOf(ended)
    expect(report).toMatchObject({ collector: null, isPassed: true })
    expect(report.summary).toMatchObject({ hosts: HOSTS, missed: 0, doubled: 0, lost: 0 })
    await hub.sees(3)
  }, 180_000)

  test('[DR10] drain: no interval is missed, none is used twice', async () => {
    const ended = await drill(['drain', '--collector', 'east.c1', '-o', 'json'])
    expect(ended.status, ended.err + ended.out).toBe(0)
    const { summary } = reportOf(ended)
    expect(summary).toMatchObject({ missed: 0, doubled: 0, lost: 0, detectionMs: null })
    expect(summary.moved).toBeGreaterThan(5)
    await hub.sees(3)
  }, 180_000)

  test('[DR11] what is broken off is made good', async () => {
    const hung = network.collector('east.c1')
    const words = ['hang', '--collector', 'east.c1', '--folder', hung.data, '--confirm']
    const bin = join(import.meta.dirname, '..', '..', 'bin', 'parallax')
    const all = [bin, 'drill', ...words, '--data', join(network.folder, 'hub-a'), '--hold', '1m']
    const child = spawn(process.execPath, all, { stdio: ['ignore', 'ignore', 'pipe'] })
    for await (const chunk of child.stderr as AsyncIterable<Buffer>)
      if (chunk.toString().includes('is stopped')) child.kill('SIGINT')
    expect(child.exitCode ?? (await once(child, 'exit'))[0]).toBe(1)
    await hub.sees(3)
  }, 60_000)

  test('[DR12] the API pages through what ran, of one cluster', async () => {
    interface Page {
      readonly items: readonly { readonly id: string; readonly startedAt: string }[]
      readonly rhythms: Readonly<Record<string, object>>
      readonly nextCursor: string | null
    }
    const to = new Date(Date.now() - 2_000)
    const from = new Date(to.getTime() - 6_000)
    const query = `from=${from.toISOString()}&to=${to.toISOString()}&cluster=east`
    const whole = await hub.api<Page>(`/api/v1/executions?${query}&limit=10000`)
    expect(whole.items.length).toBeGreaterThanOrEqual(HOSTS)
    expect(whole.rhythms['h7']).toEqual({ intervalMs: 3_000, retryIntervalMs: 3_000 })
    const paged: unknown[] = []
    for (let cursor = ''; ;) {
      const page = await hub.api<Page>(`/api/v1/executions?${query}&limit=7${cursor}`)
      paged.push(...page.items)
      if (page.nextCursor === null) break
      cursor = `&cursor=${page.nextCursor}`
    }
    expect(paged).toEqual(whole.items)
    expect(await hub.api(`/api/v1/executions?${query.replace('east', 'west')}`)).toMatchObject({
      items: [],
      nextCursor: null,
    })
    await expect(hub.api(`/api/v1/executions?${query}&cursor=x`)).rejects.toThrow('400')
    const day = new Date(to.getTime() - 86_400_000).toISOString()
    await expect(hub.api(`/api/v1/executions?from=${day}`)).rejects.toThrow('six hours')
  })
})
