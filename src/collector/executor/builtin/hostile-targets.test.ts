import { createServer as createHttpsServer } from 'node:https'
import type { Socket } from 'node:net'
import { afterAll, describe, expect, test, vi } from 'vitest'
import {
  createRig,
  listen,
  makeCertificate,
  serve,
  type TestServer,
} from '../../../../test/builtin-rig.ts'
import type { BuiltinName, BuiltinOptions } from '../../../domain/check.ts'
import type { BuiltinAnswer } from './builtin.ts'

const rig = createRig()
afterAll(() => rig.close())

/** Writes as fast as the other side reads, until it goes away. */
function flood(socket: Socket, start: string, piece: Buffer): void {
  const more = (): void => {
    while (!socket.destroyed && socket.write(piece));
  }
  socket.write(start)
  socket.on('drain', more)
  more()
}

async function against(
  greet: (socket: Socket) => void,
  name: BuiltinName,
  options: BuiltinOptions = {},
): Promise<BuiltinAnswer> {
  await using server = await serve(greet)
  const answer = await rig.run(name, { host: '127.0.0.1', port: server.port, ...options })
  await server.idle()
  return answer
}

const onAsked =
  (answer: (socket: Socket) => void) =>
  (socket: Socket): void =>
    void socket.once('data', () => answer(socket))

