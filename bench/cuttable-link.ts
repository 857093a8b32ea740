import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/**
 * A way to a port of this machine that can be cut: connections end at once, and new ones are refused until it is whole again. Held, nothing
 * ends and nothing comes through, as when a cable is pulled.
 */
export interface CuttableLink {
  readonly port: number
  cut(): Promise<void>
  mend(): Promise<void>
  hold(): void
  release(): void
}

export async function startLink(target: number): Promise<CuttableLink> {
  const sockets = new Set<Socket>()
  const others = new WeakMap<Socket, Socket>()
  let isHeld = false
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1')
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
      socket.setNoDelay(true)
      socket.pipe(other)
      if (isHeld) socket.unpipe(other).pause()
    }
    others.set(near, far).set(far, near)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const { port } = address
  return {
    port,
    async cut() {
      server.close()
      for (const socket of sockets) socket.destroy()
      if (server.listening) await once(server, 'close')
    },
    async mend() {
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
    },
    hold() {
      isHeld = true
      for (const socket of sockets) socket.unpipe().pause()
    },
    release() {
      isHeld = false
      for (const socket of sockets) {
        const other = others.get(socket)
        if (other !== undefined) socket.pipe(other)
      }
    },
  }
}
