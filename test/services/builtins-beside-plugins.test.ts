import { execFile } from 'node:child_process'
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parsePerfdata } from '../../src/domain/perfdata.ts'
import type { BuiltinName, BuiltinOptions } from '../../src/domain/check.ts'
import {
  closedPort,
  createRig,
  listen,
  makeCertificate,
  serve,
  type TestServer,
} from '../builtin-rig.ts'

/** The plugins of Debian's monitoring-plugins, run beside the built-in checks on the same targets. */
const PLUGINS = '/usr/lib/nagios/plugins'

interface Seen {
  readonly code: number
  readonly output: string
  readonly data: readonly Datum[]
}

/** What must be equal: everything of an item but what was measured just then. */
interface Datum {
  readonly label: string
  readonly unit: string
  readonly warn: number | null
  readonly crit: number | null
  readonly min: number | null
  readonly max: number | null
}

function plugin(name: string, ...words: readonly (string | number)[]): Promise<Seen> {
  return new Promise((resolve, reject) => {
    execFile(
      `${PLUGINS}/${name}`,
      words.map(String),
      { env: { LC_ALL: 'C', PATH: process.env['PATH'] } },
      (error, stdout) => {
        if (error !== null && typeof error.code !== 'number') {
          return reject(
            new Error(`${name} is missing: apt-get install monitoring-plugins-standard`, {
              cause: error,
            }),
          )
        }
        // An answer of several lines is shown as it came; what has no performance data has a second line of its own.
        const said = stdout.includes('|') ? stdout.replace(/\s*\n\s*/g, ' ') : stdout.split('\n')[0]
        const [output = '', perfdata = ''] = (said ?? '').split('|')
        resolve({ code: Number(error?.code ?? 0), output: output.trim(), data: dataOf(perfdata) })
      },
    )
  })
}

function dataOf(perfdata: string): Datum[] {
  const number = (text: string | null): number | null => (text === null ? null : Number(text))
  return parsePerfdata(perfdata).map(({ label, unit, warn, crit, min, max }) => ({
    label,
    unit,
    warn: number(warn),
    crit: number(crit),
    min,
    max,
  }))
}

const rig = createRig()
afterAll(() => rig.close())

async function builtin(name: BuiltinName, options: BuiltinOptions): Promise<Seen> {
  const { code, output, perfdata } = await rig.run(name, options)
  return { code, output: output.trim(), data: dataOf(perfdata) }
}

/** Numbers of the measurement itself, which differ from run to run. */
const withoutNumbers = (text: string): string => text.replace(/\d+\.\d+/g, 'N')

async function expectSame(real: Promise<Seen>, ours: Promise<Seen>): Promise<void> {
  const [theirs, own] = [await real, await ours]
  expect({ code: own.code, data: own.data }).toEqual({ code: theirs.code, data: theirs.data })
  expect(withoutNumbers(own.output)).toBe(withoutNumbers(theirs.output))
}

