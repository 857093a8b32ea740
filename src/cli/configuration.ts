import { loadConfiguration, type Configuration } from '../configuration/load.ts'
import type { Problem } from '../configuration/problem.ts'
import { configurationPath as defaultPath } from '../roles/configuration.ts'
import { environment } from '../settings/environment.ts'
import { DEFAULT_PORT } from '../settings/setting-list.ts'
import type { Paint } from './terminal.ts'

/** Where the configuration of a command is: what was named, `PARALLAX_CONFIG`, ./parallax.yaml, or the starter configuration. */
export function configurationPath(given: string | undefined): string {
  return defaultPath(given ?? environment()['PARALLAX_CONFIG'])
}

/** Reads a configuration as a hub at the default address would. */
export async function readConfiguration(path: string): Promise<Configuration> {
  return loadConfiguration(path, {
    programMacros: { PARALLAXURL: `http://127.0.0.1:${DEFAULT_PORT}` },
    environment: environment(),
  })
}

/** More are counted, not shown. */
const WARNINGS_MAX = 20

export function renderWarnings(warnings: readonly Problem[], paint: Paint): string {
  const lines = warnings
    .slice(0, WARNINGS_MAX)
    .map(
      ({ file, line, column, message }) =>
        `${paint.bold(`${file}:${line}:${column}:`)} ${paint.yellow(`warning: ${message}`)}`,
    )
  const rest = warnings.length - lines.length
  return [...lines, ...(rest > 0 ? [`and ${rest} more warnings`] : [])].join('\n')
}

/** All faults with their places and hints, then how many there are. */
export function renderProblems(problems: readonly Problem[], paint: Paint): string {
  const lines = problems.flatMap(({ file, line, column, message, hint }) => [
    `${paint.bold(`${file}:${line}:${column}:`)} ${paint.red(message)}`,
    ...(hint === undefined ? [] : [`  hint: ${hint}`]),
  ])
  return [...lines, `${problems.length} ${problems.length === 1 ? 'fault' : 'faults'}`].join('\n')
}
