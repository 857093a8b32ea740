import type { Problem } from '../problem.ts'
import { readSecretFile } from '../read-sources.ts'
import { writeYaml } from '../yaml/write-yaml.ts'
import { readingOf, readNagiosSources } from './sources.ts'
import { templatedDefinitions } from './templated.ts'

export interface NagiosImport {
  /** YAML with the templates and groups of the files; empty when there are problems. */
  readonly text: string
  readonly problems: readonly Problem[]
  readonly warnings: readonly Problem[]
  readonly files: readonly string[]
  readonly hosts: number
  readonly services: number
  /** Macros whose values stand in `secrets` of the text. */
  readonly secrets: readonly string[]
}

/** @param path a main file (`nagios.cfg`), a file of objects, or a folder of them */
export async function importNagios(path: string): Promise<NagiosImport> {
  const read = await readNagiosSources(path)
  const reading = readingOf(read.sources, { readSecret: readSecretFile })
  const { warnings, files, objects } = reading
  // What could not be read explains what is missing.
  const problems = read.problems.length > 0 ? read.problems : reading.problems
  const found = { problems, warnings, files }
  const counts = { hosts: objects.hosts.size, services: objects.services.length }
  if (problems.length > 0) return { ...found, ...counts, text: '', secrets: [] }
  const definitions = templatedDefinitions(reading)
  return {
    ...found,
    ...counts,
    text: writeYaml(definitions),
    secrets: [...definitions.secrets.keys()],
  }
}
