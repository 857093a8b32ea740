import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { collectorIdentity } from '../../src/settings/collector-identity.ts'
import { clusterList } from '../../src/wire/api/network.ts'
import { runParallax, type Hub, type Ran } from './command-line.ts'
import { eventually, makePlace, startProgram, type Place, type Program } from './program.ts'

/** One command on each side, as docs/operating says: the real program, as people use it. */
let place: Place
let program: Program
let hub: Hub

beforeAll(async () => {
  place = makePlace('hosts:\n  web-01: { address: 127.0.0.1 }\n')
  const flags = ['--name', 'hub-a', '--bus-listen', '127.0.0.1:0']
  program = await startProgram(place, flags, 'hub')
  const folder = join(place.folder, 'elsewhere')
  mkdirSync(folder)
  hub = { url: program.url, token: program.token, folder }
})

afterAll(async () => {
  await program?.stop()
  place?.remove()
})

const parallax = (...args: readonly string[]): Promise<Ran> => runParallax(hub, args, '')

async function done(...args: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await parallax(...args)
  expect(stderr + stdout, args.join(' ')).not.toContain('parallax:')
  expect(status).toBe(0)
  return stdout
}

test('a cluster, a token, a line on the new machine, and the collector is there until it is shut out', async () => {
  await done('cluster', 'add', 'east', '--alias', 'Data centre east')
  const token = (await done('collector', 'token', '--cluster', 'east', '--expires', '1h')).trim()
  expect(token).toMatch(/^[\w-]+$/)

  const data = join(place.folder, 'c1')
  expect(await done('collector', 'join', token, '--name', 'c1', '--data', data)).toContain(
    'Joined as east.c1, for hub-a',
  )
  const path = join(data, 'collector.json')
  expect(statSync(path).mode & 0o077).toBe(0)
  const identity = collectorIdentity.parse(JSON.parse(readFileSync(path, 'utf8')))
  expect(identity).toMatchObject({ cluster: 'east', name: 'c1', links: [{ hubs: ['hub-a'] }] })

  const bin = join(import.meta.dirname, '..', '..', 'bin', 'parallax')
  const collector = spawn(process.execPath, [bin, 'collector', '--data', data], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  for (const stream of [collector.stdout, collector.stderr])
    stream.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  const gone = new Promise((resolve) => collector.once('exit', resolve))
  try {
    const live = async (): Promise<true | undefined> => {
      const { items } = clusterList.parse(await program.api('/api/v1/clusters'))
      return items.find(({ name }) => name === 'east')?.live === 1 ? true : undefined
    }
    await eventually(live, 30_000, `the collector is heard: ${printed}`)
    expect(await done('cluster', 'list')).toMatch(/east\s+1 of 1/)
    expect(await done('collector', 'list', '-o', 'name')).toBe('east.c1\n')

    await done('collector', 'revoke', 'east.c1', '--yes')
    await eventually(
      async () => (printed.includes('User Authentication Revoked') ? true : undefined),
      10_000,
      'the collector is cut',
    )
    await eventually(
      async () => (program.printed().includes('a collector was shut out') ? true : undefined),
      5_000,
    )
  } finally {
    collector.kill('SIGTERM')
    await gone
  }
})

test('[TR12] [TR18] a token that is used again is refused on both sides', async () => {
  const token = (await done('collector', 'token', '--cluster', 'default')).trim()
  await done('collector', 'join', token, '--name', 'r1', '--data', join(place.folder, 'r1'))
  const again = ['collector', 'join', token, '--name', 'r2', '--data', join(place.folder, 'r2')]
  const { status, stderr } = await parallax(...again)
  expect([status, stderr]).toEqual([
    4,
    expect.stringContaining('this token was used already, by default.r1'),
  ])
  await eventually(async () => (program.printed().includes('token-used') ? true : undefined), 5_000)
})

test('[TR19] a folder that has joined is not joined again by mistake', async () => {
  const data = join(place.folder, 'twice')
  const token = async (): Promise<string> =>
    (await done('collector', 'token', '--cluster', 'default')).trim()
  await done('collector', 'join', await token(), '--name', 't1', '--data', data)
  const before = readFileSync(join(data, 'collector.json'), 'utf8')
  const next = await token()
  const refused = await parallax('collector', 'join', next, '--name', 't2', '--data', data)
  expect([refused.status, refused.stderr]).toEqual([
    5,
    expect.stringContaining('has joined already as default.t1'),
  ])
  expect(readFileSync(join(data, 'collector.json'), 'utf8')).toBe(before)
  await done('collector', 'join', next, '--name', 't2', '--data', data, '--force')
  expect(readFileSync(join(data, 'collector.json'), 'utf8')).not.toBe(before)
})

test('[TR28] a collector joins again as what it is, and with another key once it was shut out', async () => {
  const data = join(place.folder, 'again')
  const token = async (): Promise<string> =>
    (await done('collector', 'token', '--cluster', 'default')).trim()
  const seedOf = (): unknown => {
    const text = readFileSync(join(data, 'collector.json'), 'utf8')
    return (JSON.parse(text) as { credentials: { seed: string } }).credentials.seed
  }
  await done('collector', 'join', await token(), '--name', 'a1', '--data', data)
  const before = seedOf()
  const again = await done('collector', 'join', await token(), '--data', data, '--force')
  expect([again, seedOf()]).toEqual([expect.stringContaining('Joined as default.a1'), before])
  const epochOf = async (): Promise<number> => {
    const [row] = JSON.parse(await done('get', 'hubs', '-o', 'json')) as { epoch: number }[]
    return row?.epoch ?? 0
  }
  const renewed = async (than: number): Promise<number> =>
    eventually(async () => {
      const now = await epochOf()
      return now > than ? now : undefined
    }, 10_000)
  const first = await epochOf()
  await done('collector', 'revoke', 'default.a1', '--yes')
  // [PN5] members of the cluster hear with a new epoch who does not count, and who counts again.
  const second = await renewed(first)
  const anew = await done('collector', 'join', await token(), '--data', data, '--force')
  expect(anew).toContain('Joined as default.a1')
  await renewed(second)
  expect(seedOf()).not.toBe(before)
})

test('what cannot be is said with what to write instead', async () => {
  for (const [args, status, text] of [
    [['collector', 'join', 'nonsense'], 2, 'a part of it is missing'],
    [['collector', 'join', 'not a token'], 2, 'this is no token'],
    [['collector', 'token', '--cluster', 'moon'], 3, 'No cluster is called moon'],
    [['collector', 'token', '--cluster', 'east', '--expires', '5s'], 2, '--expires'],
    [['collector', 'revoke', 'east.nobody', '--yes'], 3, 'No collector of this name'],
    [['collector', 'revoke', 'east.c1'], 2, 'this would shut out east.c1 for ever'],
    [['cluster', 'add', 'East Side'], 2, 'cannot be the name of a cluster'],
    [['cluster', 'remove', 'moon'], 3, 'clusters/moon'],
    [['nats-config', 'hub', '--servers', 'n1'], 2, "--servers: 'n1' cannot be used"],
    [['nats-config', 'hub', '--servers', 'n1=a,n1=b'], 2, "'n1' is there twice"],
  ] as const) {
    const ran = await parallax(...args)
    expect([ran.status, ran.stderr], args.join(' ')).toEqual([
      status,
      expect.stringContaining(text),
    ])
  }
})

test('a cluster that hosts need stays, and what others prepared is not applied by the way', async () => {
  await done('cluster', 'add', 'south', '--alias', 'Down there')
  await done('cluster', 'add', 'south', '--site', 'Graz')
  const kept = await done('object', 'get', 'clusters', 'south')
  expect(kept).toMatch(/Down there[^]*Graz/)
  await done(
    'object',
    'put',
    'hosts',
    'south-1',
    '--value',
    '{ address: 127.0.0.1, cluster: south }',
  )
  const waiting = await parallax('cluster', 'add', 'north')
  expect([waiting.status, waiting.stderr]).toEqual([
    5,
    expect.stringContaining('other changes wait for an apply'),
  ])
  await done('apply', '--yes')
  const needed = await parallax('cluster', 'remove', 'south')
  expect(needed.status).not.toBe(0)
  expect(needed.stderr).toContain('south')
  const nothingWaits = await done('object', 'list', '--pending', '-o', 'name')
  expect(nothingWaits.trim()).toBe('')
})

test('nats-config writes a folder for each server, with secrets for their user only', async () => {
  const out = join(place.folder, 'nats')
  const data = join(place.folder, 'keys')
  const common = ['--out', out, '--data', data]
  await done('nats-config', 'hub', '--servers', 'n1=192.0.2.1,n2=192.0.2.2,n3=192.0.2.3', ...common)
  const hubs = 'hub-a=192.0.2.1,hub-b=[2001:db8::1]:7433'
  const servers = ['--servers', 'e1=192.0.2.11,e2=192.0.2.12']
  await done('nats-config', 'cluster', '--cluster', 'east', '--hub', hubs, ...servers, ...common)
  const config = readFileSync(join(out, 'e1', 'nats-server.conf'), 'utf8')
  expect(config).toContain('tls://192.0.2.1:7422')
  expect(config).toContain('tls://[2001:db8::1]:7433')
  expect(config).toContain('No JetStream here')
  for (const file of ['n1/server.key', 'e1/hub.creds', 'e2/system.creds'])
    expect(statSync(join(out, file)).mode & 0o077, file).toBe(0)
})