describe('http', () => {
  test('[BT15] a gigabyte of body is not read', async () => {
    const { code, output } = await against(
      onAsked((socket) =>
        flood(
          socket,
          'HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n',
          Buffer.alloc(65_536, 'x'),
        ),
      ),
      'http',
    )
    expect([code, /more than (\d+) bytes/.exec(output)?.[0] === undefined]).toEqual([0, false])
  })

  test('[BT15] endless headers', async () => {
    const answer = await against(
      onAsked((socket) =>
        flood(socket, 'HTTP/1.1 200 OK\r\n', Buffer.from('X: y\r\n'.repeat(1000))),
      ),
      'http',
    )
    expect(answer).toMatchObject({
      code: 2,
      output: 'HTTP CRITICAL - the header is longer than 64 KiB',
    })
  })

  test('[BT14] a body that breaks off', async () => {
    const answer = await against(
      onAsked((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc')),
      'http',
    )
    expect(answer.output).toBe(
      'HTTP CRITICAL - the connection ended after 3 bytes of the body, 100 were announced',
    )
  })

  test.each([
    ['before any data', '', 'HTTP CRITICAL - No data received from host'],
    [
      'in the body',
      'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc',
      'HTTP CRITICAL - Error on receive: Connection reset by peer',
    ],
  ])('[BT16] reset %s', async (_, text, output) => {
    const answer = await against(
      onAsked((socket) => {
        if (text === '') socket.resetAndDestroy()
        else socket.write(text, () => setTimeout(() => socket.resetAndDestroy(), 50))
      }),
      'http',
    )
    expect([answer.code, answer.output]).toEqual([2, output])
  })

  test('[BT4] what the server says cannot forge output or performance data', async () => {
    const { output, perfdata } = await against(
      onAsked((socket) => socket.end('HTTP/1.1 200 OK|evil=1 \u001b[31m\u0007\r\n\r\n')),
      'http',
    )
    expect(output).toMatch(/^HTTP OK: HTTP\/1.1 200 OK evil=1 {1,2}\[31m - /)
    expect(perfdata).not.toContain('evil')
  })

  test('[BT5] an expression that explodes on a page', async () => {
    const began = performance.now()
    const { code, output } = await against(
      onAsked((socket) => socket.end(`HTTP/1.1 200 OK\r\n\r\n${'a'.repeat(50)}b`)),
      'http',
      { regex: '^(a+)+$' },
    )
    expect(code).toBe(3)
    expect(output).toContain('the pattern takes too long on this page')
    expect(performance.now() - began).toBeLessThan(5000)
  })

  test('[BT13] redirects are bounded, and secrets stay with the server they are for', async () => {
    const asked: string[] = []
    let hops = 0
    await using away = await serve((socket) =>
      socket.once('data', (data) => {
        asked.push(data.toString())
        socket.end('HTTP/1.1 200 OK\r\n\r\n')
      }),
    )
    await using web = await serve((socket) =>
      socket.once('data', (data) => {
        asked.push(data.toString())
        const path = data.toString().split(' ')[1]
        const next = path === '/away' ? `http://127.0.0.1:${away.port}/` : `/${++hops}`
        socket.end(`HTTP/1.1 302 Found\r\nLocation: ${next}\r\n\r\n`)
      }),
    )
    const options = {
      host: '127.0.0.1',
      port: web.port,
      redirects: 'follow',
      user: 'me',
      password: 'secret',
      headers: ['X-Token: t'],
    }
    const { code, output } = await rig.run('http', { ...options, redirectsMax: 3 })
    expect([code, hops]).toEqual([1, 4])
    expect(output).toContain('maximum redirection depth 3 exceeded')
    asked.length = 0
    expect((await rig.run('http', { ...options, path: '/away' })).code).toBe(0)
    expect(asked[0]).toMatch(/Authorization: Basic bWU6c2VjcmV0\r\nX-Token: t/)
    expect(asked[1]).not.toMatch(/Authorization|X-Token/)
  })

  test.each(['ftp://127.0.0.1/', 'file:///etc/passwd', 'http://'])(
    '[BT13] a redirect to %s is not followed',
    async (location) => {
      const { code, output } = await against(
        onAsked((socket) => socket.end(`HTTP/1.1 302 Found\r\nLocation: ${location}\r\n\r\n`)),
        'http',
        { redirects: 'follow' },
      )
      expect([code, output]).toEqual([
        3,
        `HTTP UNKNOWN - Could not parse redirect location - ${location}`,
      ])
    },
  )
})

describe('tcp', () => {
  test('[BT8] a flood without what is expected', async () => {
    const answer = await against((socket) => flood(socket, '', Buffer.alloc(65_536, 'x')), 'tcp', {
      expect: 'hello',
    })
    expect(answer.code).toBe(1)
    expect(answer.output.length).toBeLessThan(400)
  })

  test('[BT3] no such address family, no such name', async () => {
    const answer = await rig.run('tcp', { host: '127.0.0.1.', port: 1 })
    expect(answer.code).toBe(2)
    expect((await rig.run('tcp', { host: '255.255.255.255', port: 1 })).code).not.toBe(0)
  })
})

describe('tls', () => {
  test('[BT22] garbage instead of a handshake', async () => {
    const garbage = (socket: Socket): void =>
      void socket.once('data', () => socket.end('hello, I am no TLS\r\n'))
    const tls = await against(garbage, 'tls')
    expect(tls.code).toBe(2)
    expect(tls.output).toMatch(/^TLS CRITICAL - Cannot make SSL connection with/)
    const http = await against(garbage, 'http', { tls: true })
    expect([
      http.code,
      http.output.startsWith('HTTP CRITICAL - Cannot make SSL connection'),
    ]).toEqual([2, true])
  })

  test('[BT22] a connection that ends in the handshake', async () => {
    const { code, output } = await against(
      (socket) => socket.once('data', () => socket.destroy()),
      'tls',
    )
    expect([code, output.startsWith('TLS CRITICAL - ')]).toEqual([2, true])
  })

  test('[BT17, BT20] a certificate nobody vouches for, and nothing is sent to it', async () => {
    let requests = 0
    await using web = await listen(
      createHttpsServer(makeCertificate(100), (_, response) => {
        requests++
        response.end('hello')
      }),
    )
    const where = { host: '127.0.0.1', port: web.port }
    const tls = await rig.run('tls', where)
    expect([tls.code, tls.output]).toEqual([
      2,
      expect.stringMatching(/^TLS CRITICAL - Certificate 'localhost': self-signed certificate/),
    ])
    const http = await rig.run('http', { ...where, tls: true, user: 'me', password: 'secret' })
    expect([http.code, requests]).toEqual([2, 0])
    expect((await rig.run('http', { ...where, tls: true, verify: false })).code).toBe(0)
    expect(requests).toBe(1)
    const { code, perfdata } = await rig.run('tls', { ...where, verify: false })
    expect([code, perfdata]).toEqual([0, expect.stringMatching(/ days=100;30:;14:;;$/)])
  })
})

describe('cancelled', () => {
  const cases: readonly (readonly [
    string,
    BuiltinName,
    BuiltinOptions,
    (socket: Socket) => void,
  ])[] = [
    ['while the server is silent', 'http', {}, (socket) => socket.resume()],
    ['while headers drip in', 'http', {}, (socket) => socket.write('HTTP/1.1 200 OK\r\nX')],
    ['while the body drips in', 'http', {}, (socket) => socket.write('HTTP/1.1 200 OK\r\n\r\nx')],
    ['in the handshake', 'http', { tls: true }, (socket) => socket.resume()],
    ['in the handshake', 'tls', {}, (socket) => socket.resume()],
    ['while it waits for more', 'tcp', { expect: 'hello' }, (socket) => socket.write('hel')],
  ]
  test.each(cases)('[BT1] %s (%s): no answer and no socket', async (_, name, options, greet) => {
    await using server: TestServer = await serve(greet)
    const arrived = server.connected().then((socket) =>
      // The client has had time to send, and to read what the server sent.
      name === 'tcp'
        ? new Promise((resolve) => setImmediate(resolve))
        : new Promise((resolve) => socket.once('data', resolve)),
    )
    const where = { host: '127.0.0.1', port: server.port, ...options }
    expect(await rig.cancelled(name, where, arrived)).toBe(false)
    await server.idle()
    const left = (): string[] =>
      process
        .getActiveResourcesInfo()
        .filter((kind) => kind === 'TCPSocketWrap' || kind === 'TLSWrap')
    await vi.waitFor(() => expect(left()).toEqual([]))
  })

  test('[BT1] before the connection stands', async () => {
    const isAnswered = await rig.cancelled('tcp', { host: '127.0.0.1', port: 1 }, Promise.resolve())
    expect(isAnswered).toBe(false)
    expect(await rig.cancelled('tcp', { host: 'nobody.invalid', port: 1 }, Promise.resolve())).toBe(
      false,
    )
  })
})
