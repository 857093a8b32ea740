import { readFileSync, statSync } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { readNagiosSources } from './from-nagios/sources.ts'
import { Problems, type Problem } from './problem.ts'
import type { SecretRead } from './resources.ts'
import type { SourceText } from './yaml/source-tree.ts'

const FILES_MAX = 10_000
const FILE_BYTES_MAX = 32 * 1024 * 1024
const SECRET_BYTES_MAX = 64 * 1024

export interface ReadSources {
  readonly sources: readonly SourceText[]
  readonly problems: readonly Problem[]
}

/**
 * Reads a configuration. A Nagios site is a main file, a file of objects, or a folder that holds `*.cfg` and no YAML: the texts of all its files.
 * Else reads one file, or every `*.yaml` and `*.yml` of a folder and those below it, in the order of their names; what begins with a dot is
 * left out. What cannot be read is a problem.
 */
export async function readSources(path: string): Promise<ReadSources> {
  const problems = new Problems()
  const refuse = (file: string, message: string, hint?: string): void =>
    problems.add({ file, line: 1, column: 1 }, message, hint)
  if (await isNagiosPath(path)) return readNagiosSources(path)
  const files = await filesAt(path, refuse)
  if (files.length === 0 && problems.sorted().length === 0) {
    refuse(path, 'the folder has no YAML files', 'files end in .yaml or .yml')
  }
  const sources: SourceText[] = []
  for (const file of files.slice(0, FILES_MAX)) {
    // A pipe that somebody names is his wish; one that lies in a folder would hold up every reload for ever.
    if (file !== path && !(await isReadable(file, refuse))) continue
    const text = await textOf(file, refuse)
    if (text !== undefined) sources.push({ file, text })
  }
  if (files.length > FILES_MAX) refuse(path, `more than ${FILES_MAX} files`)
  return { sources, problems: problems.sorted() }
}

async function isNagiosPath(path: string): Promise<boolean> {
  if (path.endsWith('.cfg')) return true
  const names = await readdir(path).catch(() => [])
  return names.some((name) => name.endsWith('.cfg')) && !names.some((name) => YAML.test(name))
}

const YAML = /\.ya?ml$/

type Refuse = (file: string, message: string, hint?: string) => void

async function filesAt(path: string, refuse: Refuse): Promise<readonly string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path]
    const names = await readdir(path, { recursive: true, withFileTypes: true })
    return names
      .filter((entry) => !entry.isDirectory() && YAML.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => !/(^|\/)\.[^/]/.test(file.slice(path.length)))
      .sort()
  } catch (error) {
    refuse(
      path,
      `cannot be read: ${reasonOf(error)}`,
      codeOf(error) === 'ENOENT' ? 'check --config' : undefined,
    )
    return []
  }
}

async function isReadable(file: string, refuse: Refuse): Promise<boolean> {
  try {
    if ((await stat(file)).isFile()) return true
    refuse(file, 'is no ordinary file')
  } catch (error) {
    refuse(file, `cannot be read: ${reasonOf(error)}`)
  }
  return false
}

async function textOf(file: string, refuse: Refuse): Promise<string | undefined> {
  try {
    if ((await stat(file)).size > FILE_BYTES_MAX) {
      refuse(file, `is larger than ${FILE_BYTES_MAX / 1024 / 1024} MB`, 'use several files')
      return undefined
    }
    const bytes = await readFile(file)
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    refuse(
      file,
      error instanceof TypeError ? 'is not UTF-8 text' : `cannot be read: ${reasonOf(error)}`,
    )
    return undefined
  }
}

/** A secret's file, relative to the file that names it. One line break at the end is cut. */
export function readSecretFile(path: string, namedIn: string): SecretRead {
  const file = resolve(dirname(namedIn), path)
  try {
    // Reading a pipe or a device could take for ever.
    if (!statSync(file).isFile()) return { fault: `'${path}' is no ordinary file` }
    const text = readFileSync(file, 'utf8')
    if (text.length > SECRET_BYTES_MAX) return { fault: `'${path}' is too large for a secret` }
    return { text: text.replace(/\r?\n$/, '') }
  } catch (error) {
    return { fault: `'${path}' cannot be read: ${reasonOf(error)}` }
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}

function reasonOf(error: unknown): string {
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file or folder',
    EACCES: 'permission denied',
    EISDIR: 'it is a folder',
    ENOTDIR: 'part of the path is no folder',
    ELOOP: 'its links lead nowhere',
  }
  return reasons[codeOf(error) ?? ''] ?? (error instanceof Error ? error.message : String(error))
}
