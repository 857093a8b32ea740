import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { z } from 'zod'
import type { hubList } from '../../src/wire/api/network.ts'
import { runParallax, type Ran } from './command-line.ts'
import { configurationApi, type ConfigurationApi } from './configuration-api.ts'
import { freePort } from './daemon.ts'
import { startTestDatabase } from './postgres.ts'
import { eventually, makePlace, startProgram, type Place, type Program } from './program.ts'

/** Two real hubs with a nats-server and a database each; the second one is made from a backup of the first. */

const YAML = `
selfMonitoring: false
hosts:
  web-01: { address: 127.0.0.1, checkCommand: { builtin: tcp, port: 9 }, notesUrl: $PARALLAXURL$/ }
`
const HOST = { address: '127.0.0.2', checkCommand: { builtin: 'tcp', port: 9 } }

const places: Place[] = []
const running: Program[] = []
let busA = 0
let busB = 0
/** Of the console: a hub whose address changes has another revision where `$PARALLAXURL$` is used. */
const addresses = new Map<Place, string>()
let placeA: Place
let placeB: Place
let hubA: Program
let hubB: Program
let a: ConfigurationApi
let b: ConfigurationApi

beforeAll(async () => {
  ;[busA, busB] = [await freePort(), await freePort()]
  placeA = newPlace()
  hubA = await startHubAt(placeA, 'hub-a', busA, `hub-b=tls://127.0.0.1:${busB}`)
  a = configurationApi(hubA)
  await a.put('hosts', 'waiting', { value: HOST, managedBy: 'git:shop' })
  await a.apply({ message: 'by the API' })
  await a.put('hosts', 'pending', { value: HOST })
  await signUp(hubA)
  backup = join(placeA.folder, 'hub-a.backup')
  backedUp = await cli(hubA, ['backup', backup])
  placeB = newPlace()
  rmSync(placeB.config)
  restored = await cli(hubA, ['restore', backup, '--data', placeB.data, '--name', 'hub-b'])
  hubB = await startHubAt(placeB, undefined, busB, `hub-a=tls://127.0.0.1:${busA}`)
  b = configurationApi(hubB)
}, 180_000)
afterAll(async () => {
  await Promise.all(running.map((one) => one.kill()))
  for (const place of places) place.remove()
}, 60_000)

let backup: string
let backedUp: Ran
let restored: Ran

function newPlace(): Place {
  const place = makePlace(YAML)
  places.push(place)
  return place
}

async function startHubAt(
  place: Place,
  name: string | undefined,
  port: number,
  peer: string,
): Promise<Program> {
  const address = addresses.get(place) ?? `127.0.0.1:${await freePort()}`
  addresses.set(place, address)
  const flags = ['--listen', address, '--bus-listen', `127.0.0.1:${port}`, '--peer', peer]
  const named = name === undefined ? flags : [...flags, '--name', name]
  const program = await startProgram(place, named, 'hub')
  running.push(program)
  return program
}

