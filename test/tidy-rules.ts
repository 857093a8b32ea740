import { dirname, join, normalize } from 'node:path'
import { LAYERS, LINES_MAX, OWNED_WORDS, TEST_PACKAGES, type Layer } from './layers.ts'

/** The repository's own rules as functions of its files, so that a test can plant a fault and see it found. */
export interface SourceFile {
  /** Relative to the repository, with forward slashes. */
  readonly path: string
  readonly text: string
}

export type Fault = string

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^'"]*?from\s*'([^']+)'|(?:^|\n)\s*import\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/g

export function importsOf(file: SourceFile): string[] {
  return [...file.text.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? match[3] ?? '')
}

const isTest = (path: string): boolean => /\.test\.tsx?$/.test(path)

/** The layer of a file below src/: the longest key that its folder starts with. */
function layerOf(path: string): readonly [key: string, layer: Layer] | undefined {
  const folder = dirname(path).slice('src/'.length)
  const key = Object.keys(LAYERS)
    .filter((candidate) => folder === candidate || folder.startsWith(`${candidate}/`))
    .sort((a, b) => b.length - a.length)[0]
  const layer = key === undefined ? undefined : LAYERS[key]
  return key === undefined || layer === undefined ? undefined : [key, layer]
}

export function layerFaults(file: SourceFile): Fault[] {
  const found = layerOf(file.path)
  if (found === undefined) return [`${file.path}: its folder is not in test/layers.ts`]
  const [key, layer] = found
  return importsOf(file).flatMap((specifier) => {
    const isAllowed = specifier.startsWith('.')
      ? isFolderAllowed(file, key, layer, specifier)
      : isPackageAllowed(file, layer, specifier)
    return isAllowed ? [] : [`${file.path}: may not import '${specifier}' (layer ${key})`]
  })
}

function isFolderAllowed(file: SourceFile, key: string, layer: Layer, specifier: string): boolean {
  const target = normalize(join(dirname(file.path), specifier))
  if (!target.startsWith('src/')) return isTest(file.path) && target.startsWith('test/')
  const folder = dirname(target).slice('src/'.length)
  const within = (allowed: string): boolean =>
    folder === allowed || folder.startsWith(`${allowed}/`)
  if (within(key) || layer.folders.some(within)) return true
  return isTest(file.path) && within('adapters')
}

function isPackageAllowed(file: SourceFile, layer: Layer, specifier: string): boolean {
  const name = specifier.startsWith('node:')
    ? specifier
    : specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
  if (layer.packages.includes(name)) return true
  return (
    isTest(file.path) &&
    (TEST_PACKAGES.includes(name) || (name.startsWith('node:') && TEST_PACKAGES.includes('node:*')))
  )
}

export function ownedWordFaults(file: SourceFile): Fault[] {
  if (isTest(file.path) || file.path.startsWith('src/console/')) return []
  const lines = file.text.split('\n')
  return OWNED_WORDS.flatMap(([pattern, owners, hint]) => {
    if (owners.some((owner) => file.path.startsWith(owner))) return []
    return lines.flatMap((line, index) =>
      pattern.test(line) && !/^\s*(\*|\/\/|\/\*)/.test(line)
        ? [`${file.path}:${index + 1}: ${pattern.source} belongs elsewhere: ${hint}`]
        : [],
    )
  })
}

export function sizeFaults(file: SourceFile): Fault[] {
  const lines = file.text.split('\n').length
  return lines > LINES_MAX
    ? [`${file.path}: ${lines} lines, ${LINES_MAX} at most: find the concept that hides in it`]
    : []
}

export function unfinishedFaults(file: SourceFile): Fault[] {
  const word = new RegExp(
    `\\b(${['FIX', 'ME'].join('')}|${['TO', 'DO'].join('')}|${['XX', 'X'].join('')})\\b`,
  )
  return word.test(file.text) ? [`${file.path}: unfinished work is marked in it`] : []
}

/** Files that nothing imports and nothing starts. `entries` are started from outside. */
export function orphanFaults(files: readonly SourceFile[], entries: readonly string[]): Fault[] {
  const imported = new Set(
    files.flatMap((file) =>
      importsOf(file)
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => normalize(join(dirname(file.path), specifier)))
        .filter((target) => target !== file.path),
    ),
  )
  return files
    .filter(
      (file) => file.path.startsWith('src/') && !isTest(file.path) && !imported.has(file.path),
    )
    .filter((file) => !entries.includes(file.path))
    .map((file) => `${file.path}: nobody imports it`)
}

const RULE = /^[-*#\s|]*\**\[?([A-Z]{2,4}\d+[a-z]?)\]?\**\s*[:|.]/gm

export function rulesOf(spec: SourceFile): string[] {
  return [...spec.text.matchAll(RULE)].map((match) => match[1] as string)
}

/** Every rule of docs/spec/ has a test whose title names it: `[SM3] ...`. */
export function ruleFaults(specs: readonly SourceFile[], tests: readonly SourceFile[]): Fault[] {
  const named = new Set(
    tests.flatMap((test) =>
      [
        ...test.text.matchAll(/\[((?:[A-Z]{2,4}\d+[a-z]?)(?:[, ]+[A-Z]{2,4}\d+[a-z]?)*)\]/g),
      ].flatMap((m) => (m[1] as string).split(/[, ]+/)),
    ),
  )
  return specs.flatMap((spec) =>
    rulesOf(spec)
      .filter((rule) => !named.has(rule))
      .map((rule) => `${spec.path}: rule ${rule} has no test that names it`),
  )
}
