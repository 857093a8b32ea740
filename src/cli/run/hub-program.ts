import { existsSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { DataFolderInUse } from '../../adapters/system/data-folder.ts'
import { createLog } from '../../adapters/system/log.ts'
import { systemClock } from '../../adapters/system/clock.ts'
import type { Log } from '../../base/log.ts'
import { counted } from '../../base/words.ts'
import { ConfigurationRefused } from '../../roles/configuration.ts'
import type { HubParts } from '../../roles/hub-parts.ts'
import type { Up } from '../../roles/up.ts'
import { environment } from '../../settings/environment.ts'
import type { HubSettings } from '../../settings/settings.ts'
import { renderProblems } from '../configuration.ts'
import { examineFping } from '../doctor/machine.ts'
import { CommandFailed, EXIT } from '../exit.ts'
import { createTerminal, type Terminal } from '../terminal.ts'
import { untilStopped, withPulse } from './until-stopped.ts'

/** How a program with a hub in it is started. */
export type StartHub = (parts: HubParts) => Promise<Up>

/** Until a signal comes or a part fails. */
export async function runHubProgram(settings: HubSettings, startHub: StartHub): Promise<void> {
  const terminal = createTerminal(false)
  const log = createLog(settings.logLevel)
  await withPulse(log, async (pulse) => {
    const starting = start(settings, startHub, terminal, log)
    process.on('SIGHUP', () => void reloadOnceUp(starting, log))
    const running = await starting
    announce(terminal, running)
    await warnOfMissingPing(terminal, running)
    await untilStopped(running, { terminal, log, pulse })
  })
}

async function start(
  settings: HubSettings,
  startHub: StartHub,
  terminal: Terminal,
  log: Log,
): Promise<Up> {
  const consoleFolder = join(import.meta.dirname, '..', '..', '..', 'dist', 'console')
  if (!existsSync(consoleFolder))
    terminal.say('the console is not built: `npm run prepare` builds it; the API works without')
  try {
    return await startHub({
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

const ADDRESS_FAULTS: Readonly<Record<string, string>> = {
  EADDRNOTAVAIL: 'this machine has no such address',
  EACCES: 'ports below 1024 need root or CAP_NET_BIND_SERVICE',
  ENOTFOUND: 'the name is not known',
}

const FOLDER_FAULTS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'it lies on a file system that is mounted read-only',
  EEXIST: 'it is a file',
  ENOTDIR: 'a part of its path is a file',
  ENOSPC: 'the disk is full',
}

function placeOf(error: unknown, folder: string): string {
  const { path } = error as NodeJS.ErrnoException
  return path === undefined || path === folder ? '' : ` (${path})`
}

/** A signal that comes while the program starts waits for it instead of ending it. A failure leaves what runs alone. */
async function reloadOnceUp(starting: Promise<Up>, log: Log): Promise<void> {
  const running = await starting.catch(() => undefined) // who started it hears of that
  try {
    await running?.reload()
  } catch (error) {
    log.error('the configuration could not be read again', { error })
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
  const why = ADDRESS_FAULTS[code ?? '']
  if ((error as NodeJS.ErrnoException).syscall === 'listen' && why !== undefined)
    return new CommandFailed(
      EXIT.failed,
      `cannot listen on ${address}: ${why}`,
      'choose another with --listen HOST:PORT',
    )
  const fault = FOLDER_FAULTS[code ?? '']
  if (fault !== undefined)
    return new CommandFailed(
      EXIT.failed,
      `the data folder ${settings.data} cannot be used: ${fault}${placeOf(error, settings.data)}`,
      'choose another with --data, or let this user write there',
    )
  if (error instanceof Error && error.name === 'StoreUnavailable')
    return new CommandFailed(
      EXIT.failed,
      `the database does not answer: ${error.message}`,
      settings.databaseUrl === undefined
        ? 'see server.log in postgres/ of the data folder'
        : 'look at --database-url (server, port, user, password), then ask `parallax doctor`',
    )
  if (
    error instanceof Error &&
    [
      'EmbeddedUnavailable',
      'SchemaRefused',
      'DatabaseInUse',
      'BusServerUnavailable',
      'TrustDamaged',
    ].includes(error.name)
  )
    return new CommandFailed(EXIT.failed, error.message)
  return error
}

/** A host that cannot be pinged for lack of a program must not surprise anybody as a host that is down. */
async function warnOfMissingPing(terminal: Terminal, { configuration }: Up): Promise<void> {
  if (!configuration.usesPing) return
  const { level, what, fix } = await examineFping()
  if (level !== 'ok') terminal.say(`warning: ${what}\n  fix: ${fix}`)
}

/** These lines are for people, and scripts rely on their form. */
function announce(terminal: Terminal, { url, setupToken, configuration }: Up): void {
  terminal.data(
    `Monitoring ${counted(configuration.hosts, 'host')} with ${counted(configuration.services, 'service')} from ${configuration.from}`,
  )
  terminal.data(`Console: ${url}/`)
  if (setupToken !== undefined) terminal.data(`First-run token: ${setupToken}`)
}
