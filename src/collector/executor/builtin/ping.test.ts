import { describe, expect, test } from 'vitest'
import { createTestClock } from '../../../../test/test-clock.ts'
import type { BuiltinOptions } from '../../../domain/check.ts'
import type { BuiltinAnswer } from './builtin.ts'
import { createNameResolver } from './name-resolver.ts'
import { createPing } from './ping.ts'
import type { PingManner, PingSeen } from './pinger.ts'

const clock = createTestClock()

interface Told {
  readonly answer: BuiltinAnswer
  readonly manner: PingManner
  readonly address: string
}

/** One run whose network answers with `seen`. */
function ping(options: BuiltinOptions, seen: PingSeen, timeoutMs = 10_000): Promise<Told> {
  return new Promise((resolve) => {
    const network = {
      ping(address: string, manner: PingManner, done: (seen: PingSeen) => void) {
        queueMicrotask(() => done(seen))
        asked = { address, manner }
        return () => undefined
      },
      close: () => Promise.resolve(),
    }
    let asked = { address: '', manner: { packets: 0, intervalMs: 0, bytes: 0, waitMs: 0 } }
    createPing(network, createNameResolver(clock)).start(options, { clock, timeoutMs }, (answer) =>
      resolve({ answer, ...asked }),
    )
  })
}

const replies = (sent: number, ...roundTripsMs: number[]): PingSeen => ({
  kind: 'counted',
  sent,
  roundTripsMs,
})

const LIMITS = { host: '192.0.2.1', warning: '100,20%', critical: '500ms,60%' }

describe('judgement', () => {
  test.each([
    [replies(5, 1, 2, 3, 2, 2), 0, 'PING OK - Packet loss = 0%, RTA = 2.00 ms'],
    [replies(5, 1, 2, 3, 2), 1, 'PING WARNING - Packet loss = 20%, RTA = 2.00 ms'],
    [replies(5, 1, 3), 2, 'PING CRITICAL - Packet loss = 60%, RTA = 2.00 ms'],
    [replies(2, 100, 100), 1, 'PING WARNING - Packet loss = 0%, RTA = 100.00 ms'],
    [replies(2, 500, 600), 2, 'PING CRITICAL - Packet loss = 0%, RTA = 550.00 ms'],
  ])('[BT30] %j', async (seen, code, output) => {
    const { answer } = await ping(LIMITS, seen)
    expect([answer.code, answer.output]).toEqual([code, output])
  })

  test('[BT30] nothing came back: the round trip was not measured', async () => {
    const { answer } = await ping(LIMITS, replies(5))
    expect(answer).toEqual({
      code: 2,
      output: 'PING CRITICAL - Packet loss = 100%',
      perfdata: 'rta=U;100.000000;500.000000;0.000000 pl=100%;20;60;0;',
    })
  })

  test('[BT32] what kept us from sending is UNKNOWN', async () => {
    const { answer } = await ping(LIMITS, { kind: 'failed', reason: 'fping is not installed' })
    expect(answer).toEqual({
      code: 3,
      output: 'PING UNKNOWN - fping is not installed',
      perfdata: '',
    })
  })
})

describe('manner', () => {
  test('names are resolved before', async () => {
    const { address } = await ping({ host: 'localhost', family: '4' }, replies(1, 1))
    expect(address).toBe('127.0.0.1')
  })

  test.each([
    ['100,20%', 10_000, 1000],
    ['2000,20%', 10_000, 2000],
    ['9000,20%', 10_000, 3000],
    ['9000,20%', 2000, 700],
    ['9000,20%', 500, 50],
  ])(
    '[BT33] critical at %s, %d ms in all: a reply may take %d ms',
    async (critical, timeoutMs, waitMs) => {
      const { manner } = await ping({ host: '192.0.2.1', critical }, replies(5, 1), timeoutMs)
      expect(manner).toEqual({ packets: 5, intervalMs: 200, bytes: 56, waitMs })
    },
  )
})
