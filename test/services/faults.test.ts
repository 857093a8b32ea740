import { execFileSync } from 'node:child_process'
import { rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startLink, type CuttableLink } from '../../bench/cuttable-link.ts'
import type { CollectorRow } from '../../src/wire/api/network.ts'
import { collectorsOf, executionsOf } from './executions.ts'
import { startNetwork, type Network, type TestHub } from './network.ts'
import { eventually } from './program.ts'

const HOSTS = 20
const INTERVAL_MS = 3_000
const DISK_BYTES = 8 * 1024 * 1024

const yaml = `selfMonitoring: false
commands:
  say: { line: echo fine }
clusters: { east: {}, west: {} }
hosts:
${Array.from({ length: HOSTS }, (_, n) => {
  const cluster = n % 2 === 0 ? 'east' : 'west'
  return `  h${n}: { cluster: ${cluster}, checkInterval: ${INTERVAL_MS / 1000}s, checkCommand: say }`
}).join('\n')}
`

const isRoot = process.getuid?.() === 0
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const links = new Map<string, CuttableLink>()
let network: Network
/** Of the one collector that has a small disk. */
let smallDisk = ''

beforeAll(async () => {
  network = await startNetwork({
    yaml,
    hubs: ['hub-a', 'hub-b'],
    collectors: ['east.c1', 'east.c2', 'west.c1'],
    async way(collector, hub, port) {
      const link = await startLink(port)
      links.set(`${collector} ${hub}`, link)
      return link.port
    },
    prepare(collector, data) {
      if (collector !== 'west.c1' || !isRoot) return
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', data])
      smallDisk = data
    },
  })
  await Promise.all(network.hubs.map((hub) => hub.sees(3)))
}, 120_000)
afterAll(async () => {
  if (smallDisk !== '') execFileSync('umount', ['--lazy', smallDisk])
  await network.stop()
  await Promise.all([...links.values()].map((link) => link.cut()))
})

const link = (collector: string, hub: string): CuttableLink => {
  const found = links.get(`${collector} ${hub}`)
  if (found === undefined) throw new Error(`there is no link from ${collector} to ${hub}`)
  return found
}

/** Checks of a cluster that a hub has results of since then. */
async function checkedSince(hub: TestHub, cluster: string, from: number): Promise<number> {
  const executions = await executionsOf(hub, from)
  return [...executions.values()].filter((runs) => runs[0]?.collector.startsWith(`${cluster}.`))
    .length
}

describe('a cluster whose two collectors do not hear each other', () => {
  test('[AG9] both check everything, each for the hub that it reaches; healed, each host is one collector’s again', async () => {
    await link('east.c1', 'hub-b').cut()
    await link('east.c2', 'hub-a').cut()
    const partedAt = Date.now()
    for (const [hub, collector] of [
      [network.hub('hub-a'), 'east.c1'],
      [network.hub('hub-b'), 'east.c2'],
    ] as const) {
      await eventually(
        async () => {
          const runs = [...(await executionsOf(hub, partedAt)).values()].flat()
          const own = new Set(
            runs.filter((run) => run.collector === collector).map((run) => run.checkId),
          )
          return own.size === HOSTS / 2 ? true : undefined
        },
        30_000,
        `${collector} checks all hosts of the cluster for ${hub.name}`,
      )
    }
    await Promise.all([link('east.c1', 'hub-b').mend(), link('east.c2', 'hub-a').mend()])
    await Promise.all(network.hubs.map((hub) => hub.sees(3, ['active', 'joining'])))
    for (const hub of network.hubs) {
      await eventually(
        async () => {
          const from = Date.now() - 2 * INTERVAL_MS
          const runs = [...(await executionsOf(hub, from)).entries()].filter(([, [run]]) =>
            run?.collector.startsWith('east.'),
          )
          const isOneEach = runs.every(
            ([, all]) => new Set(all.map((run) => run.collector)).size === 1,
          )
          return runs.length === HOSTS / 2 && isOneEach ? true : undefined
        },
        60_000,
        `${hub.name} hears of each host from one collector`,
      )
    }
    // What each side did meanwhile is in both hubs in the end.
    await eventually(
      async () => {
        const counts = await Promise.all(
          network.hubs.map(async (hub) => {
            const executions = await executionsOf(hub, partedAt, partedAt + 5_000)
            return [...executions.values()]
              .flat()
              .filter((run) => run.collector.startsWith('east.')).length
          }),
        )
        return counts[0] === counts[1] ? true : undefined
      },
      30_000,
      'both hubs have the same executions of the time of the partition',
    )
    const states = await Promise.all(
      network.hubs.map((hub) => hub.api<{ items: { state: string }[] }>('/api/v1/hosts')),
    )
    for (const { items } of states) expect(items.every(({ state }) => state === 'up')).toBe(true)
  }, 180_000)
})

describe.skipIf(!isRoot)(
  'a disk without room for the outbox (needs root: a small disk is mounted)',
  () => {
    test('[OB13] checks go on and are shown, it is said, and nothing of what is kept is lost when there is room again', async () => {
      const [hub] = network.hubs
      if (hub === undefined) throw new Error('there is a hub')
      const collector = network.collector('west.c1')
      const filler = join(smallDisk, 'filler')
      const { bavail, bsize } = statfsSync(smallDisk)
      const fullFrom = Date.now()
      fillUp(filler, bavail * bsize)
      await eventually(
        async () => (/outbox/i.test(levelsAbove(collector.process.text)) ? true : undefined),
        30_000,
        'the collector says that its outbox is unavailable',
      )
      await pause(2 * INTERVAL_MS)
      expect(collector.process.isRunning).toBe(true)
      const during = Date.now() - INTERVAL_MS * 1.5
      await eventually(
        async () => ((await checkedSince(hub, 'west', during)) === HOSTS / 2 ? true : undefined),
        20_000,
        'results reach the hub while the disk is full',
      )
      rmSync(filler)
      const roomAt = Date.now()
      for (const one of network.hubs) {
        await eventually(
          async () => ((await checkedSince(one, 'west', roomAt)) === HOSTS / 2 ? true : undefined),
          30_000,
          `results reach ${one.name} when there is room`,
        )
      }
      const row = await hub.api<CollectorRow>('/api/v1/collectors/west.c1')
      expect(row.health).toBe('live')
      const executions = await executionsOf(hub, fullFrom, roomAt)
      const west = [...executions.values()].filter(([run]) => run?.collector === 'west.c1')
      expect(west).toHaveLength(HOSTS / 2)
      expect(collectorsOf(new Map(west.map((runs, n) => [String(n), runs])))).toEqual(['west.c1'])
      const starts = west.map((runs) => new Set(runs.map(({ startedAt }) => startedAt)).size)
      expect(starts).toEqual(west.map((runs) => runs.length))
    }, 180_000)
  },
)

/** Takes all room but the last pages, then those. */
function fillUp(path: string, bytes: number): void {
  for (let left = bytes; left > 0; left = Math.floor(left / 2)) {
    try {
      writeFileSync(path, Buffer.alloc(left), { flag: 'a' })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    }
  }
}

/** Lines of the log that ask for attention. */
function levelsAbove(text: string): string {
  return text
    .split('\n')
    .filter((line) => /"level":"(?:warn|error)"/.test(line))
    .join('\n')
}