async function signUp(hub: Program): Promise<void> {
  const answer = await fetch(`${hub.url}/api/v1/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      token: hub.setupToken,
      username: 'ann',
      password: 'correct horse battery',
    }),
  })
  expect(answer.status, await answer.text()).toBeLessThan(300)
}

const cli = ({ url, token }: Program, words: readonly string[]): Promise<Ran> =>
  runParallax({ url, token, folder: placeA.folder }, words, '')

const hubsOf = async (hub: Program): Promise<z.infer<typeof hubList>['items']> =>
  (await hub.api<z.infer<typeof hubList>>('/api/v1/hubs')).items

/** How long until the other hub has this revision active, ms. */
async function untilActive(api: ConfigurationApi, revision: string): Promise<number> {
  const began = performance.now()
  await eventually(
    async () => ((await api.status()).active?.revision === revision ? true : undefined),
    10_000,
    `revision ${revision}`,
  )
  return performance.now() - began
}

describe('a hub from a backup of another', () => {
  test('[BR1] the backup is for our user alone, and the restore says what was made', () => {
    expect(backedUp).toMatchObject({ status: 0 })
    expect(statSync(backup).mode & 0o777).toBe(0o600)
    expect(backedUp.stderr).toContain('1 account')
    expect(backedUp.stderr).toContain('keys of the installation')
    expect(restored, restored.stderr).toMatchObject({ status: 0 })
    expect(restored.stderr).toContain('is hub hub-b, from the backup of hub-a')
  })

  test('[BR4] it has the same trust, and another name', async () => {
    const trustOf = ({ data }: Place): readonly string[] => readdirSync(join(data, 'trust')).sort()
    expect(trustOf(placeB)).toEqual(
      expect.arrayContaining([...trustOf(placeA)].filter((name) => !name.includes('hub-'))),
    )
    const own = (await hubsOf(hubB)).find(({ isSelf }) => isSelf)
    expect(own?.name).toBe('hub-b')
  })

  test('[BR4] [RP9] it starts with the same revision, its objects, and what waits for an apply', async () => {
    expect((await b.status()).active?.revision).toBe((await a.status()).active?.revision)
    const objects = await b.objects()
    expect(objects).toEqual(await a.objects())
    expect(objects.map(({ name, pending }) => [name, pending])).toEqual([
      ['pending', 'created'],
      ['waiting', null],
    ])
    expect((await b.revisions()).map(({ revision }) => revision)).toEqual(
      (await a.revisions()).map(({ revision }) => revision),
    )
    expect(hubB.setupToken).toBeUndefined() // the account is there
  })

  test('[RP1] [RP11] both see each other', async () => {
    const seen = async (hub: Program, name: string) =>
      eventually(async () =>
        (await hubsOf(hub)).find((row) => row.name === name && row.isReachable && !row.isSelf),
      )
    expect(await seen(hubA, 'hub-b')).toMatchObject({ hosts: 2, database: 'ok' })
    expect(await seen(hubB, 'hub-a')).toMatchObject({ hosts: 2 })
  })

  test('[RP1] [RP5] [RP9] what is applied at one is active at the other within two seconds, files and objects', async () => {
    const onA = await a.apply({ message: 'the pending one' })
    expect(onA.state).toBe('active')
    expect(await untilActive(b, onA.revision ?? '')).toBeLessThan(2_000)
    expect((await b.objects()).map(({ name, pending }) => [name, pending])).toEqual([
      // it was waiting here as well: now it is active
      ['pending', null],
      ['waiting', null],
    ])
    // The second hub has no files of its own: it goes on from those of the first.
    await b.put('hosts', 'third', { value: HOST })
    const onB = await b.apply({ message: 'from the other side' })
    expect(onB).toMatchObject({ state: 'active', problems: [] })
    expect(await untilActive(a, onB.revision ?? '')).toBeLessThan(2_000)
    const hosts = await hubA.api<{ items: { id: string }[] }>('/api/v1/hosts')
    expect(hosts.items.map(({ id }) => id).sort()).toEqual([
      'pending',
      'third',
      'waiting',
      'web-01',
    ])
    expect(await a.revisions()).toMatchObject([
      { message: 'from the other side', origin: 'hub-b', isActive: true },
      { message: 'the pending one', origin: 'hub-a', isActive: false },
      {},
      {},
    ])
    expect((await a.revisions()).some(({ remark }) => remark !== undefined)).toBe(false)
  })

  test('[RP5] an object that waits for an apply goes on waiting when the other hub applies', async () => {
    await b.put('hosts', 'mine', { value: HOST })
    await a.put('hosts', 'of-a', { value: HOST })
    const onA = await a.apply({ message: 'without what waits at b' })
    await untilActive(b, onA.revision ?? '')
    const waiting = (await b.objects()).filter(({ pending }) => pending !== null)
    expect(waiting).toMatchObject([{ name: 'mine', pending: 'created' }])
    expect((await a.objects()).some(({ name }) => name === 'mine')).toBe(false)
    await b.remove('hosts', 'mine')
  })

  test('[RP2] [RP3] [RP4] a hub that was away catches up, and what was overtaken stands in the history', async () => {
    await hubB.stop()
    await eventually(async () =>
      (await hubsOf(hubA)).find(({ name, isReachable }) => name === 'hub-b' && !isReachable),
    )
    await a.put('hosts', 'away-1', { value: HOST })
    await a.apply({ message: 'first while away' })
    await a.put('hosts', 'away-2', { value: HOST })
    const last = await a.apply({ message: 'second while away' })
    hubB = await startHubAt(placeB, undefined, busB, `hub-a=tls://127.0.0.1:${busA}`)
    b = configurationApi(hubB)
    await untilActive(b, last.revision ?? '')

    await hubA.stop()
    await b.put('hosts', 'by-b', { value: HOST })
    const winner = await b.apply({ message: 'of b' })
    await hubB.stop()
    hubA = await startHubAt(placeA, 'hub-a', busA, `hub-b=tls://127.0.0.1:${busB}`)
    a = configurationApi(hubA)
    await a.remove('hosts', 'away-1')
    await a.apply({ message: 'of a' })
    hubB = await startHubAt(placeB, undefined, busB, `hub-a=tls://127.0.0.1:${busA}`)
    b = configurationApi(hubB)
    await untilActive(a, winner.revision ?? '')
    for (const api of [a, b]) {
      await eventually(async () => {
        const found = (await api.revisions()).find(({ message }) => message === 'of a')
        return found?.remark?.startsWith('overtaken') === true ? found : undefined
      })
    }
    const history = await cli(hubA, ['history'])
    expect(history.stdout).toMatch(/of a \(overtaken: another hub activated another revision/)
    expect(hubA.printed()).toContain('one was overtaken')
    const lost = (await b.revisions()).find(({ message }) => message === 'of a')
    const back = await b.rollback({ revision: lost?.revision ?? '' })
    expect(back).toMatchObject({ state: 'active', revision: lost?.revision })
    await untilActive(a, lost?.revision ?? '')
  }, 120_000)
})

