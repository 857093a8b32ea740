import { readFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Problem } from '../../configuration/problem.ts'
import { readSources, type ReadSources } from '../../configuration/read-sources.ts'
import { DOCUMENTS_MAX, type ConfigurationDocument } from '../../wire/api/configuration.ts'
import { CommandFailed, EXIT } from '../exit.ts'

export interface ReadDocuments {
  readonly documents: readonly ConfigurationDocument[]
  readonly problems: readonly Problem[]
}

/**
 * Reads what `-f` names: YAML files, folders of them, `-` for standard input. A file that is reached twice is read once.
 * @throws CommandFailed for a path that is not there
 */
export async function readDocuments(paths: readonly string[]): Promise<ReadDocuments> {
  const documents = new Map<string, ConfigurationDocument>()
  const problems: Problem[] = []
  for (const path of paths) {
    const read = await readPath(path)
    for (const { file, text } of read.sources) documents.set(resolve(file), { name: file, text })
    problems.push(...read.problems)
  }
  if (documents.size > DOCUMENTS_MAX)
    throw new CommandFailed(
      EXIT.usage,
      `-f: ${documents.size} files are more than ${DOCUMENTS_MAX}`,
      'put more objects into one file',
    )
  return { documents: [...documents.values()], problems }
}

/** One path of the command line by what is there. */
async function readPath(path: string): Promise<ReadSources> {
  if (path === '-') {
    return { sources: [{ file: 'stdin', text: readFileSync(0, 'utf8') }], problems: [] }
  }
  await stat(path).catch((cause: unknown) => {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    const why = code === 'ENOENT' ? 'there is no such file or folder' : `cannot be read (${code})`
    throw new CommandFailed(EXIT.usage, `-f ${path}: ${why}`, 'name YAML files or folders')
  })
  return readSources(path)
}
