import { DataFolderInUse } from '../../adapters/system/data-folder.ts'
import { createLog } from '../../adapters/system/log.ts'
import { systemClock } from '../../adapters/system/clock.ts'
import { startCollectorProgram } from '../../roles/collector.ts'
import { IdentityRefused, readCollectorIdentity } from '../../settings/collector-identity.ts'
import { environment } from '../../settings/environment.ts'
import type { HubSettings } from '../../settings/settings.ts'
import { CommandFailed, EXIT } from '../exit.ts'
import { createTerminal } from '../terminal.ts'
import { untilStopped, withPulse } from './until-stopped.ts'

/** A collector in this process, until a signal comes or a part fails. */
export async function collector(settings: HubSettings): Promise<void> {
  const terminal = createTerminal(false)
  const log = createLog(settings.logLevel)
  await withPulse(log, async (pulse) => {
    const running = await start(settings).catch((error: unknown) => {
      throw refusalOf(error, settings)
    })
    terminal.data(`Collector ${running.id} for ${running.hubs.join(', ')}`)
    await untilStopped(running, { terminal, log, pulse })
  })

  async function start(of: HubSettings) {
    return startCollectorProgram({
      settings: of,
      identity: readCollectorIdentity(of.data),
      environment: environment(),
      clock: systemClock,
      log,
    })
  }
}

function refusalOf(error: unknown, { metricsListen }: HubSettings): unknown {
  if ((error as NodeJS.ErrnoException).syscall === 'listen' && metricsListen !== undefined)
    return new CommandFailed(
      EXIT.conflict,
      `cannot listen on ${metricsListen.host}:${metricsListen.port}: ${(error as Error).message}`,
      'choose another address with --metrics-listen HOST:PORT',
    )

  if (error instanceof IdentityRefused)
    return new CommandFailed(
      EXIT.failed,
      error.message,
      'ask a hub for a token: `parallax collector token`, then run `parallax collector join TOKEN` here',
    )
  if (error instanceof DataFolderInUse)
    return new CommandFailed(
      EXIT.conflict,
      error.message,
      'stop that one first, or choose another folder with --data',
    )
  return error
}
