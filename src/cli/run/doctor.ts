import process from 'node:process'
import { systemStatus } from '../../wire/api/actions.ts'
import type { HubSettings } from '../../settings/settings.ts'
import { createClient } from '../client.ts'
import { resolveConnection } from '../connection.ts'
import { examineConfiguration } from '../doctor/configuration.ts'
import { examineDatabase } from '../doctor/database.ts'
import { fail, ok, warn, type Finding } from '../doctor/finding.ts'
import {
  examineData,
  examineFping,
  examineNames,
  examineNode,
  examineOpenFiles,
  examinePlugins,
} from '../doctor/machine.ts'
import { CommandFailed, EXIT } from '../exit.ts'
import { createTerminal } from '../terminal.ts'

/** Prints a line for each thing looked at; exit status 1 when something would keep Parallax from working. */
export async function doctor(settings: HubSettings): Promise<void> {
  const findings = await examine(settings)
  const terminal = createTerminal(false)
  const paint = {
    ok: terminal.paint.green,
    warn: terminal.paint.yellow,
    fail: terminal.paint.red,
  }
  for (const finding of findings) {
    terminal.data(`${paint[finding.level](finding.level.padEnd(4))}  ${finding.what}`)
    if (finding.fix !== '') terminal.data(`      fix: ${finding.fix}`)
  }
  if (findings.some((finding) => finding.level === 'fail')) process.exitCode = EXIT.failed
}

async function examine(settings: HubSettings): Promise<readonly Finding[]> {
  return [
    examineNode(),
    ...examineData(settings.data),
    await examineDatabase(settings),
    await examineConfiguration(settings),
    examineOpenFiles(),
    await examineFping(),
    examinePlugins(),
    await examineNames(),
    await examineHub(settings),
  ]
}

async function examineHub(settings: HubSettings): Promise<Finding> {
  const connection = resolveConnection({ data: settings.data, timeout: '3' })
  try {
    const status = await createClient(connection).get('/api/v1/status', systemStatus)
    if (status.database !== 'ok')
      return fail(`the hub at ${connection.url} has no database: ${status.database}`, 'see its log')
    return ok(`a hub runs at ${connection.url}, up since ${status.startedAt}`)
  } catch (error) {
    if (error instanceof CommandFailed && error.status === EXIT.unreachable)
      return warn(`no hub answers at ${connection.url}`, 'start one: parallax up')
    if (error instanceof CommandFailed)
      return warn(
        `the hub at ${connection.url} answers: ${error.message}`,
        error.hint ?? 'see its log',
      )
    throw error
  }
}
