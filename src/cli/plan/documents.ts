import { readFileSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Problem } from '../../configuration/problem.ts'
import { readSources, type ReadSources } from '../../configuration/read-sources.ts'
import { DOCUMENTS_MAX, type ConfigurationDocument } from '../../wire/api/configuration.ts'
import { CommandFailed, EXIT } from '../exit.ts'

export interface ReadDocuments {
  readonly documents: readonly ConfigurationDocument[]
  readonly problems: readonly Problem[]
  /** Of Nagios object files: what is read otherwise than Nagios reads it. */
  readonly warnings: readonly Problem[]
}

/**
 * Reads what `-f` names: YAML files, folders of them, `-` for standard input, and object files of Nagios. A file that is reached twice
 * is read once.
 * @throws CommandFailed for a path that is not there
 */
export async function readDocuments(paths: readonly string[]): Promise<ReadDocuments> {
  const documents = new Map<string, ConfigurationDocument>()
  const problems: Problem[] = []
  const warnings: Problem[] = []
  for (const path of paths) {
    const read = await readPath(path)
    for (const { file, text } of read.sources) documents.set(resolve(file), { name: file, text })
    problems.push(...read.problems)
    warnings.push(...read.warnings)
  }
  if (documents.size > DOCUMENTS_MAX)
    throw new CommandFailed(
      EXIT.usage,
      `-f: ${documents.size} files are more than ${DOCUMENTS_MAX}`,
      'put more objects into one file',
    )
  return { documents: [...documents.values()], problems, warnings }
}

/** One path of the command line by what is there. */
async function readPath(path: string): Promise<ReadPath> {
  if (path === '-') {
    return {
      sources: [{ file: 'stdin', text: readFileSync(0, 'utf8') }],
      problems: [],
      warnings: [],
    }
  }
  const found = await stat(path).catch((cause: unknown) => {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    const why = code === 'ENOENT' ? 'there is no such file or folder' : `cannot be read (${code})`
    throw new CommandFailed(EXIT.usage, `-f ${path}: ${why}`, 'name YAML files or folders')
  })
  const isNagios = found.isDirectory() ? await holdsOnlyNagios(path) : path.endsWith('.cfg')
  return isNagios ? readNagiosPath(path) : { ...(await readSources(path)), warnings: [] }
}

type ReadPath = ReadSources & Pick<ReadDocuments, 'warnings'>

/** A folder of object files; where there is YAML, that is what is meant. */
async function holdsOnlyNagios(path: string): Promise<boolean> {
  const names = await readdir(path, { recursive: true }).catch(() => [])
  return !names.some((name) => /\.ya?ml$/.test(name)) && names.some((name) => name.endsWith('.cfg'))
}

/** One document, with templates and groups as they are in the object files. Its problems name lines of that text. */
async function readNagiosPath(path: string): Promise<ReadPath> {
  const { importNagios } = await import('../../configuration/from-nagios/import.ts') // others do without it
  const { text, problems, warnings } = await importNagios(path)
  return { sources: [{ file: `${path} as YAML`, text }], problems, warnings }
}
