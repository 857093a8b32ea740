import { afterEach, describe, expect, test, vi } from 'vitest'
import { systemClock } from '../system/clock.ts'
import type { Pinger, PingManner, PingSeen } from '../../collector/executor/builtin/pinger.ts'
import { parseFpingLine } from './fping-lines.ts'
import { createFpingPinger } from './fping-pinger.ts'

const QUICK: PingManner = { packets: 3, intervalMs: 20, bytes: 56, waitMs: 500 }
const path = process.env['PATH']
let pinger: Pinger | undefined
afterEach(async () => {
  process.env['PATH'] = path
  await pinger?.close()
})

function ping(address: string, manner: PingManner = QUICK): Promise<PingSeen> {
  const sender = (pinger ??= createFpingPinger(systemClock))
  return new Promise((resolve) => void sender.ping(address, manner, resolve))
}

test('[BT31] lines of fping', () => {
  expect(parseFpingLine('127.0.0.1 : [0], 64 bytes, 0.033 ms (0.033 avg, 0% loss)')).toEqual({
    kind: 'reply',
    address: '127.0.0.1',
    index: 0,
    ms: 0.033,
  })
  expect(parseFpingLine('::1       : [12], 64 bytes, 1.2e-2 ms (0.1 avg, 0% loss)')).toMatchObject({
    address: '::1',
    index: 12,
    ms: 0.012,
  })
  expect(parseFpingLine('240.0.0.1 : [1], timed out (NaN avg, 100% loss)')).toEqual({
    kind: 'silence',
    address: '240.0.0.1',
    index: 1,
  })
  for (const other of [
    '127.0.0.1 : duplicate for [0], 64 bytes, 0.05 ms',
    'ICMP Port Unreachable from 192.0.2.1 for ICMP Echo sent to 240.0.0.1',
    '127.0.0.1 : 0.033 0.040 -',
    '',
  ]) {
    expect(parseFpingLine(other).kind).toBe('other')
  }
})

describe('real pings', () => {
  test('[BT31] many addresses at once, some of them twice, IPv6 among them', async () => {
    pinger = createFpingPinger(systemClock)
    const addresses = [...Array.from({ length: 300 }, (_, n) => `127.0.1.${(n % 250) + 1}`), '::1']
    const seen = await Promise.all(addresses.map((address) => ping(address)))
    for (const one of seen) {
      expect(one).toMatchObject({ kind: 'counted', sent: 3 })
      expect(one.kind === 'counted' && one.roundTripsMs.length).toBe(3)
    }
  })

  test('[BT31] a silent target is lost, and does not delay the others', async () => {
    pinger = createFpingPinger(systemClock)
    const order: string[] = []
    const [silent] = await Promise.all([
      ping('240.0.0.1').then((seen) => (order.push('silent'), seen)),
      ping('127.0.0.1').then(() => order.push('here')),
    ])
    expect(order).toEqual(['here', 'silent'])
    expect(silent).toEqual({ kind: 'counted', sent: 3, roundTripsMs: [] })
  })

  test('[BT1] cancelled or closed, nothing is answered', async () => {
    pinger = createFpingPinger(systemClock)
    const processes = (): number =>
      process.getActiveResourcesInfo().filter((kind) => kind === 'ProcessWrap').length
    let answers = 0
    const cancel = pinger.ping('127.0.0.1', QUICK, () => answers++)
    cancel()
    pinger.ping('127.0.0.2', { ...QUICK, packets: 20, intervalMs: 500 }, () => answers++)
    await ping('127.0.0.3')
    await pinger.close()
    expect(answers).toBe(0)
    await vi.waitFor(() => expect(processes()).toBe(0))
  })

  test('[BT32] without fping the answer names the command that installs it', async () => {
    process.env['PATH'] = '/nowhere'
    pinger = createFpingPinger(systemClock)
    expect(await ping('127.0.0.1')).toEqual({
      kind: 'failed',
      reason: 'fping is not installed; install it with: apt-get install fping',
    })
  })
})
