import { readdir, readFile, stat } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'
import type { Place, Problems } from '../problem.ts'
import type { CachedParsing } from './cache.ts'
import type { ParsedFile } from './object-file.ts'
import type { WrittenObject } from './written.ts'

const FILES_MAX = 200_000
const FILE_BYTES_MAX = 256 * 1024 * 1024
/** Folders within folders, and files that include each other. */
const NESTING_MAX = 50

/** What is read goes here, in its order. */
export interface ReadSources {
  readonly written: WrittenObject[]
  readonly files: string[]
}

/** Reads files of objects and folders of them as Nagios does: `*.cfg` below a folder, what begins with a dot left out. */
export class SourceFiles implements ReadSources {
  readonly written: WrittenObject[] = []
  readonly files: string[] = []
  readonly #problems: Problems
  readonly #warnings: Problems
  readonly #parsing: Pick<CachedParsing, 'parse'>

  constructor(problems: Problems, warnings: Problems, parsing: Pick<CachedParsing, 'parse'>) {
    this.#problems = problems
    this.#warnings = warnings
    this.#parsing = parsing
  }

  /** `namedAt` says where somebody named the file. */
  async readFile(file: string, namedAt?: Place, depth = 0): Promise<void> {
    if (this.files.length >= FILES_MAX) {
      this.#refuse(file, namedAt, `more than ${FILES_MAX} files`)
      return
    }
    if (depth > NESTING_MAX) {
      this.#refuse(file, namedAt, `files include each other more than ${NESTING_MAX} deep`)
      return
    }
    const bytes = await this.readBytes(file, namedAt)
    if (bytes === undefined) return
    this.files.push(file)
    const parsed = this.#parsing.parse(file, bytes, () => this.textOf(file, bytes))
    for (const { message, hint, ...place } of parsed.problems) {
      this.#problems.add(place, message, hint)
    }
    for (const { message, hint, ...place } of parsed.warnings) {
      this.#warnings.add(place, message, hint)
    }
    await this.#takeObjects(parsed, file, depth)
  }

  async #takeObjects(
    { objects, includes }: ParsedFile,
    file: string,
    depth: number,
  ): Promise<void> {
    let from = 0
    for (const { kind, path, place, objectsBefore } of includes) {
      this.#take(objects, from, objectsBefore)
      from = objectsBefore
      const included = isAbsolute(path) ? path : join(dirname(file), path)
      if (kind === 'file') await this.readFile(included, place, depth + 1)
      else await this.readFolder(included, place, depth + 1)
    }
    this.#take(objects, from, objects.length)
  }

  #take(objects: readonly WrittenObject[], from: number, to: number): void {
    for (let index = from; index < to; index++) this.written.push(objects[index] as WrittenObject)
  }

  /** In the order of names; Nagios takes them as the file system gives them. */
  async readFolder(folder: string, namedAt?: Place, depth = 0): Promise<void> {
    if (depth > NESTING_MAX) {
      this.#refuse(folder, namedAt, `folders are nested more than ${NESTING_MAX} deep`)
      return
    }
    let names: readonly string[]
    try {
      names = (await readdir(folder)).sort()
    } catch (error) {
      this.#refuse(folder, namedAt, `cannot be read: ${reasonOf(error)}`)
      return
    }
    for (const name of names) {
      if (name.startsWith('.')) continue
      const path = join(folder, name)
      const kind = await this.#kindOf(path, namedAt)
      if (kind === 'folder') await this.readFolder(path, namedAt, depth + 1)
      else if (kind === 'file' && name.length > 4 && name.endsWith('.cfg')) {
        await this.readFile(path, namedAt, depth)
      }
    }
  }

  async #kindOf(path: string, namedAt: Place | undefined): Promise<'file' | 'folder' | undefined> {
    try {
      const found = await stat(path)
      return found.isDirectory() ? 'folder' : found.isFile() ? 'file' : undefined
    } catch (error) {
      this.#refuse(path, namedAt, `cannot be read: ${reasonOf(error)}`)
      return undefined
    }
  }

  async readBytes(file: string, namedAt?: Place): Promise<Buffer | undefined> {
    try {
      const found = await stat(file)
      // Reading a pipe or a device could take for ever.
      if (!found.isFile()) this.#refuse(file, namedAt, 'is no ordinary file')
      else if (found.size > FILE_BYTES_MAX) {
        this.#refuse(file, namedAt, `is larger than ${FILE_BYTES_MAX / 1024 / 1024} MB`)
      } else return await readFile(file)
    } catch (error) {
      this.#refuse(file, namedAt, `cannot be read: ${reasonOf(error)}`)
    }
    return undefined
  }

  /** Files of old sites are often in Latin-1; what is no UTF-8 is read so. */
  textOf(file: string, bytes: Buffer): string {
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    } catch {
      const message = 'the file is not UTF-8; it is read as Latin-1'
      this.#warnings.add({ file, line: 1, column: 1 }, message, 'save it as UTF-8')
      return bytes.toString('latin1')
    }
  }

  #refuse(file: string, namedAt: Place | undefined, message: string): void {
    if (namedAt === undefined) this.#problems.add({ file, line: 1, column: 1 }, message)
    else this.#problems.add(namedAt, `'${file}' ${message}`)
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
  ENOTDIR: 'part of the path is no folder',
  ELOOP: 'its links lead nowhere',
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return REASONS[code] ?? (error instanceof Error ? error.message : String(error))
}
