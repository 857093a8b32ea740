import { readNagios } from '../nagios/read.ts'
import type { Problem } from '../problem.ts'
import { writeYaml } from '../yaml/write-yaml.ts'
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
  const reading = await readNagios(path)
  const { problems, warnings, files, objects } = reading
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
