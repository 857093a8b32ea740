import { connect, type NatsConnection } from '@nats-io/transport-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { encode } from '../../src/adapters/nats/codec.ts'
import { prng } from '../../src/base/prng.ts'
import { instant } from '../../src/base/instant.ts'
import { serviceCheckId } from '../../src/domain/check-id.ts'
import type { CheckResult } from '../../src/domain/check-result.ts'
import { beatOf, clockOf, helloTo, standingsOf } from '../../src/wire/cluster.ts'
import { MESSAGE_VERSION, planAcknowledgement, results } from '../../src/wire/subjects.ts'
import { resultOf } from '../result-of.ts'
import { startNetwork, type Network, type TestHub } from './network.ts'
import { eventually } from './program.ts'

const LIAR = 'east.liar'
const COUNT = 600
const CHECK = serviceCheckId('h0', 'http')

const yaml = `selfMonitoring: false
commands:
  say: { line: echo fine }
clusters: { east: {} }
hosts:
  h0:
    cluster: east
    checkCommand: say
    services:
      http: { checkCommand: say, checkInterval: 1h }
`

let network: Network
let hub: TestHub
let nats: NatsConnection

beforeAll(async () => {
  network = await startNetwork({ yaml, hubs: ['hub-a'], collectors: ['east.c1'] })
  hub = network.hub('hub-a')
  await hub.sees(1)
  nats = await connect({ servers: hub.server.url })
}, 120_000)
afterAll(async () => {
  await nats.close()
  await network.stop()
})

const from = Date.now() - 600_000

/** Results of the last ten minutes, a second apart. */
function resultAt(seq: number): CheckResult {
  const at = instant(from + seq * 500)
  const times = { dueAt: at, startedAt: at, finishedAt: at }
  return resultOf(seq, seq % 3 === 0 ? 2 : 0, {
    collector: LIAR,
    boot: 'liar-1',
    checkId: CHECK,
    ...times,
  })
}

const batch = (...seqs: number[]): Uint8Array =>
  encode({ version: MESSAGE_VERSION, collector: LIAR, results: seqs.map(resultAt), lost: [] })

function shuffled<T>(items: readonly T[], random: () => number): readonly T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item)
}

async function stored(): Promise<number> {
  const [row] = await hub.sql<{ n: string }>(
    `SELECT count(*) AS n FROM result JOIN collector_name USING (collector_no) WHERE collector = $1`,
    [LIAR],
  )
  return Number(row?.n)
}

/** What effects were: a second one of the same result would be another line. */
const changes = (): Promise<readonly unknown[]> =>
  hub.sql('SELECT at, from_state, to_state, attempt, is_hard FROM state_change ORDER BY at')

describe('a collector that is none', () => {
  test('[IN1, IN13] what it sends twice and in another order is stored once, each', async () => {
    const { name } = results('hub-a', LIAR)
    const seqs = Array.from({ length: COUNT }, (_, n) => n + 1)
    const parts = Array.from({ length: COUNT / 20 }, (_, n) => seqs.slice(n * 20, n * 20 + 20))
    const random = prng(4)
    for (const part of shuffled([...parts, ...parts, ...parts], random))
      nats.publish(name, batch(...part))
    await eventually(
      async () => ((await stored()) === COUNT ? true : undefined),
      60_000,
      'all are stored',
    )
    const once = await changes()
    for (const part of shuffled(parts, random)) nats.publish(name, batch(...part))
    nats.publish(name, batch(COUNT + 1))
    await eventually(
      async () => ((await stored()) === COUNT + 1 ? true : undefined),
      30_000,
      'the one behind the repeated ones is stored',
    )
    const after = await changes()
    expect(after.length - once.length).toBeLessThanOrEqual(1)
  }, 120_000)

  test('garbage and messages that are too large, on every subject that a hub reads, harm nobody', async () => {
    const subjects = [
      results('hub-a', LIAR).name,
      results('hub-a', 'east.c1').name,
      beatOf(LIAR).name,
      beatOf('east.c1').name,
      standingsOf(LIAR).name,
      helloTo('hub-a', LIAR).name,
      clockOf('hub-a', LIAR).name,
      planAcknowledgement('hub-a', LIAR).name,
    ]
    const random = prng(7)
    const bytes = (length: number): Uint8Array =>
      Uint8Array.from({ length }, () => Math.floor(random() * 256))
    const garbage = [
      new Uint8Array(),
      bytes(1),
      bytes(1_000),
      encode(null),
      encode([]),
      encode({ version: 1e300 }),
      encode({ version: 1, collector: LIAR, results: [{ seq: -1 }] }),
      encode({ version: 1, collector: 'east.c1', results: [resultAt(1)] }),
      encode({ version: 1, collector: LIAR, results: Array.from({ length: 30_000 }, () => ({})) }),
      encode({ version: 1, collector: LIAR, results: [{ ...resultAt(9_000), finishedAt: 'x' }] }),
      encode({ version: 1, collector: LIAR, results: [], lost: [{ boot: 'b', range: [9, 1] }] }),
      new TextEncoder().encode(`${'['.repeat(50_000)}${']'.repeat(50_000)}`),
      new Uint8Array((nats.info?.max_payload ?? 1_000_000) - 100),
    ]
    for (const subject of subjects) for (const one of garbage) nats.publish(subject, one)
    await nats.flush()
    nats.publish(results('hub-a', LIAR).name, batch(COUNT + 2))
    await eventually(
      async () => ((await stored()) === COUNT + 2 ? true : undefined),
      30_000,
      'what is right is taken behind the garbage',
    )
    expect(hub.process.isRunning).toBe(true)
    await hub.sees(1)
    const lines = hub.process.text.split('\n').filter((line) => line.includes('"level":"warn"'))
    expect(lines.length).toBeGreaterThan(0)
    // Said once for each kind and subject, not for each message.
    expect(lines.length).toBeLessThan(5 * subjects.length)
  }, 60_000)
})