describe('what cannot be restored', () => {
  const into = (name: string): string => join(placeA.folder, name)
  const restore = (file: string, data = into('new')): Promise<Ran> =>
    cli(hubA, ['restore', file, '--data', data])

  test('[BR5] a folder that is not empty', async () => {
    mkdirSync(into('used'))
    writeFileSync(into('used/file'), '')
    const ran = await restore(backup, into('used'))
    expect(ran.status).toBe(1)
    expect(ran.stderr).toContain('is not empty (file)')
    expect(readdirSync(into('used'))).toEqual(['file'])
  })

  test('[BR5] a database that is not empty', async () => {
    const server = await startTestDatabase()
    try {
      const words = ['restore', backup, '--name', 'hub-c', '--database-url', server.url]
      const first = await cli(hubA, [...words, '--data', into('c1')])
      expect(first, first.stderr).toMatchObject({ status: 0 })
      expect(readdirSync(into('c1')).sort()).toEqual(['hub-name', 'trust'])
      const second = await cli(hubA, [...words, '--data', into('c2')])
      expect(second.status).toBe(1)
      expect(second.stderr).toMatch(/the database is not empty: it has a table \w+/)
    } finally {
      await server.close()
    }
  }, 60_000)

  test.each([
    ['there is no file', () => into('nowhere.backup')],
    ['is no backup of Parallax', () => written('text', Buffer.from('hello'))],
    ['is no backup of Parallax', () => written('other', gzipSync('{"a":1}\n'))],
    ['is empty', () => written('empty', gzipSync(''))],
    ['is cut off', () => written('cut', readFileSync(backup).subarray(0, -200))],
    ['is cut off', () => written('shorter', gzipSync(lines().slice(0, -1).join('\n') + '\n'))],
    [
      'its digest is another one',
      () => written('changed', gzipSync(lines().join('\n').replace('ann', 'bob') + '\n')),
    ],
    [
      'in a newer format (2)',
      () => written('newer', gzipSync(lines().join('\n').replace('"format":1', '"format":2'))),
    ],
    ['damaged', () => written('flipped', flipped(readFileSync(backup)))],
  ])('[BR3] [BR5] a file of which it is true: %s', async (words, file) => {
    const ran = await restore(file())
    expect(ran.stderr).toContain(words)
    expect(ran.status).toBe(1)
    expect(readdirSync(placeA.folder)).not.toContain('new')
  })

  test('[BR3] [BR5] a backup of a newer Parallax', async () => {
    const row = { version: 9999, name: '9999-later.sql', checksum: 'x', applied_at: 0 }
    const ran = await restore(withLine('later', { table: 'schema_migration', row }))
    expect(ran.stderr).toContain(
      'taken by a newer Parallax: this one does not know its 9999-later.sql',
    )
  })

  test.each([
    ['a row with a column of its own', { table: 'account', row: { 'x") values (1); --': 1 } }],
    ['a key that is there already', { file: 'installation.json', bytes: '' }],
  ])('[BR5] a backup made by hand: %s', async (_, line) => {
    const ran = await restore(withLine('by-hand', line), into('filled'))
    expect(ran.stderr).toContain('holds what cannot be restored')
    expect(ran.status).toBe(1)
    expect(readdirSync(into('filled'))).toEqual([])
  })

  /** Its digest is right. */
  function withLine(name: string, line: unknown): string {
    const kept = lines().slice(0, -1)
    kept.splice(-1, 0, JSON.stringify(line))
    const body = `${kept.join('\n')}\n`
    const sha256 = createHash('sha256').update(body).digest('hex')
    const end = JSON.stringify({ end: true, lines: kept.length, sha256 })
    return written(name, gzipSync(`${body}${end}\n`))
  }
  function written(name: string, bytes: Uint8Array): string {
    const path = into(`${name}.backup`)
    writeFileSync(path, bytes)
    return path
  }
  const lines = (): string[] =>
    gunzipSync(readFileSync(backup)).toString('utf8').trimEnd().split('\n')
  function flipped(bytes: Buffer): Buffer {
    const copy = Buffer.from(bytes)
    const at = copy.length >> 1
    copy.writeUInt8(copy.readUInt8(at) ^ 0xff, at)
    return copy
  }
})

test('[BR2] only an administrator gets a backup', async () => {
  const made = await hubA.api<{ token: string }>('/api/v1/tokens', {
    method: 'POST',
    body: JSON.stringify({ name: 'reader', role: 'operator' }),
  })
  const ran = await cli({ ...hubA, token: made.token }, [
    'backup',
    join(placeA.folder, 'no.backup'),
  ])
  expect(ran.status).toBe(4)
  expect(readdirSync(placeA.folder).filter((name) => name.startsWith('no.backup'))).toEqual([])
})
