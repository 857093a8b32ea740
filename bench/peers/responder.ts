import { fork, type ChildProcess } from 'node:child_process'
import { createServer, type Server, type Socket } from 'node:net'

/** What the fleet's checks talk to: HTTP, an SSH banner, and a port that only accepts. A process of its own. */
export interface Responder {
  readonly pid: number
  readonly http: number
  readonly ssh: number
  readonly tcp: number
  stop(): void
}

const OK =
  'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n'

export async function startResponder(): Promise<Responder> {
  const child: ChildProcess = fork(import.meta.filename, ['serve'], { stdio: 'inherit' })
  const ports = await new Promise<Omit<Responder, 'stop' | 'pid'>>((resolve) =>
    child.once('message', (message) => resolve(message as Omit<Responder, 'stop' | 'pid'>)),
  )
  return { ...ports, pid: child.pid as number, stop: () => void child.kill('SIGKILL') }
}

async function listen(greet: (socket: Socket) => void): Promise<number> {
  const server: Server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => socket.destroy())
    greet(socket)
  })
  await new Promise<void>((resolve) =>
    server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, resolve),
  )
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

if (process.argv[2] === 'serve' && process.send !== undefined) {
  const http = await listen((socket) => socket.once('data', () => socket.end(OK)))
  const ssh = await listen((socket) => {
    socket.write('SSH-2.0-OpenSSH_9.2\r\n')
    socket.once('data', () => socket.end())
  })
  const tcp = await listen((socket) => socket.resume())
  process.send({ http, ssh, tcp })
  process.on('disconnect', () => process.exit())
}
