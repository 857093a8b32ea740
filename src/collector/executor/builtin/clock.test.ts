import { createSocket, type Socket } from 'node:dgram'
import { afterAll, describe, expect, test } from 'vitest'
import { closedPort, createRig } from '../../../../test/builtin-rig.ts'
import { createTestClock } from '../../../../test/test-clock.ts'

const rig = createRig()
afterAll(() => rig.close())

interface TimeServer extends AsyncDisposable {
  readonly address: string
  readonly socket: Socket
}

type Change = (answer: Buffer) => void

/** Answers with this machine's time moved by `offsetMs`; `change` may spoil the answer, or the server may be mute. */
async function timeServer(offsetMs: number, change?: Change | 'mute'): Promise<TimeServer> {
  const socket = createSocket('udp4')
  const write = (buffer: Buffer, at: number): void => {
    const seconds = (Date.now() + offsetMs) / 1000 + 2_208_988_800
    buffer.writeUInt32BE(Math.floor(seconds), at)
    buffer.writeUInt32BE(Math.floor((seconds % 1) * 2 ** 32), at + 4)
  }
  socket.on('message', (question, from) => {
    if (change === 'mute') return
    const answer = Buffer.alloc(48)
    answer[0] = 0x24
    answer[1] = 2
    question.copy(answer, 24, 40, 48)
    write(answer, 32)
    write(answer, 40)
    change?.(answer)
    socket.send(answer, from.port, from.address)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  return {
    address: `127.0.0.1:${socket.address().port}`,
    socket,
    [Symbol.asyncDispose]: () => new Promise((resolve) => socket.close(() => resolve())),
  }
}

describe('against time servers', () => {
  test.each([
    [0, 0],
    [2000, 1],
    [-2000, 1],
    [20_000, 2],
  ])('[BT60] a server that is %d ms ahead: %d', async (offsetMs, code) => {
    await using server = await timeServer(offsetMs)
    const answer = await rig.run('clock', { servers: server.address, warning: 1, critical: 10 })
    expect(answer.code).toBe(code)
    const offset = Number(/^offset=(-?[\d.]+)s;1\.000000;10\.000000;$/.exec(answer.perfdata)?.[1])
    expect(Math.abs(offset - offsetMs / 1000)).toBeLessThan(0.25)
  })

  test('[BT60] the median counts: one server that lies does not decide', async () => {
    await using a = await timeServer(0)
    await using liar = await timeServer(3_600_000)
    await using b = await timeServer(0)
    const answer = await rig.run('clock', { servers: [a.address, liar.address, b.address] })
    expect([answer.code, answer.output.endsWith('by 3 servers')]).toEqual([0, true])
  })

  test.each<readonly [string, Change]>([
    ['is not synchronised', (answer) => void (answer[0] = 0xe4)],
    ['says kiss of death', (answer) => void (answer[1] = 0)],
  ])('[BT60, BT61] a server that %s does not count', async (_, change) => {
    await using server = await timeServer(0, change)
    const answer = await rig.run('clock', { servers: server.address })
    expect([answer.code, answer.output]).toEqual([
      2,
      'NTP CRITICAL: No response from NTP server (127.0.0.1: not synchronised)',
    ])
  })

  test.each<readonly [string, Change | 'mute']>([
    ['answers another question', (answer) => answer.fill(7, 24, 32)],
    ['says nothing', 'mute'],
  ])('[BT60, BT61] a server that %s is no answer after its time', async (_, change) => {
    await using server = await timeServer(0, change)
    await using good = await timeServer(0)
    const began = performance.now()
    const alone = await rig.run('clock', { servers: server.address }, 900)
    expect(alone.code).toBe(2)
    expect((await rig.run('clock', { servers: [server.address, good.address] }, 900)).code).toBe(0)
    expect(performance.now() - began).toBeLessThan(5000)
  })

  test('[BT61] nobody listens', async () => {
    const port = await closedPort()
    const { output } = await rig.run('clock', { servers: `127.0.0.1:${port}` })
    expect(output).toBe('NTP CRITICAL: No response from NTP server (127.0.0.1: Connection refused)')
  })

  test('[BT1] cancelled, it answers no more', async () => {
    await using server = await timeServer(0, 'mute')
    const asked = new Promise((resolve) => server.socket.once('message', resolve))
    expect(await rig.cancelled('clock', { servers: server.address }, asked)).toBe(false)
  })
})

test('[BT62] without servers a clock that is moved alerts for an hour, and the answer says what is not known', async () => {
  const clock = createTestClock()
  const own = createRig(undefined, clock)
  expect(await own.run('clock', {})).toMatchObject({
    code: 0,
    output: expect.stringContaining('the clock was moved by 0.000 s'),
  })
  clock.pass(60_000)
  clock.step(-2000)
  const answer = await own.run('clock', {})
  expect([answer.code, answer.perfdata]).toEqual([1, 'moved=-2.000000s;0.500000;5.000000;'])
  clock.pass(3_600_001)
  await own.run('clock', {})
  expect((await own.run('clock', {})).code).toBe(0)
})
