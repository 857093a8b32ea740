import { existsSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { DataFolderInUse } from '../../adapters/system/data-folder.ts'
import { createLog } from '../../adapters/system/log.ts'
import { systemClock } from '../../adapters/system/clock.ts'
import type { Log } from '../../base/log.ts'
import { ConfigurationRefused } from '../../roles/configuration.ts'
import { startUp, type Up } from '../../roles/up.ts'
import { environment } from '../../settings/environment.ts'
import type { HubSettings } from '../../settings/settings.ts'
import { renderProblems } from '../configuration.ts'
import { CommandFailed, EXIT } from '../exit.ts'
import { createTerminal, type Terminal } from '../terminal.ts'

/** Until a signal comes or a part fails. */
export async function up(settings: HubSettings): Promise<void> {
  const terminal = createTerminal(false)
  const log = createLog(settings.logLevel)
  const running = await start(settings, terminal, log)
  announce(terminal, running)
  process.on('SIGHUP', () => void running.reload())
  const reason = await Promise.race([
    stopSignal(),
    running.failed.catch((error: unknown) => ({ error })),
  ])
  if (typeof reason === 'object') log.error('a part of the program failed, it ends', reason)
  else terminal.say(`${reason}: stopping`)
  await running.stop()
  process.exit(typeof reason === 'object' ? EXIT.failed : EXIT.ok)
}

async function start(settings: HubSettings, terminal: Terminal, log: Log): Promise<Up> {
  const consoleFolder = join(import.meta.dirname, '..', '..', '..', 'dist', 'console')
  if (!existsSync(consoleFolder))
    terminal.say('the console is not built: `npm run prepare` builds it; the API works without')
  try {
    return await startUp({
      settings,
      environment: environment(),
      consoleFolder,
      clock: systemClock,
      log,
      progress: (text) => terminal.say(`${text} ...`),
    })
  } catch (error) {
    throw refusalOf(error, settings, terminal)
  }
}

/** What an operator can mend, in words; anything else is a fault of ours and keeps its trace. */
function refusalOf(error: unknown, settings: HubSettings, terminal: Terminal): unknown {
  if (error instanceof ConfigurationRefused) {
    return new CommandFailed(
      EXIT.failed,
      `${renderProblems(error.problems, terminal.paint)}\nnothing was started`,
    )
  }
  if (error instanceof DataFolderInUse)
    return new CommandFailed(
      EXIT.conflict,
      error.message,
      'stop that one first, or choose another folder with --data',
    )
  const code = (error as NodeJS.ErrnoException).code
  const address = `${settings.listenHost}:${settings.listenPort}`
  if (code === 'EADDRINUSE')
    return new CommandFailed(
      EXIT.conflict,
      `${address} is in use by another program`,
      'choose another with --listen 127.0.0.1:PORT',
    )
  if (code === 'EADDRNOTAVAIL' || code === 'EACCES')
    return new CommandFailed(
      EXIT.failed,
      `cannot use ${code === 'EACCES' ? ((error as NodeJS.ErrnoException).path ?? address) : address}: ${(error as Error).message}`,
    )
  if (
    error instanceof Error &&
    ['EmbeddedUnavailable', 'SchemaRefused', 'StoreUnavailable'].includes(error.name)
  )
    return new CommandFailed(EXIT.failed, error.message)
  return error
}

/** These lines are for people, and scripts rely on their form. */
function announce(terminal: Terminal, { url, setupToken, configuration }: Up): void {
  terminal.data(
    `Monitoring ${configuration.hosts} hosts with ${configuration.services} services from ${configuration.path}`,
  )
  terminal.data(`Console: ${url}/`)
  if (setupToken !== undefined) terminal.data(`First-run token: ${setupToken}`)
}

async function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal))
    // The parent that started this process under the pinned Node is gone.
    process.once('disconnect', () => resolve('parent gone'))
  })
}
