import { fileURLToPath } from 'node:url'
import type { Fleet } from '../domain/fleet.ts'
import { compile, type CompileOptions } from './compile.ts'
import { shippedPackages } from './packages.ts'
import { Problems, type Problem } from './problem.ts'
import { readSecretFile, readSources } from './read-sources.ts'
import { revisionOf } from './revision.ts'

export type LoadOptions = Pick<
  CompileOptions,
  'programMacros' | 'environment' | 'memory' | 'selfMonitoring'
>

export interface Configuration {
  /** What is right of it; to be used only when there are no problems. */
  readonly fleet: Fleet
  readonly revision: string
  readonly problems: readonly Problem[]
  /** What Nagios only warns of. */
  readonly warnings: readonly Problem[]
  /** Files that were read, in their order. */
  readonly files: readonly string[]
}

/** What is monitored when nobody has said: this machine and Parallax itself. */
export const STARTER_PATH = fileURLToPath(new URL('starter/parallax.yaml', import.meta.url))

/** Reads and compiles a file or a folder. It does not throw for what it finds there, nor when there is nothing. */
export async function loadConfiguration(
  path: string,
  options: LoadOptions = {},
): Promise<Configuration> {
  const read = await readSources(path)
  const compiled = compile(read.sources, {
    ...options,
    readSecret: readSecretFile,
    packages: shippedPackages(),
  })
  const problems = new Problems()
  const relevant = read.sources.length === 0 ? [] : compiled.problems
  for (const { message, hint, ...place } of [...read.problems, ...relevant]) {
    problems.add(place, message, hint)
  }
  return {
    fleet: compiled.fleet,
    revision: revisionOf(compiled.fleet),
    problems: problems.sorted(),
    warnings: compiled.warnings,
    files: read.sources.map((source) => source.file),
  }
}
