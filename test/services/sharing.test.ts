import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CollectorRow } from '../../src/wire/api/network.ts'
import { collectorsOf, executionsOf, gapsOf } from './executions.ts'
import { freePort } from './nats-server.ts'
import { startNetwork, type Network, type TestHub } from './network.ts'
import { eventually } from './program.ts'

const HOSTS = 20
const INTERVAL_MS = 4_000
const TIMEOUT_MS = 4_000
const OWNER = 'east.c1'
const EXECUTOR = 'east.x1'

/** Five plugins run at any time; the collector has two places. */
const yaml = `selfMonitoring: false
commands:
  slow: { line: sleep 1; echo fine }
clusters:
  east: {}
hosts:
${Array.from(
  { length: HOSTS },
  (_, n) =>
    `  h${n}: { cluster: east, checkInterval: ${INTERVAL_MS / 1000}s, checkTimeout: ${TIMEOUT_MS / 1000}s, checkCommand: slow }`,
).join('\n')}
`

let network: Network
let hub: TestHub
let metricsPort = 0

beforeAll(async () => {
  metricsPort = await freePort()
  network = await startNetwork({
    yaml,
    hubs: ['hub-a', 'hub-b'],
    collectors: [OWNER, EXECUTOR],
    flagsOf: {
      [OWNER]: ['--plugin-slots', '2'],
      [EXECUTOR]: ['--roles', 'executor', '--metrics-listen', `127.0.0.1:${metricsPort}`],
    },
  })
  hub = network.hub('hub-a')
  await hub.sees(2)
}, 120_000)
afterAll(() => network.stop())

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

async function numberOfExecutor(name: string): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${metricsPort}/metrics`)
  const line = new RegExp(`^${name} (\\S+)$`, 'm').exec(await answer.text())
  return Number(line?.[1])
}

/** Until the last interval was in time for every check. */
async function settled(): Promise<number> {
  const from = Date.now()
  await eventually(
    async () => {
      const executions = await executionsOf(hub, Date.now() - 3 * INTERVAL_MS)
      const isWhole =
        executions.size === HOSTS && [...executions.values()].every((runs) => runs.length > 1)
      const isInTime = (gapsOf(executions)[0]?.ms ?? Infinity) < INTERVAL_MS * 1.5
      return isWhole && isInTime && Date.now() - from > 3 * INTERVAL_MS ? true : undefined
    },
    60_000,
    'every check is run in its interval',
  )
  return Date.now()
}

describe('a collector of two places and an executor', () => {
  test('[SH1, SH3, SH12] all checks run in their intervals, what is beyond the places on the executor, once each', async () => {
    const from = await settled()
    const takenBefore = await numberOfExecutor('parallax_sharing_taken_total')
    await pause(4 * INTERVAL_MS)
    const taken = (await numberOfExecutor('parallax_sharing_taken_total')) - takenBefore
    const executions = await executionsOf(hub, from)
    const count = [...executions.values()].flat().length
    expect(executions.size).toBe(HOSTS)
    expect(collectorsOf(executions)).toEqual([OWNER])
    const gaps = gapsOf(executions)
    expect(gaps[0]?.ms).toBeLessThan(INTERVAL_MS * 1.5)
    expect(gaps.at(-1)?.ms).toBeGreaterThan(INTERVAL_MS * 0.5)
    // Two places run two a second.
    expect(count).toBeGreaterThan(HOSTS * 3)
    expect(taken).toBeGreaterThan(count / 3)
    const { items } = await hub.api<{ items: CollectorRow[] }>('/api/v1/collectors')
    expect(items.map(({ id, role, hosts, leasesLost }) => [id, role, hosts, leasesLost])).toEqual([
      [OWNER, 'full', HOSTS, 0],
      [EXECUTOR, 'executor', 0, 0],
    ])
  }, 120_000)

  test('[SH5, SH6] kill -9 of the executor: what it ran is run again after the silence, later than its deadline nothing is', async () => {
    const from = await settled()
    const victim = network.collector(EXECUTOR)
    await eventually(
      async () => ((await numberOfExecutor('parallax_sharing_guests')) > 1 ? true : undefined),
      10_000,
      'it runs something',
    )
    const killedAt = Date.now()
    await victim.process.kill()
    // Two places take ten seconds for all; who was leased comes first when its lease is lost.
    const deadlineMs = 1_000 + TIMEOUT_MS + 2_000
    await eventually(
      async () => {
        const executions = await executionsOf(hub, killedAt)
        return executions.size === HOSTS ? true : undefined
      },
      60_000,
      'every check was run again',
    )
    const again = await executionsOf(hub, killedAt)
    const firstMs = [...again.values()].map((runs) => (runs[0]?.startedAt ?? 0) - killedAt)
    expect(Math.max(...firstMs)).toBeLessThan(deadlineMs + HOSTS * 500)
    const lost = await eventually(
      async () => {
        const { leasesLost } = await hub.api<CollectorRow>(`/api/v1/collectors/${OWNER}`)
        return leasesLost > 0 ? leasesLost : undefined
      },
      10_000,
      'lost leases are counted',
    )
    expect(lost).toBeLessThanOrEqual(4)
    expect(collectorsOf(await executionsOf(hub, from))).toEqual([OWNER])

    await victim.start()
    await hub.sees(2)
    await settled()
    expect(await numberOfExecutor('parallax_sharing_taken_total')).toBeGreaterThan(0)
  }, 180_000)

  test('[SH11] an executor that is stopped in order ends what it runs: no lease is lost', async () => {
    await settled()
    const { leasesLost: before } = await hub.api<CollectorRow>(`/api/v1/collectors/${OWNER}`)
    const leaving = network.collector(EXECUTOR)
    const begunAt = Date.now()
    await leaving.process.signal('SIGTERM')
    expect(Date.now() - begunAt).toBeLessThan(6_000)
    await pause(5_000)
    const { leasesLost } = await hub.api<CollectorRow>(`/api/v1/collectors/${OWNER}`)
    expect(leasesLost).toBe(before)
    await leaving.start()
    await hub.sees(2)
    await settled()
  }, 120_000)
})
