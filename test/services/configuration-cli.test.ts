import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makePlace, startProgram, type Place, type Program } from './program.ts'

/** A working day with plan and apply, against the real hub; docs/operating/configuration-as-code.md tells the same story. */

const bin = join(import.meta.dirname, '..', '..', 'bin', 'parallax')
const BASE = `
hosts:
  web-01: { address: 127.0.0.1, checkCommand: passive, services: { http: { checkCommand: passive } } }
secrets:
  PASSWORD: hush-hush
`
let place: Place
let program: Program
let conf: string

beforeAll(async () => {
  place = makePlace(BASE)
  conf = join(place.folder, 'conf')
  mkdirSync(conf)
  program = await startProgram(place)
})
afterAll(async () => {
  await program.stop()
  place.remove()
})

function parallax(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], {
    encoding: 'utf8',
    cwd: place.folder,
    env: { ...process.env, PARALLAX_DATA: place.data, PARALLAX_SERVER: '', NO_COLOR: '1' },
  })
  return { status, stdout, stderr }
}

function revisions(): readonly string[] {
  return parallax('history', '-o', 'name').stdout.trimEnd().split('\n')
}

function hosts(): readonly string[] {
  return parallax('get', 'hosts', '-o', 'name').stdout.trimEnd().split('\n').sort()
}

describe('files of the hub', () => {
  test('nothing to do right after the start', () => {
    const plan = parallax('plan', '--detailed-exitcode')
    expect(plan).toMatchObject({ status: 0, stderr: '' })
    expect(plan.stdout).toMatch(/^Nothing to do: revision [0-9a-f]{12} is what should be\.\n$/)
    expect(revisions()).toHaveLength(1)
  })

  test('a change is planned, applied, kept in the history, and compared', () => {
    writeFileSync(
      place.config,
      BASE.replace(
        'hosts:',
        'hosts:\n  web-02: { address: 127.0.0.2, checkCommand: passive }',
      ).replace('{ address: 127.0.0.1', '{ address: 127.0.0.1, checkInterval: 7m'),
    )
    const plan = parallax('plan', '--detailed-exitcode')
    expect(plan.status).toBe(2)
    expect(plan.stdout).toMatch(/^\+ host web-02$/m)
    expect(plan.stdout).toMatch(/^~ host web-01 {2}checkInterval 5m -> 7m$/m)
    expect(plan.stdout).toMatch(/^Plan: 1 to create, 1 to change, 0 to delete$/m)
    expect(plan.stdout).toMatch(/^ {2}\+1 host$/m)
    expect(hosts()).toEqual(['web-01'])
    const apply = parallax('apply', '-m', 'a second server')
    expect(apply.status).toBe(0)
    expect(apply.stdout).toMatch(
      /Revision [0-9a-f]{12} is active: 1 created, 1 changed, 0 deleted\n$/,
    )
    expect(apply.stderr).toMatch(/^Job \S+\n[^]*local: active\n/)
    expect(hosts()).toEqual(['web-01', 'web-02'])
    const [now = '', before = ''] = revisions()
    expect(parallax('history').stdout).toContain('a second server')
    const diff = parallax('diff', before.slice(0, 6))
    expect(diff.stdout).toContain(`${before} -> ${now}: 1 created, 1 changed, 0 deleted`)
    expect(parallax('diff', now, before).stdout).toMatch(/^- host web-02$/m)
  })

  test('faults have their place, and change nothing', () => {
    writeFileSync(place.config, BASE.replace('address: 127.0.0.1', 'adress: 127.0.0.1'))
    const before = revisions()
    for (const command of ['plan', 'apply']) {
      const refused = parallax(command)
      expect(refused.status).toBe(1)
      expect(refused.stderr).toMatch(
        /parallax\.yaml:3:13: .*adress.*\n {2}hint: did you mean 'address'\?/,
      )
    }
    expect(revisions()).toEqual(before)
    writeFileSync(place.config, BASE)
    const gone = parallax('apply')
    expect([gone.status, gone.stderr.includes('add --yes')]).toEqual([2, true])
    expect(hosts()).toEqual(['web-01', 'web-02'])
    expect(parallax('apply', '--yes').status).toBe(0)
    expect(hosts()).toEqual(['web-01'])
  })
})