describe('tcp beside check_tcp', () => {
  let banner: TestServer
  let mute: TestServer
  let rude: TestServer
  let refused: number
  beforeAll(async () => {
    banner = await serve((socket) => {
      socket.write('220 hello world\r\n')
      socket.on('data', (data) => socket.write(data))
    })
    mute = await serve((socket) => socket.resume())
    rude = await serve((socket) => socket.end())
    refused = await closedPort()
  })
  afterAll(async () => {
    for (const server of [banner, mute, rude]) await server[Symbol.asyncDispose]()
  })

  const cases: readonly (readonly [string, (string | number)[], BuiltinOptions])[] = [
    ['open', [], {}],
    ['limits kept', ['-w', 5, '-c', 8], { warning: 5, critical: 8 }],
    ['warning exceeded', ['-w', 1e-7, '-c', 8], { warning: 1e-7, critical: 8 }],
    ['critical exceeded', ['-w', 1e-7, '-c', 1e-7], { warning: 1e-7, critical: 1e-7 }],
    ['only a critical limit', ['-c', 8], { critical: 8 }],
    ['banner as expected', ['-e', '220'], { expect: '220' }],
    ['expected within the banner', ['-e', 'world'], { expect: 'world' }],
    ['one of two', ['-e', 'nothing', '-e', '220'], { expect: ['nothing', '220'] }],
    ['another banner', ['-e', 'nothing'], { expect: 'nothing' }],
    [
      'another banner, critical',
      ['-e', 'nothing', '-M', 'crit'],
      { expect: 'nothing', mismatch: 'critical' },
    ],
    ['another banner, fine', ['-e', 'nothing', '-M', 'ok'], { expect: 'nothing', mismatch: 'ok' }],
    [
      'both of two',
      ['-e', '220', '-e', 'nothing', '-A'],
      { expect: ['220', 'nothing'], all: true },
    ],
    [
      'sent and answered',
      ['-E', '-s', 'abc\\n', '-e', 'abc', '-q', 'bye\\r\\n'],
      { send: 'abc\\n', expect: 'abc', quit: 'bye\\r\\n', escape: true },
    ],
  ]
  test.each(cases)('[BT7, BT8] %s', { timeout: 20_000 }, async (_, words, options) => {
    const { port } = banner
    await expectSame(
      plugin('check_tcp', '-H', '127.0.0.1', '-p', port, ...withEscapeFirst(words)),
      builtin('tcp', { host: '127.0.0.1', port, ...options }),
    )
  })

  test('[BT8] a connection that ends without data', async () => {
    const [theirs, own] = [
      await plugin('check_tcp', '-H', '127.0.0.1', '-p', rude.port, '-e', 'x'),
      await builtin('tcp', { host: '127.0.0.1', port: rude.port, expect: 'x' }),
    ]
    expect(own.code).toBe(theirs.code)
    expect(own.output).toContain(theirs.output)
  })

  test.each([
    [[], {}],
    [['-r', 'ok'], { refused: 'ok' }],
    [['-r', 'warn'], { refused: 'warning' }],
  ] as const)('[BT7] refused %j', async (words, options) => {
    await expectSame(
      plugin('check_tcp', '-H', '127.0.0.1', '-p', refused, ...words),
      builtin('tcp', { host: '127.0.0.1', port: refused, ...options }),
    )
  })

  test('[BT7] no such name', async () => {
    await expectSame(
      plugin('check_tcp', '-H', 'nobody.invalid', '-p', 1),
      builtin('tcp', { host: 'nobody.invalid', port: 1 }),
    )
  })
})

function withEscapeFirst(words: readonly (string | number)[]): (string | number)[] {
  return words.includes('-E') ? ['-E', ...words.filter((word) => word !== '-E')] : [...words]
}

function respond(request: IncomingMessage, response: ServerResponse): void {
  const path = request.url ?? '/'
  const status = Number(/^\/(\d{3})$/.exec(path)?.[1] ?? 200)
  if (path === '/auth' && request.headers.authorization !== `Basic ${btoa('me:secret')}`) {
    response.statusCode = 401
    return void response.end('who are you?')
  }
  if (path === '/slow') return void setTimeout(() => response.end('slow'), 150)
  if (path === '/chunked') {
    response.write('hello ')
    return void response.end('world')
  }
  if (path === '/echo') return void request.pipe(response)
  response.statusCode = status
  if (status === 302) response.setHeader('location', '/ok')
  if (path === '/loop') response.writeHead(302, { location: '/loop' })
  if (path === '/away') response.writeHead(302, { location: '/302' })
  response.end(request.method === 'HEAD' ? undefined : 'hello world')
}

