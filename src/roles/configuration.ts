import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { loadConfiguration, STARTER_PATH, type Configuration } from '../configuration/load.ts'
import type { Problem } from '../configuration/problem.ts'

/** The configuration has faults; what ran before goes on. */
export class ConfigurationRefused extends Error {
  override readonly name = 'ConfigurationRefused'
  readonly problems: readonly Problem[]

  constructor(path: string, problems: readonly Problem[]) {
    super(
      `${path}: ${problems.length} ${problems.length === 1 ? 'fault' : 'faults'} in the configuration`,
    )
    this.problems = problems
  }
}

/** What was named, else ./parallax.yaml when it is there, else the starter configuration. */
export function configurationPath(given: string | undefined): string {
  if (given !== undefined) return given
  const own = resolve('parallax.yaml')
  return existsSync(own) ? own : STARTER_PATH
}

/** @param url where the console of this hub is: `$PARALLAXURL$` @throws ConfigurationRefused */
export async function readFleet(
  path: string,
  url: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Configuration> {
  const configuration = await loadConfiguration(path, {
    programMacros: { PARALLAXURL: url },
    environment,
  })
  if (configuration.problems.length > 0)
    throw new ConfigurationRefused(path, configuration.problems)
  return configuration
}

/** `file:line:column: message`, with the hint behind it. */
export function problemLine({ file, line, column, message, hint }: Problem): string {
  return `${file}:${line}:${column}: ${message}${hint === undefined ? '' : ` (${hint})`}`
}
