import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadConfiguration, STARTER_PATH } from './load.ts'
import { renderProblem } from './problem.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'configuration-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function write(name: string, content: string | Buffer): string {
  const path = join(folder, name)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, content)
  return path
}

async function problemsAt(path: string): Promise<string[]> {
  return (await loadConfiguration(path)).problems.map(renderProblem)
}

describe('[CF1] a path', () => {
  test('to a folder: its YAML files and those below, in the order of names', async () => {
    write('all/b.yaml', 'hosts: { b: { groups: g } }')
    write('all/a/deep.yml', 'hosts: { a: }')
    write('all/groups.yaml', 'hostGroups: { g: }')
    write('all/.hidden.yaml', 'no')
    write('all/.git/x.yaml', 'no')
    write('all/readme.md', 'no')
    const { fleet, problems, files, revision } = await loadConfiguration(join(folder, 'all'))
    expect(problems).toEqual([])
    expect(files).toEqual(
      ['a/deep.yml', 'b.yaml', 'groups.yaml'].map((name) => join(folder, 'all', name)),
    )
    expect([...fleet.hosts.keys()]).toEqual(['a', 'b'])
    expect(revision).toMatch(/^[0-9a-f]{12}$/)
  })
  test('below a hidden folder is read', async () => {
    const path = write('.config/parallax/main.yaml', 'hosts: { a: }')
    expect(await problemsAt(path)).toEqual([])
    expect(await problemsAt(join(folder, '.config/parallax'))).toEqual([])
  })
  test('that is not there', async () => {
    const path = join(folder, 'missing.yaml')
    expect(await problemsAt(path)).toEqual([
      `${path}:1:1: cannot be read: there is no such file or folder\n  hint: check --config`,
    ])
  })
  test('to a folder without YAML, and to an empty file', async () => {
    write('none/readme.md', '')
    expect((await problemsAt(join(folder, 'none'))).join()).toContain(
      'the folder has no YAML files',
    )
    expect((await problemsAt(write('empty.yaml', ''))).join()).toContain('no host is defined')
  })
  test('to what is no text, or leads nowhere: the other files are read', async () => {
    write('bad/a.yaml', Buffer.from([0x68, 0xff, 0xfe]))
    write('bad/b.yaml', 'hosts: { b: }')
    symlinkSync('nowhere', join(folder, 'bad/c.yaml'))
    const { problems, fleet } = await loadConfiguration(join(folder, 'bad'))
    expect(problems.map((problem) => problem.message)).toEqual([
      'is not UTF-8 text',
      'cannot be read: there is no such file or folder',
    ])
    expect(fleet.hosts.size).toBe(1)
  })
})

test('[CF9, MA10] a pipe or a device in a folder, or as a secret, holds nothing up', async () => {
  write('odd/a.yaml', 'secrets: { KEY: { file: pipe.yaml } }\nhosts: { a: }')
  symlinkSync('/dev/zero', join(folder, 'odd/device.yaml'))
  execFileSync('mkfifo', [join(folder, 'odd/pipe.yaml')])
  expect(
    (await loadConfiguration(join(folder, 'odd'))).problems.map(({ message }) => message),
  ).toEqual(["'pipe.yaml' is no ordinary file", 'is no ordinary file', 'is no ordinary file'])
})

test('[MA10] a secret is read from its file, relative to the file that names it', async () => {
  write('secret/key', 'top secret\n')
  chmodSync(join(folder, 'secret/key'), 0o600)
  const path = write(
    'secret/main.yaml',
    `secrets: { KEY: { file: key } }\nhosts: { a: { checkCommand: { arguments: [x, $KEY$] } } }`,
  )
  const { fleet, problems } = await loadConfiguration(path)
  expect(problems).toEqual([])
  const host = fleet.hosts.get('a')
  expect(host?.check.command).toMatchObject({ arguments: ['top secret'] })
  expect(host?.shownCommand).toBe('x ***')
  write('secret/main.yaml', `secrets: { KEY: { file: gone } }\nhosts: { a: }`)
  expect((await problemsAt(path)).join()).toContain(
    "main.yaml:1:25: 'gone' cannot be read: there is no such file or folder",
  )
})

test('[CF18] the starter configuration has no problems and needs no plugin', async () => {
  const { fleet, problems } = await loadConfiguration(STARTER_PATH, {
    programMacros: { PARALLAXURL: 'http://127.0.0.1:8470' },
  })
  expect(problems).toEqual([])
  const checks = [...fleet.hosts.values(), ...fleet.services.values()].map((object) => object.check)
  expect(checks.length).toBeGreaterThanOrEqual(8)
  for (const check of checks) {
    expect(check.command.kind).toBe('builtin')
    expect(check.intervalMs).toBeLessThanOrEqual(30_000)
  }
})
