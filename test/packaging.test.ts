import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { createProgram } from '../src/cli/program.ts'
import { SETTINGS } from '../src/settings/setting-list.ts'
import { environmentName } from '../src/settings/settings.ts'

const packaging = join(import.meta.dirname, '..', 'packaging')
const textOf = (...path: string[]): string => readFileSync(join(packaging, ...path), 'utf8')

/** The command of these words, and the flags among them that it does not know. */
function understood(words: readonly string[]): { name: string; unknown: readonly string[] } {
  let command: Command = createProgram()
  const rest = [...words]
  for (;;) {
    const next = command.commands.find((one) => one.name() === rest[0])
    if (next === undefined) break
    command = next
    rest.shift()
  }
  const flags = rest.filter((word) => word.startsWith('--')).map((word) => word.split('=')[0])
  const known = command.options.map(({ long }) => long)
  return {
    name: command.name(),
    unknown: flags.filter((flag) => !known.includes(flag)) as string[],
  }
}

interface ComposeService {
  readonly build?: { readonly context: string; readonly dockerfile: string }
  readonly image: string
  readonly command: readonly string[]
  readonly volumes: readonly string[]
  readonly ports?: readonly string[]
  readonly depends_on?: Readonly<Record<string, unknown>>
}

describe('compose.yaml', () => {
  const compose = parse(textOf('compose.yaml')) as {
    readonly services: Readonly<Record<string, ComposeService>>
    readonly volumes: Readonly<Record<string, unknown>>
  }
  const services = Object.entries(compose.services)

  test.each(services)('%s is started with flags that exist, on volumes that exist', (_, one) => {
    const { name, unknown } = understood(one.command)
    expect(['hub', 'collector']).toContain(name)
    expect(unknown).toEqual([])
    for (const volume of one.volumes) {
      const [from = ''] = volume.split(':')
      if (!from.startsWith('.')) expect(Object.keys(compose.volumes)).toContain(from)
    }
    for (const other of Object.keys(one.depends_on ?? {}))
      expect(Object.keys(compose.services)).toContain(other)
  })
  test('every image is built here', () => {
    const built = services.filter(([, one]) => one.build !== undefined)
    expect(built.length).toBeGreaterThan(0)
    for (const [, { build }] of built) {
      const context = join(packaging, build?.context ?? '')
      expect(existsSync(join(context, 'package.json'))).toBe(true)
      expect(existsSync(join(context, build?.dockerfile ?? ''))).toBe(true)
    }
    const images = new Set(built.map(([, { image }]) => image))
    expect(services.filter(([, { image }]) => !images.has(image))).toEqual([])
  })
  test('the console is for this machine only: it has no TLS', () => {
    const published = services.flatMap(([, { ports }]) => ports ?? [])
    expect(published.filter((port) => port.includes('8470'))).toEqual(['127.0.0.1:8470:8470'])
  })
  test('the commands of its first lines exist', () => {
    const lines = [
      ...textOf('compose.yaml').matchAll(
        /^# {3}docker compose .*?(?:parallax|collector) (collector \w+.*)$/gm,
      ),
    ]
    expect(lines.length).toBe(2)
    for (const [, line] of lines)
      expect(understood((line as string).split(' ')).unknown).toEqual([])
  })
})

describe('the image', () => {
  const dockerfile = textOf('Dockerfile')
  test('has the Node that Parallax needs', () => {
    const { engines } = JSON.parse(readFileSync(join(packaging, '..', 'package.json'), 'utf8')) as {
      engines: { node: string }
    }
    expect(engines.node).toBe('>=24.4')
    expect(dockerfile).toMatch(/^FROM node:24-/m)
  })
  test('starts what exists, as a user of its own', () => {
    const words = JSON.parse(/^CMD (.*)$/m.exec(dockerfile)?.[1] ?? '[]') as string[]
    expect(understood(words)).toEqual({ name: 'up', unknown: [] })
    expect(dockerfile).toMatch(/^USER parallax$/m)
  })
})

const units = readdirSync(join(packaging, 'systemd'))

describe.each(units)('%s', (unit) => {
  const text = textOf('systemd', unit)
  const value = (key: string): string => new RegExp(`^${key}=(.*)$`, 'm').exec(text)?.[1] ?? ''
  test('starts what exists', () => {
    const words = value('ExecStart').split(' ')
    expect(words.slice(0, 2)).toEqual([
      '/opt/parallax/node_modules/node/bin/node',
      '/opt/parallax/bin/parallax',
    ])
    const { name, unknown } = understood(words.slice(2))
    expect(`parallax-${name}.service`).toBe(unit)
    expect(unknown).toEqual([])
  })
  test('sets what exists', () => {
    const names = SETTINGS.map(environmentName)
    const set = [...text.matchAll(/\b(PARALLAX_[A-Z_]+)/g)].map(([, name]) => name)
    expect(set.length).toBeGreaterThan(0)
    expect(set.filter((name) => !names.includes(name as string))).toEqual([])
  })
  test('lets the program end in order, and the watchdog speak', () => {
    expect(value('Type')).toBe('notify')
    expect(value('NotifyAccess')).toBe('all')
    // bin/watchdog.js gives it 30 s.
    expect(Number(value('TimeoutStopSec'))).toBeGreaterThan(30)
    expect(value('KillMode')).toBe('mixed')
  })
  test('is understood by systemd, where there is one', () => {
    if (spawnSync('systemd-analyze', ['--version']).status !== 0) return
    const folder = mkdtempSync(join(tmpdir(), 'units-'))
    try {
      // On this machine the program lies elsewhere.
      const here = text.replaceAll('/opt/parallax/node_modules/node/bin/node', process.execPath)
      writeFileSync(join(folder, unit), here)
      const { stdout, stderr } = spawnSync('systemd-analyze', ['verify', join(folder, unit)], {
        encoding: 'utf8',
      })
      expect((stdout + stderr).split('\n').filter((line) => line.includes(unit))).toEqual([])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
