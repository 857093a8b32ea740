import { connect } from '@nats-io/transport-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openNatsBus, type NatsBus } from '../../src/adapters/nats/bus.ts'
import { systemClock as clock } from '../../src/adapters/system/clock.ts'
import { BusUnavailable } from '../../src/wire/bus.ts'
import { busContract } from '../contracts/bus.ts'
import { createTestLog } from '../test-log.ts'
import { startNatsServer, type TestNatsServer } from './nats-server.ts'

let server: TestNatsServer
beforeAll(async () => {
  server = await startNatsServer()
})
afterAll(() => server.stop())

async function open(of: TestNatsServer, log = createTestLog()): Promise<NatsBus> {
  const link = { hubs: ['hub-a'], ca: undefined, authenticator: undefined, inboxPrefix: undefined }
  const bus = openNatsBus({ name: 'test', links: [{ ...link, servers: [of.url] }], clock, log })
  await until(() => bus.reaches('hub-a'))
  return bus
}

async function until(claim: () => boolean): Promise<void> {
  const end = performance.now() + 10_000
  while (!claim()) {
    if (performance.now() > end) throw new Error('it did not become true in 10 s')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

busContract('nats', () => open(server), { isAwaited: false })

describe('the bus of many processes', () => {
  test('who starts before its server is connected when that comes, and listens', async () => {
    const own = await startNatsServer()
    await own.kill('SIGKILL')
    const link = {
      hubs: ['hub-a'],
      ca: undefined,
      authenticator: undefined,
      inboxPrefix: undefined,
    }
    const log = createTestLog()
    const bus = openNatsBus({ name: 'early', links: [{ ...link, servers: [own.url] }], clock, log })
    const seen: number[] = []
    bus.subscribe<number>({ name: 'early' }, (n) => void seen.push(n))
    await expect(bus.publish({ name: 'early' }, 1)).rejects.toThrow(BusUnavailable)
    await own.restart()
    await until(() => bus.reaches('hub-a'))
    await bus.publish({ name: 'early' }, 2)
    await until(() => seen.length > 0)
    expect(seen).toEqual([2])
    await bus.close()
    await own.stop()
  })

  test('a server that hangs is away within 5 s, and back when it goes on', async () => {
    const own = await startNatsServer()
    const bus = await open(own)
    await own.kill('SIGSTOP')
    const from = performance.now()
    await until(() => !bus.reaches('hub-a'))
    expect(performance.now() - from).toBeLessThan(5_000)
    await own.kill('SIGCONT')
    await until(() => bus.reaches('hub-a'))
    await bus.close()
    await own.stop()
  })

  test('subscriptions and kept messages outlive the restart of the server', async () => {
    const own = await startNatsServer()
    const bus = await open(own)
    const seen: number[] = []
    const all = { hub: 'hub-a', isKept: true } as const
    bus.subscribe<number>({ name: 'kept.>', ...all }, (n) => void seen.push(n))
    const send = async (n: number): Promise<void> => {
      for (;;) {
        try {
          return await bus.publish({ name: 'kept.x', ...all }, n)
        } catch (error) {
          if (!(error instanceof BusUnavailable)) throw error
          await new Promise((resolve) => setTimeout(resolve, 50))
        }
      }
    }
    await send(1)
    await own.restart()
    await send(2)
    await until(() => seen.includes(1) && seen.includes(2))
    await bus.close()
    await own.stop()
  })

  test('[TR27] answers go to inboxes only, wherever somebody wants them', async () => {
    const bus = await open(server)
    const raw = await connect({ servers: server.url })
    const heard: string[] = []
    for (const name of ['plan.>', '$JS.API.>'])
      raw.subscribe(name, { callback: (_, { subject }) => void heard.push(subject) })
    const question = { name: 'deputy' }
    bus.answer<number, number>(question, (n) => n + 1)
    await bus.request(question, 1, 5_000)
    for (const reply of ['plan.west.c1', '$JS.API.STREAM.PURGE.results_hub-a', '_INBOXES.x'])
      raw.publish('deputy', '1', { reply })
    raw.publish('deputy', '1')
    // Questions are answered in their order, and what was published by one is heard in its order.
    expect(await bus.request<number, number>(question, 4, 5_000)).toBe(5)
    expect((await raw.request('deputy', '5')).json()).toEqual({ answer: 6 })
    expect(heard).toEqual([])
    expect(bus.refused).toBe(4)
    await raw.close()
    await bus.close()
  })

  test('an answer that is none leaves the asker with nobody who answered', async () => {
    const bus = await open(server)
    const raw = await connect({ servers: server.url })
    const answers = ['[', '[]', '{"refused":5}', '{"answer":"x"}', new Uint8Array(9).fill(0xff)]
    let next = 0
    raw.subscribe('liar', { callback: (_, m) => void m.respond(answers[next++] ?? '') })
    await raw.flush()
    const readAnswer = (value: unknown): number => {
      if (typeof value !== 'number') throw new TypeError('no number')
      return value
    }
    for (const _ of answers)
      await expect(bus.request({ name: 'liar', readAnswer }, 1, 5_000)).rejects.toThrow(
        BusUnavailable,
      )
    await raw.close()
    await bus.close()
  })

  test('garbage is dropped and counted, said once a subject, and what follows is taken', async () => {
    const log = createTestLog()
    const bus = await open(server, log)
    const seen: number[] = []
    const read = (value: unknown): number => {
      if (typeof value !== 'number') throw new Error('no number')
      return value
    }
    bus.subscribe<number>({ name: 'garbage', read }, (n) => void seen.push(n))
    const raw = await connect({ servers: server.url })
    for (const text of ['', '{', '"text"', '\u0000\u0001', '[1,2', 'null'])
      raw.publish('garbage', text)
    // The beginning of something compressed, and nothing behind it.
    raw.publish('garbage', new Uint8Array([0x28, 0xb5, 0x2f, 0xfd, 1, 2, 3]))
    raw.publish('garbage', new Uint8Array(1_000_000).fill(0xff))
    raw.publish('garbage', '7')
    await until(() => seen.length > 0)
    expect(seen).toEqual([7])
    expect(bus.refused).toBe(8)
    expect(log.warnings.filter((line) => line.message.includes('was dropped'))).toHaveLength(1)
    await raw.close()
    await bus.close()
  })
})
