import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually, makePlace, startProgram, type Place, type Program } from './program.ts'

const bin = join(import.meta.dirname, '..', '..', 'bin', 'parallax')
const folder = mkdtempSync(join(tmpdir(), 'cli-'))
// The database's own user walks through it.
chmodSync(folder, 0o755)
let place: Place
let program: Program

beforeAll(async () => {
  place = makePlace(`
hosts:
  h: { address: 127.0.0.1, checkCommand: passive }
services:
  fed: { host: h, checkCommand: passive, maxCheckAttempts: 1 }
  own: { host: h, checkInterval: 1h, checkCommand: say }
commands:
  say: { line: 'echo "$USER9$ said" | wc -c; exit 1' }
resources:
  USER9: { env: SECRET_WORD }
`)
  process.env['SECRET_WORD'] = 'hush-hush'
  program = await startProgram(place)
})
afterAll(async () => {
  await program.stop()
  place.remove()
  rmSync(folder, { recursive: true })
})

function parallax(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], {
    encoding: 'utf8',
    env: { ...process.env, PARALLAX_DATA: place.data, PARALLAX_SERVER: '', NO_COLOR: '1' },
  })
  return { status, stdout, stderr }
}

describe('a hub on this machine', () => {
  test('a result is handed in, shown, described and watched for', async () => {
    expect(parallax('submit', 'h/fed', 'critical', 'disk full | used=99%;80;90')).toMatchObject({
      status: 0,
      stderr: '1 of 1 accepted\n',
    })
    await eventually(async () =>
      parallax('get', 'problems', '-o', 'name').stdout.includes('h/fed') ? true : undefined,
    )
    expect(parallax('get', 'services', '--state', 'critical', '--no-headers').stdout).toMatch(
      /^CRITICAL\s+\d+s\s+h\s+fed\s+disk full\n$/,
    )
    expect(JSON.parse(parallax('get', 'services', '-o', 'json').stdout)).toHaveLength(2)
    const described = parallax('describe', 'h/fed').stdout
    expect(described).toMatch(/State\s+CRITICAL since/)
    expect(described).toMatch(/Perfdata\s+used=99%;80;90/)
    expect(parallax('get', 'problems', '-o', 'nagios')).toMatchObject({ status: 2 })
    expect(parallax('status', '-o', 'nagios')).toMatchObject({ status: 0 })
  })

  test('events are followed as they happen', async () => {
    const child = spawn(
      process.execPath,
      [bin, 'events', '--follow', '-o', 'ndjson', '--object', 'h/fed'],
      { env: { ...process.env, PARALLAX_DATA: place.data } },
    )
    let text = ''
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
    try {
      await eventually(async () => (text.includes('disk full') ? true : undefined))
      parallax('submit', 'h/fed', 'ok', 'roomy again')
      await eventually(async () => (text.includes('roomy again') ? true : undefined))
      expect(JSON.parse(text.trim().split('\n').at(-1) as string)).toMatchObject({
        id: 'h!fed',
        from: 'critical',
        to: 'ok',
      })
    } finally {
      child.kill()
    }
  })

  test('recheck runs a check now; what is not configured is named', async () => {
    expect(parallax('recheck', 'h/own').status).toBe(0)
    await eventually(async () =>
      parallax('get', 'services', '--search', 'own', '-o', 'json').stdout.includes('"warning"')
        ? true
        : undefined,
    )
    expect(parallax('recheck', 'h/own', 'h/none')).toMatchObject({ status: 7 })
    expect(parallax('recheck', 'nobody')).toMatchObject({ status: 3 })
    expect(parallax('recheck', 'h/fed').stderr).toContain('results are handed in: h/fed')
    expect(parallax('describe', 'h/none')).toMatchObject({
      status: 3,
      stderr: 'parallax: h/none is not configured.\n',
    })
    expect(parallax('recheck', 'h/own', 'h!own').stderr).toBe('1 of 1 will be checked now\n')
  })

  test('what the hub refuses is told in the words of the command line', () => {
    expect(parallax('get', 'services', '--state', 'critical,warnin').stderr).toMatch(
      /the hub refuses this:\n {2}--state: .*warning/,
    )
    expect(parallax('get', 'services', '--sort', 'colour')).toMatchObject({ status: 2 })
    expect(parallax('submit', 'h/fed', 'ok', 'x', '--at', 'yesterday').stderr).toContain(
      "--at: 'yesterday' is no time",
    )
    expect(parallax('submit', 'h/fed', 'ok', 'x', '--at', '2126-01-01T00:00:00Z').stderr).toContain(
      'its time lies in the future',
    )
    const missing = parallax('submit', '-f', '/nonexistent/results')
    expect(missing).toMatchObject({ status: 2 })
    expect(missing.stderr).toMatch(/cannot be read: ENOENT(.*)\n {2}hint: [^\n]+\n$/)
  })

  test('a secret is shown nowhere', () => {
    const shown = [
      parallax('describe', 'h/own').stdout,
      parallax('test', 'h/own', '--config', place.config).stdout,
      program.printed(),
    ]
    for (const text of shown) expect(text).not.toContain('hush-hush')
    expect(shown[0]).toMatch(/Command\s+echo/)
  })

  test('many results at once, from a file; bad lines are named', () => {
    const file = join(folder, 'results.ndjson')
    writeFileSync(
      file,
      `${Array.from({ length: 2500 }, (_, n) => JSON.stringify({ host: 'h', service: 'fed', code: 0, output: `n${n}` })).join('\n')}\n`,
    )
    expect(parallax('submit', '-f', file)).toMatchObject({
      status: 0,
      stderr: '2500 of 2500 accepted\n',
    })
    writeFileSync(file, '{"host":"h","service":"fed","code":0,"output":"x"}\n{oops\n')
    expect(parallax('submit', '-f', file)).toMatchObject({ status: 2 })
    expect(parallax('submit', '-f', file).stderr).toContain(`${file}:2`)
    writeFileSync(file, '{"host":"h","service":"none","code":0,"output":"x"}\n')
    expect(parallax('submit', '-f', file)).toMatchObject({ status: 3 })
  })

  test('a second program on the same data folder is refused', () => {
    const second = parallax('up', '--config', place.config, '--listen', '127.0.0.1:0')
    expect(second).toMatchObject({ status: 5 })
    expect(second.stderr).toContain('is in use by process')
  })

  test('a wrong token is 4, a hub that is not there is 6', () => {
    expect(parallax('get', 'hosts', '--token', 'plx_wrong')).toMatchObject({ status: 4 })
    expect(
      parallax('get', 'hosts', '--server', 'http://127.0.0.1:1', '--timeout', '2'),
    ).toMatchObject({ status: 6 })
    expect(parallax('status', '-o', 'nagios', '--server', 'http://127.0.0.1:1')).toMatchObject({
      status: 2,
    })
  })
})

