import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A real nats-server without accounts, on free ports of the loopback. */
export interface TestNatsServer {
  readonly url: string
  readonly port: number
  /** Where it takes the servers of clusters. */
  readonly leafPort: number
  readonly pid: number
  /** As the machine's failure would. */
  kill(signal: NodeJS.Signals): Promise<void>
  /** On the same port, with what its stream kept. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/** With JetStream, as hubs have it. */
export async function startNatsServer(extra = ''): Promise<TestNatsServer> {
  const leafPort = await freePort()
  const own = `leafnodes { listen: "127.0.0.1:${leafPort}" }\n`
  return startServer(leafPort, (folder) => `jetstream { store_dir: "${folder}" }\n${own}${extra}`)
}

/** Of a cluster: without JetStream, with a way to the server of each hub. */
export function startEdgeServer(leafPorts: readonly number[]): Promise<TestNatsServer> {
  const remotes = leafPorts.map((port) => `{ url: "nats-leaf://127.0.0.1:${port}" }`)
  return startServer(0, () => `leafnodes { reconnect: 1, remotes: [${remotes.join(', ')}] }`)
}

async function startServer(
  leafPort: number,
  more: (folder: string) => string,
): Promise<TestNatsServer> {
  const folder = await mkdtemp(join(tmpdir(), 'nats-'))
  const port = await freePort()
  const path = join(folder, 'nats.conf')
  await writeFile(path, `listen: "127.0.0.1:${port}"\nmax_payload: 8MB\n${more(folder)}\n`)
  let child = await run(path, port)
  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill(signal)
    if (signal === 'SIGKILL' || signal === 'SIGTERM') await gone
  }
  return {
    url: `nats://127.0.0.1:${port}`,
    port,
    leafPort,
    get pid() {
      return child.pid ?? 0
    },
    kill,
    async restart() {
      await kill('SIGKILL')
      child = await run(path, port)
    },
    async stop() {
      await kill('SIGKILL')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function run(config: string, port: number): Promise<ChildProcess> {
  const child = spawn('nats-server', ['-c', config], {
    stdio: 'ignore',
    env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` },
  })
  const failed = once(child, 'error').then(([error]) => {
    throw error
  })
  failed.catch(() => undefined)
  for (;;) {
    if (child.exitCode !== null) throw new Error(`nats-server ended with ${child.exitCode}`)
    if (await Promise.race([accepts(port), failed])) return child
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
