import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createFpingPinger } from '../src/adapters/fping/fping-pinger.ts'
import { systemClock } from '../src/adapters/system/clock.ts'
import type { Clock } from '../src/base/clock.ts'
import type { BuiltinAnswer } from '../src/collector/executor/builtin/builtin.ts'
import { viewOfStatus } from '../src/collector/executor/builtin/self-view.ts'
import { createBuiltins, type Builtins } from '../src/collector/executor/builtin/builtins.ts'
import type { BuiltinName, BuiltinOptions } from '../src/domain/check.ts'
import type { SystemStatus } from '../src/wire/api/actions.ts'

export const WELL: SystemStatus = {
  version: '0.0.0',
  startedAt: '2027-06-01T12:00:00Z',
  revision: 'r1',
  hosts: 1,
  services: 2,
  database: 'ok',
  outbox: { waiting: 0, lost: 0 },
  executor: { running: 1, slots: 64, waiting: 0, latenessP99Ms: 12 },
  resultsPerSecond: 3,
}

export interface Rig extends Builtins {
  /** One run to its answer. */
  run(name: BuiltinName, options: BuiltinOptions, timeoutMs?: number): Promise<BuiltinAnswer>
  /** One run that is cancelled when `until` resolves; answers whether it answered nonetheless. */
  cancelled(name: BuiltinName, options: BuiltinOptions, until: Promise<unknown>): Promise<boolean>
}

export function createRig(
  status: () => SystemStatus = () => WELL,
  clock: Clock = systemClock,
): Rig {
  const made = createBuiltins({
    clock,
    pinger: createFpingPinger(clock),
    self: viewOfStatus(status),
  })
  return {
    ...made,
    run: (name, options, timeoutMs = 10_000) =>
      new Promise((resolve) => {
        made.builtins[name].start(options, { clock, timeoutMs }, resolve)
      }),
    async cancelled(name, options, until) {
      let hasAnswered = false
      const context = { clock, timeoutMs: 10_000 }
      const run = made.builtins[name].start(options, context, () => (hasAnswered = true))
      await until
      run.cancel()
      await new Promise((resolve) => setTimeout(resolve, 20))
      return hasAnswered
    },
  }
}

export interface TestServer extends AsyncDisposable {
  readonly port: number
  readonly server: Server
  /** Connections that are open now. */
  readonly sockets: ReadonlySet<Socket>
  /** Resolves at the next new connection. */
  connected(): Promise<Socket>
  /** Resolves when every connection is closed. */
  idle(): Promise<void>
}

/** A server on a free port of 127.0.0.1; disposing of it ends its connections. */
export async function serve(greet: (socket: Socket) => void): Promise<TestServer> {
  return listen(createServer({ noDelay: true }), greet)
}

export async function listen(
  server: Server,
  greet?: (socket: Socket) => void,
): Promise<TestServer> {
  const sockets = new Set<Socket>()
  const arrivals: ((socket: Socket) => void)[] = []
  const departures: (() => void)[] = []
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      sockets.delete(socket)
      if (sockets.size === 0) for (const tell of departures.splice(0)) tell()
    })
    greet?.(socket)
    for (const tell of arrivals.splice(0)) tell(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      for (const socket of sockets) socket.destroy()
      server.close(() => resolve())
    })
  return {
    port: (server.address() as AddressInfo).port,
    server,
    sockets,
    connected: () => new Promise((resolve) => arrivals.push(resolve)),
    idle: () =>
      new Promise((resolve) => {
        if (sockets.size === 0) resolve()
        else departures.push(resolve)
      }),
    [Symbol.asyncDispose]: close,
  }
}

/** A port of 127.0.0.1 that nobody listens on. */
export async function closedPort(): Promise<number> {
  const server = await serve(() => undefined)
  const { port } = server
  await server[Symbol.asyncDispose]()
  return port
}

export interface Certificate {
  readonly key: string
  readonly cert: string
}

/** Self-signed for `name` (and 127.0.0.1), valid from yesterday on. Negative days are in the past. */
export function makeCertificate(days: number, name = 'localhost'): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'parallax-certificate-'))
  const at = (file: string): string => join(folder, file)
  const stamp = (offsetDays: number): string =>
    `${new Date(Date.now() + offsetDays * 86_400_000 + 3_600_000).toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`
  try {
    const openssl = (...words: string[]): void =>
      void execFileSync('openssl', words, { cwd: folder, stdio: ['ignore', 'ignore', 'ignore'] })
    openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', at('key.pem'))
    openssl('req', '-new', '-key', at('key.pem'), '-subj', `/CN=${name}`, '-out', at('request.pem'))
    execFileSync('sh', [
      '-c',
      `: > ${at('index.txt')}; echo 01 > ${at('serial')}; printf '%s\\n' '[ca]' 'default_ca=own' '[own]' 'dir=${folder}' ` +
        `'database=${at('index.txt')}' 'serial=${at('serial')}' 'new_certs_dir=${folder}' 'default_md=sha256' 'policy=any' 'x509_extensions=ext' ` +
        `'[any]' 'commonName=supplied' '[ext]' 'subjectAltName=DNS:${name},IP:127.0.0.1' > ${at('ca.cnf')}`,
    ])
    const sign = `ca -batch -config ${at('ca.cnf')} -selfsign -keyfile ${at('key.pem')} -notext`
    const dates = `-startdate ${stamp(Math.min(0, days) - 1)} -enddate ${stamp(days)}`
    openssl(...`${sign} -in ${at('request.pem')} -out ${at('cert.pem')} ${dates}`.split(' '))
    return { key: readFileSync(at('key.pem'), 'utf8'), cert: readFileSync(at('cert.pem'), 'utf8') }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
