import { join } from 'node:path'
import { startBusServer } from '../../src/adapters/nats/server/bus-server.ts'
import { openTrust } from '../../src/adapters/nats/trust/trust.ts'
import { systemClock } from '../../src/adapters/system/clock.ts'
import { silentLog } from '../../src/base/log.ts'

/** A process with a nats-server of its own, to be killed: `node nats-child.ts <folder> <port>`. It prints the server's process id. */
const [folder = '', port = ''] = process.argv.slice(2)
const server = await startBusServer({
  folder: join(folder, 'nats'),
  name: 'hub-a',
  listen: { host: '127.0.0.1', port: Number(port) },
  leafListen: undefined,
  names: [],
  trust: await openTrust(join(folder, 'trust'), systemClock),
  path: process.env['PATH'],
  clock: systemClock,
  log: silentLog,
})
process.stdout.write(`${server.pid()}\n`)
setInterval(() => undefined, 60_000)