describe('http beside check_http', () => {
  let web: TestServer
  let refused: number
  beforeAll(async () => {
    web = await listen(createHttpServer(respond))
    refused = await closedPort()
  })
  afterAll(() => web[Symbol.asyncDispose]())

  const cases: readonly (readonly [string, (string | number)[], BuiltinOptions])[] = [
    ['/ok', [], {}],
    ['/ok', ['-w', 5, '-c', 8], { warning: 5, critical: 8 }],
    ['/slow', ['-w', 0.1, '-c', 8], { warning: 0.1, critical: 8 }],
    ['/slow', ['-w', 0.1, '-c', 0.12], { warning: 0.1, critical: 0.12 }],
    ['/204', [], {}],
    ['/404', [], {}],
    ['/500', [], {}],
    ['/404', ['-w', 1e-6], { warning: 1e-6 }],
    ['/500', ['-w', 1e-6], { warning: 1e-6 }],
    ['/404', ['-e', '404'], { status: '404' }],
    ['/404', ['-e', '200,404'], { status: '200,404' }],
    ['/404', ['-e', 'Not Found'], { status: 'Not Found' }],
    ['/ok', ['-e', '404'], { status: '404' }],
    ['/302', [], {}],
    ['/302', ['-f', 'warning'], { redirects: 'warning' }],
    ['/302', ['-f', 'critical'], { redirects: 'critical' }],
    ['/302', ['-f', 'follow'], { redirects: 'follow' }],
    ['/away', ['-f', 'follow'], { redirects: 'follow' }],
    ['/loop', ['-f', 'follow'], { redirects: 'follow' }],
    ['/ok', ['-s', 'hello'], { contains: 'hello' }],
    ['/ok', ['-s', 'goodbye'], { contains: 'goodbye' }],
    ['/404', ['-s', 'goodbye'], { contains: 'goodbye' }],
    ['/chunked', ['-s', 'hello world'], { contains: 'hello world' }],
    ['/ok', ['-r', 'hel+o'], { regex: 'hel+o' }],
    ['/ok', ['-r', 'HEL+O'], { regex: 'HEL+O' }],
    ['/ok', ['-R', 'HEL+O'], { regex: 'HEL+O', ignoreCase: true }],
    ['/ok', ['-r', 'hel+o', '--invert-regex'], { regex: 'hel+o', invert: true }],
    ['/ok', ['-r', 'goodbye', '--invert-regex'], { regex: 'goodbye', invert: true }],
    ['/ok', ['-m', 10], { sizeMin: 10 }],
    ['/ok', ['-m', 10_000], { sizeMin: 10_000 }],
    ['/ok', ['-m', '10:20'], { sizeMin: 10, sizeMax: 20 }],
    ['/ok', ['-s', 'goodbye', '-m', 10_000], { contains: 'goodbye', sizeMin: 10_000 }],
    ['/auth', [], {}],
    ['/auth', ['-a', 'me:secret'], { user: 'me', password: 'secret' }],
    [
      '/echo',
      ['-j', 'POST', '-P', 'a=b', '-s', 'a=b'],
      { method: 'POST', body: 'a=b', contains: 'a=b' },
    ],
    ['/ok', ['-j', 'HEAD'], { method: 'HEAD' }],
  ]
  test.each(cases)('[BT10, BT11, BT12, BT13] %s %j', async (path, words, options) => {
    const { port } = web
    // With its own agent a page that echoes has another size; the name asks for HTTP/1.1 as we do.
    await expectSame(
      plugin('check_http', '-I', '127.0.0.1', '-H', '127.0.0.1', '-p', port, '-u', path, ...words),
      builtin('http', { host: '127.0.0.1', port, path, ...options }),
    )
  })

  test('[BT10] refused', async () => {
    await expectSame(
      plugin('check_http', '-I', '127.0.0.1', '-p', refused),
      builtin('http', { host: '127.0.0.1', port: refused }),
    )
  })

  test.each([
    ['no data', ''],
    ['not HTTP', 'garbage\r\n'],
    ['a bad status', 'HTTP/1.1 999 Odd\r\n\r\n'],
    ['bad chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc'],
    ['no length', 'HTTP/1.1 200 OK\r\nX: y\r\n\r\nhello'],
    ['bare line feeds', 'HTTP/1.0 200 OK\nX: y\n\nhello'],
  ])('[BT14, BT16] %s', async (_, text) => {
    await using odd = await serve((socket) => socket.once('data', () => socket.end(text)))
    await expectSame(
      plugin('check_http', '-I', '127.0.0.1', '-p', odd.port, '-s', 'hello'),
      builtin('http', { host: '127.0.0.1', port: odd.port, contains: 'hello' }),
    )
  })
})

describe('certificates beside check_http', () => {
  test.each([400, 29, 10, -2])('[BT17, BT21] a certificate with %d days left', async (days) => {
    await using web = await listen(createHttpsServer(makeCertificate(days), respond))
    const { port } = web
    const certificate = await plugin('check_http', '-I', '127.0.0.1', '-p', port, '-C', '30,14')
    const tls = await builtin('tls', { host: '127.0.0.1', port, verify: false })
    const http = await builtin('http', {
      host: '127.0.0.1',
      port,
      tls: true,
      verify: false,
      certificateWarning: 30,
      certificateCritical: 14,
    })
    expect([tls.code, http.code]).toEqual([certificate.code, certificate.code])
    const word = certificate.output.split(' - ')[0]
    expect(tls.output.startsWith(`TLS ${word} - Certificate 'localhost'`)).toBe(true)
    await expectSame(
      plugin('check_http', '-I', '127.0.0.1', '-H', '127.0.0.1', '-p', port, '-S', '-u', '/ok'),
      builtin('http', { host: '127.0.0.1', port, tls: true, verify: false, path: '/ok' }),
    )
  })
})

