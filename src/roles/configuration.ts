import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { STARTER_PATH } from '../configuration/load.ts'
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
