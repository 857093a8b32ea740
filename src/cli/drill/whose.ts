import { IdentityRefused, readCollectorIdentity } from '../../settings/collector-identity.ts'
import { CommandFailed, EXIT } from '../exit.ts'
import type { Victim } from './processes.ts'

/**
 * Rule DR8 of docs/spec/drill.md: the collector that is meant, so that none is watched while another one fails. `undefined`: nobody said.
 * @throws CommandFailed when the process is another's, or nobody can say whose
 */
export function wantedOf(
  whom: 'collector' | 'hub',
  named: string | undefined,
  victim: Victim | undefined,
): string | undefined {
  if (victim === undefined) return named
  const own = victim.folder === undefined ? undefined : collectorOf(victim.folder)
  const process = `process ${victim.pid}`
  if (whom === 'hub') {
    if (own === undefined) return undefined
    throw new CommandFailed(EXIT.usage, `${process} is the collector ${own}, not a hub`)
  }
  if (own === undefined) {
    if (named !== undefined && victim.folder === undefined) return named
    throw new CommandFailed(
      EXIT.usage,
      victim.folder === undefined
        ? `nobody can say which collector ${process} is`
        : `${process} is no collector: nobody joined in ${victim.folder}`,
      'name the collector with --collector, and its process with --folder, --pid or --systemd',
    )
  }
  if (named === undefined || named === own) return own
  throw new CommandFailed(EXIT.usage, `${process} is ${own}, not ${named}`)
}

function collectorOf(folder: string): string | undefined {
  try {
    const { cluster, name } = readCollectorIdentity(folder)
    return `${cluster}.${name}`
  } catch (error) {
    if (error instanceof IdentityRefused) return undefined
    throw error
  }
}
