import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { collectorsOf, executionsOf, gapsOf } from './executions.ts'
import { startNetwork, type Network, type TestHub } from './network.ts'
import { eventually } from './program.ts'

const HOSTS = 40
const INTERVAL_MS = 3_000
const COLLECTORS = ['east.c1', 'east.c2', 'east.c3'] as const

const yaml = `selfMonitoring: false
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
let hub: TestHub

beforeAll(async () => {
  network = await startNetwork({ yaml, hubs: ['hub-a'], collectors: COLLECTORS })
  hub = network.hub('hub-a')
  await hub.sees(3)
}, 120_000)
afterAll(() => network.stop())

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Until every check was run again by now, and nothing is on its way. */
async function settled(): Promise<number> {
  const from = Date.now()
  await eventually(
    async () => {
      const executions = await executionsOf(hub, from)
      return executions.size === HOSTS && [...executions.values()].every((runs) => runs.length > 1)
        ? true
        : undefined
    },
    60_000,
    'every check was run twice',
  )
  return Date.now()
}

describe('a cluster of three collectors', () => {
  test('shares its hosts: each is checked once in every interval, by one of them', async () => {
    const from = await settled()
    await pause(4 * INTERVAL_MS)
    const executions = await executionsOf(hub, from)
    expect(collectorsOf(executions)).toEqual(COLLECTORS)
    const gaps = gapsOf(executions)
    expect(gaps[0]?.ms).toBeLessThan(INTERVAL_MS * 1.5)
    expect(gaps.at(-1)?.ms).toBeGreaterThan(INTERVAL_MS * 0.5)
    for (const runs of executions.values())
      expect(new Set(runs.map(({ collector }) => collector)).size).toBe(1)
  }, 120_000)

  test('a collector that is killed: the others check its hosts within 8 s, and it gets them back without a gap', async () => {
    const victim = network.collector('east.c2')
    const killedAt = Date.now()
    await victim.process.kill()
    await pause(INTERVAL_MS)
    const from = await settled()
    const after = await executionsOf(hub, killedAt)
    expect(after.size).toBe(HOSTS)
    for (const runs of after.values())
      expect((runs[0]?.startedAt ?? 0) - killedAt).toBeLessThan(8_000)
    expect(collectorsOf(await executionsOf(hub, from - INTERVAL_MS))).toEqual([
      'east.c1',
      'east.c3',
    ])

    const returnedAt = Date.now()
    await victim.start()
    await hub.sees(3)
    await eventually(
      async () =>
        collectorsOf(await executionsOf(hub, Date.now() - INTERVAL_MS)).includes('east.c2')
          ? true
          : undefined,
      60_000,
      'it has hosts again',
    )
    await settled()
    const gaps = gapsOf(await executionsOf(hub, returnedAt - INTERVAL_MS))
    expect(gaps[0]).toMatchObject({ ms: expect.toSatisfy((ms: number) => ms < INTERVAL_MS * 1.5) })
    expect(gaps.at(-1)).toMatchObject({
      ms: expect.toSatisfy((ms: number) => ms > INTERVAL_MS * 0.5),
    })
  }, 180_000)

  test('a collector that is stopped in order hands over: no interval is missed, none is done twice', async () => {
    const from = await settled()
    const leaving = network.collector('east.c3')
    await leaving.process.signal('SIGTERM')
    await settled()
    await leaving.start()
    await hub.sees(3)
    await settled()
    const gaps = gapsOf(await executionsOf(hub, from))
    expect(gaps[0]).toMatchObject({ ms: expect.toSatisfy((ms: number) => ms < INTERVAL_MS * 1.5) })
    expect(gaps.at(-1)).toMatchObject({
      ms: expect.toSatisfy((ms: number) => ms > INTERVAL_MS * 0.5),
    })
  }, 180_000)

  test('drained it keeps no host and loses no interval; uncordoned it takes part again', async () => {
    const from = await settled()
    const order = (kind: string): Promise<{ standing: string }> =>
      hub.api('/api/v1/collectors/east.c1/orders', {
        method: 'POST',
        body: JSON.stringify({ kind }),
      })
    expect(['leaving', 'cordoned']).toContain((await order('drain')).standing)
    await eventually(
      async () => {
        const { hosts, standing } = await hub.api<{ hosts: number; standing: string }>(
          '/api/v1/collectors/east.c1',
        )
        return standing === 'cordoned' && hosts === 0 ? true : undefined
      },
      30_000,
      'it is drained',
    )
    await settled()
    await order('uncordon')
    await hub.sees(3)
    await settled()
    const gaps = gapsOf(await executionsOf(hub, from))
    expect(gaps[0]).toMatchObject({ ms: expect.toSatisfy((ms: number) => ms < INTERVAL_MS * 1.5) })
    expect(gaps.at(-1)).toMatchObject({
      ms: expect.toSatisfy((ms: number) => ms > INTERVAL_MS * 0.5),
    })
  }, 180_000)

  test('a collector that hangs is replaced, and takes no host twice when it goes on', async () => {
    const from = await settled()
    const hung = network.collector('east.c1')
    await hung.process.signal('SIGSTOP')
    await pause(8_000)
    const during = await executionsOf(hub, from)
    for (const runs of during.values())
      expect(Date.now() - (runs.at(-1)?.startedAt ?? 0)).toBeLessThan(8_000)
    await hung.process.signal('SIGCONT')
    await hub.sees(3)
    const again = await settled()
    await pause(3 * INTERVAL_MS)
    const gaps = gapsOf(await executionsOf(hub, again))
    expect(gaps.at(-1)?.ms).toBeGreaterThan(INTERVAL_MS * 0.5)
    expect(gaps[0]?.ms).toBeLessThan(INTERVAL_MS * 1.5)
  }, 180_000)

  test('while the hub is away checks go on, and nothing of that time is missing when it is back', async () => {
    const from = await settled()
    await hub.process.kill()
    await pause(5 * INTERVAL_MS)
    await hub.start()
    await hub.sees(3)
    await settled()
    await eventually(
      async () => {
        const gaps = gapsOf(await executionsOf(hub, from))
        return (gaps[0]?.ms ?? 0) < INTERVAL_MS * 1.5 ? true : undefined
      },
      60_000,
      'the history of the outage is complete',
    )
    const gaps = gapsOf(await executionsOf(hub, from))
    expect(gaps.at(-1)?.ms).toBeGreaterThan(INTERVAL_MS * 0.5)
  }, 180_000)

  test('the restart of the bus costs no execution and no result', async () => {
    const from = await settled()
    await hub.server.restart()
    await pause(3 * INTERVAL_MS)
    await hub.sees(3)
    await settled()
    const gaps = gapsOf(await executionsOf(hub, from))
    expect(gaps[0]).toMatchObject({ ms: expect.toSatisfy((ms: number) => ms < INTERVAL_MS * 1.5) })
  }, 180_000)
})
