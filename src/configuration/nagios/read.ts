import { readdir, stat } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'
import { Problems, type Place } from '../problem.ts'
import { CachedParsing, newNagiosCache, type NagiosCache } from './cache.ts'
import { checkSettings } from './verify-settings.ts'
import { Inheritance } from './inheritance.ts'
import { isMainFile, parseMainFile, parseResourceFile, type MainFile } from './main-file.ts'
import type { NagiosReading, NagiosResource } from './objects.ts'
import { Budget, type Resolution } from './resolution.ts'
import { resolveObjects } from './resolve.ts'
import { DEFAULT_SETTINGS, type NagiosSettings } from './settings.ts'
import { SourceFiles } from './source-files.ts'
import { verify } from './verify.ts'
import type { WrittenObject } from './written.ts'

export { newNagiosCache, type NagiosCache }

export interface NagiosOptions {
  /** Of an earlier reading of the same site. */
  readonly cache?: NagiosCache
  /** What stands before the defaults where no main file is read, and before the main file where one is. */
  readonly settings?: Partial<NagiosSettings>
}

export interface NagiosText {
  readonly file: string
  readonly text: string
}

/**
 * Reads a Nagios site: a main file (`nagios.cfg`, known by what is in it), one file of objects, or a folder whose `*.cfg` are read as
 * files of objects. Does not throw for what it finds there, nor when there is nothing.
 */
export async function readNagios(
  path: string,
  options: NagiosOptions = {},
): Promise<NagiosReading> {
  const problems = new Problems()
  const warnings = new Problems()
  const parsing = new CachedParsing(options.cache)
  const sources = new SourceFiles(problems, warnings, parsing)
  const resources = new Map<string, NagiosResource>()
  const main = await readPath(path, { sources, problems, warnings, resources })
  parsing.end()
  const settings = { ...(main?.settings ?? DEFAULT_SETTINGS), ...options.settings }
  const reading = resolveWritten(
    { written: sources.written, settings, problems, warnings, main },
    { file: main === undefined ? (sources.files[0] ?? path) : path, line: 1, column: 1 },
    options.cache,
  )
  return { ...reading, resources, files: sources.files }
}

export interface NagiosTextOptions {
  readonly cache?: NagiosCache | undefined
  /** What the texts include is among them; otherwise `include_file` is a problem. */
  readonly areIncludesRead?: boolean
}

/** The same for texts in hand, each a file of objects; nothing else is read. */
export function readNagiosTexts(
  texts: readonly NagiosText[],
  settings: Partial<NagiosSettings> = {},
  { cache, areIncludesRead = false }: NagiosTextOptions = {},
): NagiosReading {
  const problems = new Problems()
  const warnings = new Problems()
  const parsing = new CachedParsing(cache)
  const written: WrittenObject[] = []
  for (const { file, text } of texts) {
    const parsed = parsing.parse(file, text, () => text)
    for (const object of parsed.objects) written.push(object)
    for (const { message, hint, ...place } of parsed.problems) problems.add(place, message, hint)
    for (const { message, hint, ...place } of parsed.warnings) warnings.add(place, message, hint)
    if (areIncludesRead) continue
    for (const { place } of parsed.includes) problems.add(place, 'other files are not read here')
  }
  parsing.end()
  const reading = resolveWritten(
    {
      written,
      settings: { ...DEFAULT_SETTINGS, ...settings },
      problems,
      warnings,
      main: undefined,
    },
    { file: texts[0]?.file ?? '', line: 1, column: 1 },
    cache,
  )
  return { ...reading, resources: new Map(), files: texts.map(({ file }) => file) }
}

interface Written {
  readonly written: readonly WrittenObject[]
  readonly settings: NagiosSettings
  readonly problems: Problems
  readonly warnings: Problems
  readonly main: MainFile | undefined
}

function resolveWritten(
  { written, settings, problems, warnings, main }: Written,
  firstPlace: Place,
  cache: NagiosCache | undefined,
): Omit<NagiosReading, 'resources' | 'files'> {
  const inheritance = new Inheritance(problems, warnings, cache?.definitions)
  const types = inheritance.resolve(written)
  const { incomplete } = inheritance
  const budget = new Budget(problems)
  const resolution: Resolution = { settings, problems, warnings, budget, incomplete }
  const objects = resolveObjects(resolution, types)
  // Where files could not be read, what is missing follows from that.
  if (written.length > 0 || problems.count === 0) verify(resolution, objects, firstPlace)
  checkSettings(resolution, objects, main)
  return {
    written,
    objects,
    settings,
    problems: problems.sorted(),
    warnings: warnings.sorted(),
  }
}

interface Reading {
  readonly sources: SourceFiles
  readonly problems: Problems
  readonly warnings: Problems
  readonly resources: Map<string, NagiosResource>
}

/** The main file, when the path is one. */
async function readPath(path: string, reading: Reading): Promise<MainFile | undefined> {
  const { sources, problems } = reading
  const folder = await isFolder(path)
  if (folder) {
    await sources.readFolder(path)
    if (sources.files.length === 0 && problems.count === 0) {
      const hint = (await hasMainFile(path))
        ? 'name its main file instead'
        : 'files of objects end in .cfg'
      problems.add({ file: path, line: 1, column: 1 }, 'the folder has no *.cfg files', hint)
    }
    return undefined
  }
  const bytes = await sources.readBytes(path)
  if (bytes === undefined) return undefined
  const text = sources.textOf(path, bytes)
  if (!isMainFile(text)) {
    await sources.readFile(path)
    return undefined
  }
  const main = parseMainFile(path, text)
  await readNamed(main, path, reading)
  return main
}

async function readNamed(main: MainFile, path: string, reading: Reading): Promise<void> {
  const { sources, problems, warnings, resources } = reading
  for (const { message, hint, ...place } of main.problems) problems.add(place, message, hint)
  for (const { message, hint, ...place } of main.warnings) warnings.add(place, message, hint)
  sources.files.push(path)
  for (const { kind, path: written, place } of main.named) {
    const named = isAbsolute(written) ? written : join(dirname(path), written)
    if (kind === 'file') await sources.readFile(named, place)
    else if (kind === 'folder') await sources.readFolder(named, place)
    else {
      const bytes = await sources.readBytes(named, place)
      if (bytes === undefined) continue
      sources.files.push(named)
      const parsed = parseResourceFile(named, sources.textOf(named, bytes))
      for (const one of parsed.resources) resources.set(one.name, one)
      for (const { message, hint, ...at } of parsed.problems) problems.add(at, message, hint)
      for (const { message, hint, ...at } of parsed.warnings) warnings.add(at, message, hint)
    }
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch {
    return false
  }
}

async function hasMainFile(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).includes('nagios.cfg')
  } catch {
    return false
  }
}
