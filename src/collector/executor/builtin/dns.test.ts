import { createSocket } from 'node:dgram'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { encode } from 'dns-packet'
import { closedPort, createRig } from '../../../../test/builtin-rig.ts'
import { nameServer, type Tamper } from '../../../../test/name-server.ts'
import type { BuiltinOptions } from '../../../domain/check.ts'
import type { BuiltinAnswer } from './builtin.ts'

const rig = createRig()
afterAll(() => rig.close())

async function ask(options: BuiltinOptions, tamper?: Tamper): Promise<BuiltinAnswer> {
  await using server = await nameServer(tamper)
  return await rig.run('dns', { server: '127.0.0.1', port: server.port, ...options }, 2000)
}

describe('answers', () => {
  test.each([
    ['A', 'one.test', '192.0.2.1'],
    ['AAAA', 'one.test', '2001:db8::1'],
    ['MX', 'one.test', '10 mail.test'],
    ['TXT', 'one.test', 'v=1 all'],
    ['SRV', 'one.test', '1 2 443 a.test'],
  ])('[BT40] %s of %s', async (type, name, value) => {
    const { code, output, perfdata } = await ask({ name, type, warning: 5, critical: 8 })
    expect(code).toBe(0)
    expect(output).toMatch(
      new RegExp(`^DNS OK: \\d\\.\\d{3} seconds response time. ${name} returns ${value}$`),
    )
    expect(perfdata).toMatch(/^time=\d\.\d{6}s;5\.000000;8\.000000;0\.000000$/)
  })

  test('[BT40] an address asks for its name', async () => {
    expect((await ask({ name: '192.0.2.1' })).output).toContain('returns one.test')
    expect((await ask({ name: '2001:db8::1' })).output).toContain('returns six.test')
  })

  test('[BT40] no such name, no record of the type', async () => {
    expect(await ask({ name: 'nobody.test' })).toMatchObject({
      code: 2,
      output: 'DNS CRITICAL - Domain nobody.test was not found by the server',
    })
    expect((await ask({ name: 'many.test', type: 'MX' })).output).toContain('has no MX record')
  })

  test('[BT41] expected answers', async () => {
    expect((await ask({ name: 'many.test', expect: '192.0.2.2' })).code).toBe(0)
    expect((await ask({ name: 'many.test', expect: '192.0.2.2', all: true })).code).toBe(2)
    const both = { name: 'MANY.test.', expect: ['192.0.2.3', '192.0.2.2'], all: true }
    expect((await ask(both)).code).toBe(0)
    expect((await ask({ name: '192.0.2.1', expect: 'ONE.test.' })).code).toBe(0)
    expect((await ask({ name: 'one.test', expect: '192.0.2.9' })).output).toBe(
      "DNS CRITICAL - expected '192.0.2.9' but got '192.0.2.1'",
    )
  })

  test('[BT41] authoritative', async () => {
    const withoutAuthority: Tamper = (_, reply, send) => send(encode({ ...reply, flags: 0 }))
    expect((await ask({ name: 'one.test', authoritative: true })).code).toBe(0)
    expect((await ask({ name: 'one.test', authoritative: true }, withoutAuthority)).code).toBe(2)
  })

  test('[BT43] a truncated answer is asked for again over TCP', async () => {
    expect((await ask({ name: 'big.test', expect: '198.51.100.99' })).code).toBe(0)
  })

  test('[BT3] a server that refuses is CRITICAL, one without an address is our own trouble', async () => {
    const port = await closedPort()
    const refused = await rig.run('dns', { name: 'one.test', server: '127.0.0.1', port })
    expect(refused).toMatchObject({
      code: 2,
      output: 'DNS CRITICAL - server 127.0.0.1: Connection refused',
    })
    expect((await rig.run('dns', { name: 'one.test', server: 'nobody.invalid' })).code).toBe(3)
  })
})

describe('hostile and broken servers', () => {
  test('[BT42] another id, another name, or a question instead of an answer is passed over', async () => {
    const forged: Tamper = (_, reply, send) => {
      const answers = [{ name: 'one.test', type: 'A' as const, ttl: 1, data: '203.0.113.66' }]
      send(encode({ ...reply, id: ((reply.id ?? 0) + 1) & 0xffff, answers }))
      send(encode({ ...reply, questions: [{ name: 'other.test', type: 'A' }], answers }))
      send(encode({ ...reply, type: 'query' }))
      send(Buffer.from('short'))
      send(encode(reply))
    }
    expect((await ask({ name: 'one.test' }, forged)).output).toContain('returns 192.0.2.1')
  })

  test('[BT42] an answer from another port is not seen', async () => {
    const other = createSocket('udp4')
    let target = 0
    await using server = await nameServer((_, reply, send) => {
      const forged = {
        ...reply,
        answers: [{ name: 'one.test', type: 'A' as const, ttl: 1, data: '203.0.113.66' }],
      }
      other.send(encode(forged), target, '127.0.0.1', () => send(encode(reply)))
    })
    server.udp.prependListener('message', (_, from) => (target = from.port))
    const { output } = await rig.run('dns', {
      name: 'one.test',
      server: '127.0.0.1',
      port: server.port,
    })
    other.close()
    expect(output).toContain('returns 192.0.2.1')
  })

  test('[BT43] a lost datagram is sent again', async () => {
    let lost = 0
    const lossy: Tamper = (_, reply, send) => (++lost < 3 ? undefined : send(encode(reply)))
    expect((await ask({ name: 'one.test' }, lossy)).code).toBe(0)
    expect(lost).toBe(3)
  })

  test.each([
    ['a name that points to itself', [0xc0, 0x0c]],
    ['a pointer past the end', [0xff, 0xff]],
    ['a label that is cut', [0x3f, 0x61]],
  ])('[BT44] %s', async (_, name) => {
    const loop: Tamper = (asked, _reply, send) => {
      const head = Buffer.from([0, 0, 0x84, 0, 0, 1, 0, 0, 0, 0, 0, 0])
      head.writeUInt16BE(asked.id ?? 0)
      send(Buffer.concat([head, Buffer.from([...name, 0, 1, 0, 1])]))
    }
    const { code, output } = await ask({ name: 'one.test' }, loop)
    expect([code, output]).toEqual([2, 'DNS CRITICAL - server 127.0.0.1: malformed answer'])
  })

  test('[BT40] an error of the server is CRITICAL', async () => {
    const refusing: Tamper = (_, reply, send) =>
      send(encode({ ...reply, flags: 5, questions: [], answers: [] }))
    expect((await ask({ name: 'one.test' }, refusing)).output).toBe(
      'DNS CRITICAL - the server answered REFUSED for one.test',
    )
  })

  test('[BT1] cancelled while the server is silent: no answer, no socket, no timer', async () => {
    await using server = await nameServer(() => undefined)
    const asked = new Promise((resolve) => server.udp.once('message', resolve))
    const options = { name: 'one.test', server: '127.0.0.1', port: server.port }
    expect(await rig.cancelled('dns', options, asked)).toBe(false)
    const udpSockets = (): number =>
      process.getActiveResourcesInfo().filter((name) => name === 'UDPWrap').length
    // The name server's own.
    await vi.waitFor(() => expect(udpSockets()).toBe(1))
  })
})
