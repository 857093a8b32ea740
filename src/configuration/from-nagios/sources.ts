import { stat } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'
import { parseObjectFile } from '../nagios/object-file.ts'
import { isMainFile, parseMainFile, parseResourceFile, type MainFile } from '../nagios/main-file.ts'
import type { NagiosReading, NagiosResource } from '../nagios/objects.ts'
import { readNagiosTexts, type NagiosCache } from '../nagios/read.ts'
import { SourceFiles } from '../nagios/source-files.ts'
import { Problems, type Place, type Problem } from '../problem.ts'
import type { SecretRead } from '../resources.ts'
import type { SourceText } from '../yaml/source-tree.ts'

const ENDING = '.cfg'
const MAIN_FILE = 'nagios.cfg'

/** Files of Nagios are told from YAML by their names. */
export function isNagiosSource({ file }: SourceText): boolean {
  return file.endsWith(ENDING)
}

/** The texts of a Nagios site: the main file first when there is one, then its files of objects in the order in which Nagios reads them. */
export async function readNagiosSources(path: string): Promise<{
  readonly sources: readonly SourceText[]
  readonly problems: readonly Problem[]
}> {
  const problems = new Problems()
  const sources: SourceText[] = []
  const files = new SourceFiles(problems, new Problems(), {
    parse(file, _bytes, textOf) {
      const text = textOf()
      sources.push({ file, text })
      const includes = text.includes('include_') ? parseObjectFile(file, text).includes : []
      return { objects: [], includes, problems: [], warnings: [] }
    },
  })
  const main = await mainFileAt(path, files)
  if (main === undefined) {
    if (await isFolder(path)) await files.readFolder(path)
    else await files.readFile(path)
  } else {
    sources.push(main)
    for (const { kind, path: named, place } of parseMainFile(main.file, main.text).named) {
      const file = isAbsolute(named) ? named : join(dirname(main.file), named)
      if (kind === 'file') await files.readFile(file, place)
      else if (kind === 'folder') await files.readFolder(file, place)
    }
  }
  if (sources.length === 0 && problems.count === 0) {
    const hint = 'name nagios.cfg, or a folder with files of objects that end in .cfg'
    problems.add({ file: path, line: 1, column: 1 }, 'there are no files of Nagios', hint)
  }
  return { sources, problems: problems.sorted() }
}

async function mainFileAt(path: string, files: SourceFiles): Promise<SourceText | undefined> {
  const file = (await isFolder(path)) ? join(path, MAIN_FILE) : path
  if (file !== path && !(await exists(file))) return undefined
  const bytes = await files.readBytes(file)
  if (bytes === undefined) return undefined
  const text = files.textOf(file, bytes)
  return isMainFile(text) ? { file, text } : undefined
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined
}

export interface NagiosSourceOptions {
  /** For resource files, whose texts are never kept. */
  readonly readSecret?: ((path: string, namedIn: string) => SecretRead) | undefined
  readonly cache?: NagiosCache | undefined
}

/** What the texts of a site say. Resource files are read anew each time. */
export function readingOf(
  sources: readonly SourceText[],
  { readSecret, cache }: NagiosSourceOptions,
): NagiosReading {
  const texts = sources.filter(({ text }) => !isMainFile(text))
  const mainText = sources.find(({ text }) => isMainFile(text))
  const main = mainText === undefined ? undefined : parseMainFile(mainText.file, mainText.text)
  const resources = main === undefined ? NO_RESOURCES : resourcesOf(main, readSecret)
  const reading = readNagiosTexts(texts, main?.settings, { cache, areIncludesRead: true })
  return {
    ...reading,
    resources: resources.found,
    problems: [...(main?.problems ?? []), ...resources.problems, ...reading.problems],
    warnings: [...(main?.warnings ?? []), ...resources.warnings, ...reading.warnings],
    files: sources.map(({ file }) => file),
  }
}

interface FoundResources {
  readonly found: ReadonlyMap<string, NagiosResource>
  readonly problems: readonly Problem[]
  readonly warnings: readonly Problem[]
}

const NO_RESOURCES: FoundResources = { found: new Map(), problems: [], warnings: [] }

function resourcesOf(
  { named }: MainFile,
  readSecret: NagiosSourceOptions['readSecret'],
): FoundResources {
  const found = new Map<string, NagiosResource>()
  const problems: Problem[] = []
  const warnings: Problem[] = []
  for (const { kind, path, place } of named) {
    if (kind !== 'resources') continue
    const read = readSecret?.(path, place.file) ?? { fault: 'files cannot be read here' }
    if ('fault' in read) {
      problems.push({ ...(place satisfies Place), message: read.fault, hint: undefined })
      continue
    }
    const file = isAbsolute(path) ? path : join(dirname(place.file), path)
    const parsed = parseResourceFile(file, read.text)
    for (const resource of parsed.resources) found.set(resource.name, resource)
    problems.push(...parsed.problems)
    warnings.push(...parsed.warnings)
  }
  return { found, problems, warnings }
}
