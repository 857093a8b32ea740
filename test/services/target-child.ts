import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:net'
import { HTTP_PORT, TCP_PORTS } from './target-ports.ts'

/** Small servers that are watched: `target-child.ts ADDRESS...`. Says `ready` when all of them listen, and ends with its standard input. */
const READY = 'READY\n'
let missing = 0
const isListening = (): void => {
  missing--
  if (missing === 0) process.stdout.write('ready\n')
}

for (const address of process.argv.slice(2)) {
  missing += TCP_PORTS.length + 1
  for (const port of TCP_PORTS) {
    createServer((socket) => {
      socket.on('error', () => socket.destroy())
      socket.end(READY)
    }).listen(port, address, isListening)
  }
  createHttpServer((_, response) => response.end('fine\n')).listen(HTTP_PORT, address, isListening)
}
process.stdin.on('end', () => process.exit(0)).resume()
