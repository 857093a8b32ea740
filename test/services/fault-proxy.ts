import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

export interface Endpoint {
  readonly address: string
  readonly port: number
}

/**
 * A way to a server that can go silent: connections are still taken, and nothing comes through any more, as behind a router that lost its route.
 * A server that refuses ends the connection at once.
 */
export interface FaultProxy {
  readonly port: number
  hold(): void
  release(): void
  close(): Promise<void>
}

/** @param near port 0 takes a free one */
export async function startFaultProxy(near: Endpoint, far: Endpoint): Promise<FaultProxy> {
  const sockets = new Set<Socket>()
  let isHeld = false
  const server = createServer((client) => {
    keep(client)
    if (isHeld) return
    const upstream = connect(far.port, far.address)
    keep(upstream)
    client.setNoDelay(true)
    upstream.setNoDelay(true)
    client.once('close', () => upstream.destroy())
    upstream.once('close', () => client.destroy())
    client.pipe(upstream)
    upstream.pipe(client)
  })
  function keep(socket: Socket): void {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => sockets.delete(socket))
  }
  server.listen(near.port, near.address)
  await once(server, 'listening')
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('no port')
  return {
    port: bound.port,
    hold() {
      isHeld = true
      for (const socket of sockets) socket.unpipe().pause()
    },
    // What was held stays silent until its client gives up; new connections come through.
    release() {
      isHeld = false
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