describe('this machine beside the plugins', () => {
  test.each([
    [
      ['-w', '500,400,300', '-c', '1000,800,600'],
      { warning: '500,400,300', critical: '1000,800,600' },
    ],
    [['-w', '0,0,0', '-c', '1000,800,600'], { warning: '0', critical: '1000,800,600' }],
    [
      ['-r', '-w', '500,400,300', '-c', '1000,800,600'],
      { perCpu: true, warning: '500,400,300', critical: '1000,800,600' },
    ],
  ])('[BT50] check_load %j', async (words, options) => {
    await expectSame(plugin('check_load', ...words), builtin('load', options))
  })

  test.each([
    [['-w', '1%', '-c', '0%'], { warning: '1%', critical: '0%' }],
    [['-w', '100%', '-c', '0%'], { warning: '100%', critical: '0%' }],
    [['-w', '100%', '-c', '100%'], { warning: '100%', critical: '100%' }],
    [['-w', '1', '-c', '1'], { warning: '1MiB', critical: '1MiB' }],
  ])('[BT54] check_disk %j', async (words, options) => {
    const theirs = await plugin('check_disk', ...words, '-p', '/')
    const own = await builtin('disk', { paths: ['/'], ...options })
    expect(own.code).toBe(theirs.code)
    expect(own.output.split(' ').slice(0, 6)[5]).toBe('/')
    expect(own.output.replace(/\d+/g, 'N')).toBe(theirs.output.replace(/\d+/g, 'N'))
    const [ours, real] = [own.data[0], theirs.data[0]]
    expect([ours?.label, ours?.unit, ours?.min]).toEqual([real?.label, real?.unit, real?.min])
    // The plugin counts blocks that the file system keeps for itself a little differently.
    for (const field of ['warn', 'crit', 'max'] as const) {
      expect(Math.abs((ours?.[field] ?? -1) - (real?.[field] ?? -1))).toBeLessThan(
        0.001 * (real?.max ?? 1) + 1,
      )
    }
  })

  test.each([
    [['-C', 'nobody-runs-it', '-c', '1:'], { name: 'nobody-runs-it', critical: '1:' }],
    [['-C', 'nobody-runs-it', '-w', '0:0'], { name: 'nobody-runs-it', warning: '0:0' }],
    [
      ['-a', 'nobody-runs-it', '-w', '1:', '-c', '2:'],
      { args: 'nobody-runs-it', warning: '1:', critical: '2:' },
    ],
    [
      ['-u', 'root', '-C', 'nobody-runs-it', '-w', '5'],
      { user: 'root', name: 'nobody-runs-it', warning: 5 },
    ],
    [
      ['-m', 'RSS', '-C', 'nobody-runs-it', '-w', '5'],
      { metric: 'rss', name: 'nobody-runs-it', warning: 5 },
    ],
  ])('[BT57, BT58] check_procs %j', async (words, options) => {
    // One after the other: the plugin's own command line holds the word that is looked for.
    const theirs = await plugin('check_procs', ...words)
    await expectSame(Promise.resolve(theirs), builtin('process', options))
  })
})

describe('ping beside check_ping', () => {
  test.each([
    ['127.0.0.1', '100,20%', '500,60%'],
    ['127.0.0.2', '0.000001,20%', '500,60%'],
    ['127.0.0.1', '0.000001,20%', '0.000001,60%'],
    ['::1', '100,20%', '500,60%'],
  ])('[BT30] %s -w %s -c %s', async (host, warning, critical) => {
    await expectSame(
      plugin('check_ping', '-H', host, '-w', warning, '-c', critical, '-p', 2),
      builtin('ping', { host, warning, critical, packets: 2 }),
    )
  })

  test('[BT30] no such name', async () => {
    const theirs = await plugin('check_ping', '-H', 'nobody.invalid', '-w', '1,1%', '-c', '2,2%')
    expect((await builtin('ping', { host: 'nobody.invalid' })).code).toBe(theirs.code)
  })
})
