import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CollectorRow } from '../../src/wire/api/network.ts'
import type { TunnelRow } from '../../src/wire/api/tunnels.ts'
import { freePort, makeFolder } from './daemon.ts'
import { eventually, makePlace, type Place } from './program.ts'
import { makeSshd, type Sshd } from './sshd.ts'

/** A hub that nobody may reach but over the tunnels that it keeps; the collector is told nothing else. */
const bin = join(import.meta.dirname, '..', '..', 'bin', 'parallax')
const folder = makeFolder()
const programs: { readonly child: ChildProcess; text: string }[] = []
let sshd: Sshd
let place: Place
let remotePort: number

beforeAll(async () => {
  sshd = await makeSshd(folder.path, 'gate')
  await sshd.start()
  remotePort = await freePort()
  place = makePlace(`
clusters:
  edge:
    tunnel: { ssh: 127.0.0.1, port: ${sshd.port}, user: ${sshd.user}, remotePort: ${remotePort} }
commands:
  fine: { line: echo fine }
hosts:
  h:
    address: 127.0.0.1
    cluster: edge
    checkCommand: passive
    services:
      s: { checkCommand: fine, checkInterval: 2s }
`)
})

afterAll(async () => {
  for (const { child } of programs.toReversed()) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    const gone = once(child, 'exit')
    child.kill('SIGTERM')
    await gone
  }
  await sshd.stop()
  place.remove()
  folder.remove()
})

async function start(words: readonly string[], sign: RegExp): Promise<void> {
  const child = spawn(process.execPath, [bin, ...words], { stdio: ['ignore', 'pipe', 'pipe'] })
  const program = { child, text: '' }
  programs.push(program)
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (program.text += chunk.toString()))
  await eventually(
    async () => {
      if (child.exitCode !== null) throw new Error(program.text)
      return sign.test(program.text) ? true : undefined
    },
    60_000,
    String(sign),
  )
}

function parallax(...words: string[]) {
  const ran = spawnSync(process.execPath, [bin, ...words, '--data', place.data], {
    encoding: 'utf8',
    timeout: 60_000,
  })
  return { ...ran, all: ran.stdout + ran.stderr }
}

async function api<T>(path: string): Promise<T> {
  const { url, token } = JSON.parse(
    readFileSync(join(place.data, 'local-access.json'), 'utf8'),
  ) as { url: string; token: string }
  const answer = await fetch(url + path, { headers: { authorization: `Bearer ${token}` } })
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as T
}

async function tunnelIs(state: TunnelRow['state'], reason: string): Promise<TunnelRow> {
  return eventually(async () => {
    const { items } = await api<{ items: TunnelRow[] }>('/api/v1/tunnels')
    return items.find((row) => row.state === state && row.reason.includes(reason))
  }, 30_000)
}

test('[TN14] [TN15] from the configuration to results, over a tunnel alone', async () => {
  const busPort = await freePort()
  const hub = ['hub', '--name', 'hub-a', '--config', place.config, '--data', place.data]
  await start(
    [...hub, '--listen', '127.0.0.1:0', '--bus-listen', `127.0.0.1:${busPort}`],
    /Console:/,
  )
  await tunnelIs('refused', 'not known yet')

  const asked = parallax('cluster', 'trust-host', 'edge')
  expect(asked.status).toBe(2)
  expect(asked.stdout).toContain(sshd.fingerprint())
  expect(asked.stderr).toContain(`add --fingerprint ${sshd.fingerprint()}`)
  const wrong = `SHA256:${'A'.repeat(43)}`
  expect(parallax('cluster', 'trust-host', 'edge', '--fingerprint', wrong).all).toContain(
    'does not show a host key with this fingerprint',
  )
  const trusted = parallax('cluster', 'trust-host', 'edge', '--fingerprint', sshd.fingerprint())
  expect(trusted.status, trusted.all).toBe(0)
  await tunnelIs('refused', "refuses this hub's key")

  const key = parallax('cluster', 'key', 'edge')
  expect(key.status, key.all).toBe(0)
  sshd.authorize(key.stdout.trim())
  await tunnelIs('up', '')
  expect(parallax('cluster', 'tunnels').stdout).toMatch(/edge +up /)

  const token = parallax('collector', 'token', '--cluster', 'edge')
  expect(token.status, token.all).toBe(0)
  const data = join(folder.path, 'collector')
  const line = [bin, 'collector', 'join', token.stdout.trim(), '--name', 'c1', '--data', data]
  const joined = spawnSync(process.execPath, line, { encoding: 'utf8', timeout: 60_000 })
  expect(joined.status, joined.stderr).toBe(0)
  const identity = readFileSync(join(data, 'collector.json'), 'utf8')
  expect(identity).toContain(`tls://127.0.0.1:${remotePort}`)
  expect(identity).not.toContain(`${busPort}`)
  await start(['collector', '--data', data], /Collector edge\.c1/)
  await eventually(
    async () => {
      const { state } = await api<{ state: string }>('/api/v1/objects/h!s')
      return state === 'ok' ? true : undefined
    },
    30_000,
    'a result over the tunnel',
  )
  const { items } = await api<{ items: CollectorRow[] }>('/api/v1/collectors')
  expect(items).toMatchObject([{ id: 'edge.c1', health: 'live' }])
  expect(existsSync(join(place.data, 'ssh', 'id_ed25519'))).toBe(true)
}, 180_000)
