import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CollectorRow } from '../../src/wire/api/network.ts'
import { executionsOf, gapsOf } from './executions.ts'
import { startNetwork, type Network, type TestHub } from './network.ts'
import { eventually } from './program.ts'

const HOSTS = 10
const INTERVAL_MS = 3_000
const HOUR_S = 3_600

const yaml = `selfMonitoring: false
commands:
  say: { line: echo fine }
clusters: { east: {} }
hosts:
${Array.from(
  { length: HOSTS },
  (_, n) => `  h${n}: { cluster: east, checkInterval: ${INTERVAL_MS / 1000}s, checkCommand: say }`,
).join('\n')}
`

/** Where Debian puts it on the machines it runs on. */
const LIBRARIES = ['x86_64', 'aarch64'].map(
  (machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketime.so.1`,
)
const folder = mkdtempSync(join(tmpdir(), 'parallax-clock-'))
const clockFile = join(folder, 'clock')
let network: Network
let hub: TestHub

beforeAll(async () => {
  const library = LIBRARIES.find((path) => existsSync(path))
  if (library === undefined) throw new Error('libfaketime is missing: scripts/test-packages.sh')
  writeFileSync(clockFile, '+0\n')
  network = await startNetwork({
    yaml,
    hubs: ['hub-a'],
    collectors: ['east.c1'],
    environmentOf: {
      'east.c1': {
        LD_PRELOAD: library,
        FAKETIME_TIMESTAMP_FILE: clockFile,
        FAKETIME_NO_CACHE: '1',
        DONT_FAKE_MONOTONIC: '1',
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
      },
    },
  })
  hub = network.hub('hub-a')
  await hub.sees(1)
}, 120_000)
afterAll(async () => {
  await network.stop()
  rmSync(folder, { recursive: true, force: true })
})

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Until the hub knows that the collector's clock is so far from its own. */
function seesOffset(seconds: number): Promise<unknown> {
  return eventually(
    async () => {
      const { clocks } = await hub.api<CollectorRow>('/api/v1/collectors/east.c1')
      const [reading] = clocks
      return reading !== undefined && Math.abs(Math.abs(reading.offsetMs) - seconds * 1000) < 5_000
        ? reading
        : undefined
    },
    60_000,
    `the hub sees an offset of ${seconds} s`,
  )
}

describe('a collector whose clock steps', () => {
  test.each([
    ['forward', HOUR_S],
    ['back', -HOUR_S],
  ])(
    '[CK6, CK9] an hour %s: checks go on, times in the history are right, no state changes, and it is seen',
    async (_, seconds) => {
      await seesOffset(0)
      await pause(2 * INTERVAL_MS)
      const from = Date.now()
      writeFileSync(clockFile, `${seconds > 0 ? '+' : ''}${seconds}\n`)
      await seesOffset(Math.abs(seconds))
      await eventually(
        async () => {
          const recent = await executionsOf(hub, Date.now() - 3 * INTERVAL_MS, Date.now())
          return recent.size === HOSTS ? true : undefined
        },
        60_000,
        'the checks of the last intervals have the right time',
      )
      writeFileSync(clockFile, '+0\n')
      await seesOffset(0)
      await eventually(
        async () => {
          const recent = await executionsOf(hub, Date.now() - 3 * INTERVAL_MS, Date.now())
          const gap = gapsOf(recent)[0]?.ms ?? Number.POSITIVE_INFINITY
          return recent.size === HOSTS && gap < INTERVAL_MS * 1.5 ? true : undefined
        },
        60_000,
        'all is as before',
      )
      const changes = await hub.api<{ items: unknown[] }>(
        `/api/v1/changes?from=${encodeURIComponent(new Date(from).toISOString())}&limit=100`,
      )
      expect(changes.items).toEqual([])
      const { items } = await hub.api<{ items: { state: string; isStale: boolean }[] }>(
        '/api/v1/hosts',
      )
      expect(items.filter(({ state, isStale }) => state !== 'up' || isStale)).toEqual([])
      expect(network.collector('east.c1').process.isRunning).toBe(true)
    },
    240_000,
  )
})
