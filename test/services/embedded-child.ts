import { startEmbedded } from '../../src/adapters/postgres/embedded.ts'
import { systemClock } from '../../src/adapters/system/clock.ts'
import { silentLog } from '../../src/base/log.ts'

/** A process of its own around an embedded server, for tests that end it in every way. Argument: the folder. A line on stdin: exit. */
const folder = process.argv[2] ?? ''
try {
  const server = await startEmbedded({ folder, clock: systemClock, log: silentLog })
  process.stdout.write(`${JSON.stringify({ pid: server.pid(), url: server.url })}\n`)
  process.stdin.once('data', () => process.exit(0))
} catch (error) {
  process.stdout.write(`${JSON.stringify({ error: (error as Error).message })}\n`)
  process.exitCode = 1
}