describe('without a hub', () => {
  test('validate names ten different faults, each with its place', () => {
    const file = join(folder, 'parallax.yaml')
    writeFileSync(
      file,
      `hosts:
  web:
    adress: 127.0.0.1
    checkInterval: 5
    use: nothing
    parents: [ghost]
  "bad!name": { address: 127.0.0.1, checkCommand: passive }
  loop-a: { address: a, parents: [loop-b], checkCommand: passive }
  loop-b: { address: b, parents: [loop-a], checkCommand: passive }
services:
  ping: { host: nowhere, checkCommand: check_nothing!1 }
  http: { host: loop-a, checkCommand: { builtin: http, prot: 80 } }
  macro: { host: loop-a, checkCommand: uses_macro, checkPeriod: never-defined }
commands:
  uses_macro: { line: 'echo $NOSUCHMACRO$' }
timePeriods:
  odd: { ranges: { someday: '09:00-17:00' } }
`,
    )
    const { status, stderr } = parallax('validate', file)
    expect(status).toBe(1)
    const places = [...stderr.matchAll(/parallax\.yaml:(\d+):\d+: /g)].map((match) =>
      Number(match[1]),
    )
    for (const line of [3, 4, 5, 6, 7, 11, 12, 13, 15])
      expect(places, `a fault in line ${line}:\n${stderr}`).toContain(line)
    expect(stderr).toContain('leads back to itself')
    expect(places.length).toBeGreaterThanOrEqual(10)
    expect(stderr).toContain('hint:')
  })

  test('a valid configuration is counted; no file is said plainly', () => {
    expect(parallax('validate', place.config)).toMatchObject({ status: 0 })
    expect(parallax('validate', place.config).stdout).toMatch(
      /^valid: 1 host, 2 services, revision [0-9a-f]+\n$/,
    )
    expect(parallax('validate', join(folder, 'missing.yaml'))).toMatchObject({ status: 1 })
  })

  test('test runs one check and keeps nothing', () => {
    expect(parallax('test', 'h/own', '--config', place.config, '-o', 'nagios')).toMatchObject({
      status: 1,
      stdout: '15\n',
    })
    expect(parallax('test', 'h/none', '--config', place.config)).toMatchObject({ status: 3 })
    expect(parallax('test', 'h/fed', '--config', place.config)).toMatchObject({ status: 2 })
  })

  test('help begins with examples; unknown words are a matter of usage', () => {
    expect(parallax('get', '--help').stdout).toMatch(/^Examples:\n {2}parallax get problems/)
    expect(parallax('--help').status).toBe(0)
    expect(parallax('gett')).toMatchObject({ status: 2 })
    expect(parallax('get', 'services', '--bogus')).toMatchObject({ status: 2 })
    expect(parallax('up', '--listen', 'nowhere')).toMatchObject({ status: 2 })
  })

  test('what keeps it from starting is told with what to do, never as a stack', () => {
    const up = (...flags: readonly string[]) =>
      parallax('up', '--config', place.config, '--data', join(folder, 'data'), ...flags)
    const file = join(folder, 'a-file')
    writeFileSync(file, '')
    for (const [fault, said] of [
      [up('--data', file), 'a-file cannot be used: it is a file'],
      [up('--data', join(file, 'below')), 'cannot be used: a part of its path is a file'],
      [up('--listen', '192.0.2.1:8470'), '192.0.2.1:8470: this machine has no such address'],
    ] as const) {
      expect(fault.status).toBe(1)
      expect(fault.stderr).toContain(said)
      expect(fault.stderr).toMatch(/\n {2}hint: choose another with --\w+[^\n]*\n$/)
    }
  })

  test('version, completion and doctor', () => {
    expect(parallax('version', '--short').stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
    for (const shell of ['bash', 'zsh', 'fish'])
      expect(parallax('completion', shell).stdout).toContain('parallax')
    const doctor = parallax('doctor', '--config', place.config, '--data', place.data)
    expect(doctor.stdout).toMatch(/^ok\s+node 24/)
    expect(doctor.stdout).toContain('a hub runs at')
    expect(doctor.status).toBe(0)
  })

  test('an older Node starts the program under the pinned one', () => {
    const old = ['/usr/bin/node', '/usr/local/bin/node'].find((path) =>
      (spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout ?? '').startsWith('v'),
    )
    const node = old ?? process.execPath
    expect(spawnSync(node, [bin, 'version', '--short'], { encoding: 'utf8' }).stdout).toMatch(
      /^\d+\.\d+\.\d+\n$/,
    )
  })
})
