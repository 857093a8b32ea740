import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { collectorsOf, executionsOf, gapsOf } from './executions.ts'
import { startNetwork, type Network } from './network.ts'
import { eventually } from './program.ts'

const HOSTS = 20
const INTERVAL_MS = 3_000

const yaml = `
selfMonitoring: false
commands:
  say: { line: echo fine }
clusters:
  east: {}
hosts:
${Array.from(
  { length: HOSTS },
  (_, n) => `  h${n}: { cluster: east, checkInterval: ${INTERVAL_MS / 1000}s, checkCommand: say }`,
).join('\n')}
`

let network: Network

beforeAll(async () => {
  const collectors = ['east.c1', 'east.c2', 'east.c3']
  network = await startNetwork({ yaml, hubs: ['hub-a', 'hub-b'], collectors, hasEdges: true })
  await Promise.all(network.hubs.map((hub) => hub.sees(3)))
}, 120_000)
afterAll(() => network.stop())

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

describe('a cluster with its own server and two hubs', () => {
  test('each hub has all results by itself', async () => {
    const from = Date.now()
    await pause(3 * INTERVAL_MS)
    for (const hub of network.hubs) {
      const executions = await executionsOf(hub, from)
      expect(executions.size).toBe(HOSTS)
      expect(collectorsOf(executions)).toEqual(['east.c1', 'east.c2', 'east.c3'])
    }
  })

  test('cut off from every hub it takes over from a dying collector, and the hubs learn all of it later', async () => {
    const from = Date.now() - 2 * INTERVAL_MS
    await Promise.all(
      network.hubs.flatMap((hub) => [hub.process.kill(), hub.server.kill('SIGKILL')]),
    )
    await pause(INTERVAL_MS)
    const killedAt = Date.now()
    await network.collector('east.c2').process.kill()
    await pause(5 * INTERVAL_MS)
    await Promise.all(network.hubs.map((hub) => hub.server.restart()))
    await Promise.all(network.hubs.map((hub) => hub.start()))
    for (const hub of network.hubs) {
      await hub.sees(2)
      await eventually(
        async () => {
          const executions = await executionsOf(hub, from)
          const gap = gapsOf(executions)[0]?.ms ?? Number.POSITIVE_INFINITY
          const since = await executionsOf(hub, killedAt + 8_000)
          return since.size === HOSTS && executions.size === HOSTS && gap < INTERVAL_MS + 8_000
            ? true
            : undefined
        },
        60_000,
        `${hub.name} has the history of the outage`,
      )
      const after = await executionsOf(hub, killedAt + 8_000)
      expect(after.size).toBe(HOSTS)
      expect(collectorsOf(after)).toEqual(['east.c1', 'east.c3'])
    }
  })

  test('one hub alone goes on while the other is away, and the other catches up by itself', async () => {
    const [first, second] = network.hubs
    if (first === undefined || second === undefined) throw new Error('there are two hubs')
    const from = Date.now()
    await second.process.kill()
    await pause(4 * INTERVAL_MS)
    const meanwhile = gapsOf(await executionsOf(first, from))
    expect(meanwhile[0]?.ms).toBeLessThan(INTERVAL_MS * 1.5)
    await second.start()
    await eventually(
      async () => {
        const gaps = gapsOf(await executionsOf(second, from))
        return gaps.length >= 3 * HOSTS && (gaps[0]?.ms ?? 0) < INTERVAL_MS * 1.5 ? true : undefined
      },
      60_000,
      'the other hub has caught up',
    )
  })
})