describe('a repository', () => {
  const owner = ['--managed-by', 'git:shop']

  test('its objects are applied beside the files, and only its own are pruned', () => {
    writeFileSync(join(conf, 'a.yaml'), 'hosts:\n  shop-01: { checkCommand: passive }\n')
    writeFileSync(join(conf, 'b.yaml'), 'hosts:\n  shop-02: { checkCommand: passive }\n')
    expect(parallax('plan', '-f', 'conf', ...owner).stdout).toMatch(
      /^\+ host shop-01\n\+ host shop-02$/m,
    )
    expect(parallax('apply', '-f', 'conf', ...owner).status).toBe(0)
    expect(hosts()).toEqual(['shop-01', 'shop-02', 'web-01'])
    expect(parallax('plan').stdout).toMatch(/^Nothing to do/)
    rmSync(join(conf, 'b.yaml'))
    expect(parallax('plan', '-f', 'conf', ...owner).stdout).toMatch(/^Nothing to do/)
    const prune = parallax('plan', '-f', 'conf', ...owner, '--prune')
    expect(prune.stdout).toMatch(/^- host shop-02$/m)
    expect(prune.stdout).toMatch(/0 to create, 0 to change, 1 to delete/)
    expect(parallax('apply', '-f', 'conf', ...owner, '--prune', '--yes').status).toBe(0)
    expect(hosts()).toEqual(['shop-01', 'web-01'])
  })

  test('another owner is refused with 5 and the place, unless forced', () => {
    const other = ['-f', 'conf', '--managed-by', 'git:other']
    const refused = parallax('apply', ...other)
    expect(refused.status).toBe(5)
    expect(refused.stderr).toMatch(/^conf\/a\.yaml:2:3: hosts\/shop-01 belongs to 'git:shop'/)
    expect(parallax('apply', ...other, '--force', '--yes').status).toBe(0)
    const owned = parallax('object', 'list', 'hosts', '--managed-by', 'git:other', '-o', 'name')
    expect(owned.stdout).toBe('hosts shop-01\n')
    expect(parallax('apply', '-f', 'conf', ...owner, '--force', '--yes').status).toBe(0)
  })

  test('faults in what is sent are named by its own files', () => {
    writeFileSync(join(conf, 'c.yaml'), 'hosts:\n  shop-03:\n    checkInterval: 5\n')
    const refused = parallax('plan', '-f', 'conf', ...owner)
    expect(refused.status).toBe(1)
    expect(refused.stderr).toMatch(/^conf\/c\.yaml:3:20: /)
    rmSync(join(conf, 'c.yaml'))
  })
})

