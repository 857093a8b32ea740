import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { VERSION } from '../src/settings/program.ts'
import { LAYERS } from './layers.ts'
import {
  layerFaults,
  orphanFaults,
  ownedWordFaults,
  ruleFaults,
  rulesOf,
  sizeFaults,
  unfinishedFaults,
  type SourceFile,
} from './tidy-rules.ts'

const root = join(import.meta.dirname, '..')

function filesBelow(...folders: readonly string[]): SourceFile[] {
  const listed = execFileSync(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', ...folders],
    { cwd: root, encoding: 'utf8' },
  )
  return listed
    .split('\n')
    .filter((path) => path !== '' && existsSync(join(root, path)))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

const code = filesBelow('src', 'test', 'bench').filter((file) => /\.tsx?$/.test(file.path))
const sources = code.filter((file) => file.path.startsWith('src/'))
const ENTRIES = [
  'src/cli/main.ts',
  'src/console/main.tsx',
  'src/roles/compiler/thread.ts',
  'src/roles/simulation/thread.ts',
]

describe('the repository', () => {
  test('imports go down the layers, and packages are named', () => {
    expect(sources.flatMap(layerFaults)).toEqual([])
  })
  test('clocks, timers, chance, environment and the console belong to their owners', () => {
    expect(sources.flatMap(ownedWordFaults)).toEqual([])
  })
  test('no file is longer than a reader can hold', () => {
    expect(
      code.filter((file) => !file.path.startsWith('test/fixtures/')).flatMap(sizeFaults),
    ).toEqual([])
  })
  test('nothing is marked as unfinished', () => {
    expect(code.flatMap(unfinishedFaults)).toEqual([])
  })
  test('every source file is used', () => {
    expect(orphanFaults(code, ENTRIES)).toEqual([])
  })
  test('every rule of docs/spec has a test that names it', () => {
    const specs = filesBelow('docs/spec')
    expect(specs.flatMap(rulesOf).length).toBeGreaterThan(50)
    expect(ruleFaults(specs, code)).toEqual([])
  })
  test('no two rules share an id', () => {
    const ids = filesBelow('docs/spec').flatMap(rulesOf)
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
  })
  test('ARCHITECTURE.md has a few lines for every folder of the house', () => {
    const text = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8')
    expect(Object.keys(LAYERS).filter((folder) => !text.includes(`src/${folder}/`))).toEqual([])
  })
  test('the version is the same in package.json and in the program', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      version: string
    }
    expect(VERSION).toBe(version)
  })
  test('nothing names a path of the machine it was written on', () => {
    // In pieces, so that this line is none of them.
    const machine = ['/wo rk/', '../sha red/'].map((path) => path.replace(' ', ''))
    expect(
      filesBelow('.')
        .filter(
          (file) =>
            machine.some((path) => file.text.includes(path)) && file.path !== 'package-lock.json',
        )
        .map((file) => file.path),
    ).toEqual([])
  })
})

describe('a planted fault is found', () => {
  const plant = (path: string, text: string): SourceFile => ({ path, text })
  test('a layer breach', () => {
    expect(
      layerFaults(plant('src/domain/x.ts', `import { a } from '../results/ports.ts'\n`)),
    ).toHaveLength(1)
    expect(
      layerFaults(plant('src/collector/x.ts', `import type { a } from '../web/ports.ts'\n`)),
    ).toHaveLength(1)
    expect(
      layerFaults(
        plant('src/results/x.ts', `const a = await import('../adapters/postgres/store.ts')\n`),
      ),
    ).toHaveLength(1)
    expect(
      layerFaults(plant('src/results/x.ts', `export {\n  a,\n} from '../collector/ports.ts'\n`)),
    ).toHaveLength(1)
  })
  test('an unnamed package', () => {
    expect(layerFaults(plant('src/domain/x.ts', `import fs from 'node:fs'\n`))).toHaveLength(1)
    expect(layerFaults(plant('src/web/x.ts', `import 'express'\n`))).toHaveLength(1)
  })
  test('a folder that is not in the list', () => {
    expect(layerFaults(plant('src/helpers/x.ts', ''))).toHaveLength(1)
  })
  test('a clock out of place', () => {
    expect(ownedWordFaults(plant('src/results/x.ts', 'const now = Date.now()\n'))).toHaveLength(1)
    expect(
      ownedWordFaults(plant('src/adapters/system/clock.ts', 'const now = Date.now()\n')),
    ).toEqual([])
  })
  test('a long file, an orphan, a rule without a test', () => {
    expect(sizeFaults(plant('src/web/x.ts', '\n'.repeat(401)))).toHaveLength(1)
    expect(orphanFaults([plant('src/web/x.ts', '')], [])).toHaveLength(1)
    expect(
      ruleFaults(
        [plant('docs/spec/x.md', '- **ZZ1**: it works')],
        [plant('a.test.ts', "test('[ZZ2] x')")],
      ),
    ).toHaveLength(1)
    expect(
      ruleFaults(
        [plant('docs/spec/x.md', '- **ZZ1**: it works')],
        [plant('a.test.ts', "test('[ZZ1] x')")],
      ),
    ).toEqual([])
  })
})