describe('objects of the API', () => {
  test('an object waits for an apply, is shown, and is given back', () => {
    const value = '{ address: 127.0.0.4, checkCommand: passive }'
    expect(parallax('object', 'put', 'host', 'web-04', '--value', value)).toMatchObject({
      status: 0,
      stderr: 'hosts web-04: created, waits for an apply; `parallax plan` shows what it brings\n',
    })
    expect(parallax('object', 'list', '--pending', '--no-headers').stdout).toMatch(
      /^hosts {2}web-04 {2}api {2}created {2}/,
    )
    expect(hosts()).not.toContain('web-04')
    expect(parallax('plan').stdout).toMatch(/^\+ host web-04$/m)
    expect(parallax('apply').status).toBe(0)
    expect(hosts()).toContain('web-04')
    expect(parallax('object', 'list', '--pending', '-o', 'name').stdout).toBe('')
    const got = parallax('object', 'get', 'hosts', 'web-04').stdout
    writeFileSync(join(place.folder, 'web-04.yaml'), got)
    expect(parallax('object', 'put', 'hosts', 'web-04', '-f', 'web-04.yaml').stderr).toMatch(
      /nothing waits/,
    )
  })

  test('what is no such object is refused with the place in its value', () => {
    const refused = parallax(
      'object',
      'put',
      'hosts',
      'x',
      '--value',
      '{ adress: a, checkInterval: 5 }',
    )
    expect(refused.status).toBe(2)
    expect(refused.stderr).toContain('value.adress')
    expect(refused.stderr).toContain('value.checkInterval')
    expect(parallax('object', 'get', 'hosts', 'x').status).toBe(3)
  })

  test('deleting waits, too, and takes what belongs to it', () => {
    expect(parallax('object', 'delete', 'hosts', 'web-04').status).toBe(0)
    expect(parallax('plan').stdout).toMatch(/^- host web-04$/m)
    expect(parallax('apply', '--yes').status).toBe(0)
    expect(hosts()).not.toContain('web-04')
    expect(parallax('object', 'delete', 'hosts', 'web-04').status).toBe(3)
  })

  test("another owner's object is left alone; forced it drifts from what its owner left", () => {
    const put = [
      'object',
      'put',
      'hosts',
      'shop-01',
      '--value',
      '{ alias: Till, checkCommand: passive }',
    ]
    expect(parallax(...put).status).toBe(5)
    expect(parallax(...put, '--force').status).toBe(0)
    expect(parallax('apply', '-m', 'a name for the till').status).toBe(0)
    expect(parallax('plan').stdout).toMatch(
      /^Drift: 1 object not as the owner left it\n {2}~ hosts shop-01 of git:shop\n {4}changed by .* \d+s ago, at /m,
    )
    const back = parallax('apply', '-f', 'conf', '--managed-by', 'git:shop')
    expect(back.stdout).toMatch(/^~ host shop-01 {2}alias Till -> shop-01$/m)
    expect(parallax('plan').stdout).not.toContain('Drift')
  })
})

describe('the past', () => {
  test('a rollback brings a revision back until the next apply', () => {
    const [now = '', before = ''] = revisions()
    const rollback = parallax('rollback', before.slice(0, 8), '--yes', '-m', 'not today')
    expect(rollback.status).toBe(0)
    expect(rollback.stdout).toContain(`Revision ${before} is active`)
    const [active, second] = revisions()
    expect([active, second]).toEqual([before, now])
    const history = parallax('history')
    expect(history.stdout).toContain('not today')
    expect(history.stderr).toContain('A rollback is active')
    expect(parallax('rollback', before.slice(0, 8)).stdout).toContain('is active already')
    expect(parallax('apply', '--yes').status).toBe(0)
    expect(parallax('history').stderr).not.toContain('A rollback is active')
    expect(parallax('rollback', 'ffffffff').status).toBe(3)
  })

  test('the export is YAML without secrets, now and then', () => {
    const now = parallax('export').stdout
    expect(now).toContain('web-01')
    expect(now).toContain('PASSWORD')
    expect(now).not.toContain('hush-hush')
    const first = revisions().at(-1) ?? ''
    expect(parallax('export', '--revision', first).stdout).not.toContain('shop-01')
  })

  test('a reload is an apply of the files', () => {
    writeFileSync(
      place.config,
      BASE.replace('hosts:', 'hosts:\n  web-05: { checkCommand: passive }'),
    )
    const reload = parallax('reload')
    expect(reload.status).toBe(0)
    expect(reload.stderr).toMatch(/^revision [0-9a-f]{12} is active, 1 object changed\n$/)
    expect(hosts()).toContain('web-05')
    const [row] = JSON.parse(parallax('history', '-n', '1', '-o', 'json').stdout) as [
      { kind: string },
    ]
    expect(row.kind).toBe('reload')
  })
})

test('a viewer sees what is active, and is told what is missing for more', async () => {
  const { token } = await program.api<{ token: string }>('/api/v1/tokens', {
    method: 'POST',
    body: JSON.stringify({ name: 'wall', role: 'viewer' }),
  })
  expect(parallax('history', '--token', token).status).toBe(0)
  for (const args of [['plan'], ['apply'], ['export'], ['object', 'list']]) {
    const refused = parallax(...args, '--token', token)
    expect([refused.status, refused.stderr]).toEqual([
      4,
      'parallax: the role viewer does not reach so far: operator is needed\n',
    ])
  }
})
