import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, statSync } from 'node:fs'
import { connect, createServer, type AddressInfo, type Server } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { processesWith } from '../../src/adapters/process/processes.ts'
import { systemClock } from '../../src/adapters/system/clock.ts'
import type { Clock } from '../../src/base/clock.ts'
import { UNWRITTEN, type Cluster, type SshTunnel } from '../../src/domain/cluster.ts'
import type { TunnelState } from '../../src/orchestrator/tunnels/tunnel.ts'
import type { TunnelStatus, Tunnels } from '../../src/orchestrator/tunnels/tunnels.ts'
import { startTunnels } from '../../src/roles/tunnels.ts'
import { createTestClock } from '../test-clock.ts'
import { createTestLog } from '../test-log.ts'
import { freePort, makeFolder } from './daemon.ts'
import { eventually } from './program.ts'
import { makeSshd, pidAt, type Sshd } from './sshd.ts'

const folder = makeFolder()
let sshd: Sshd
let bus: Server
let count = 0
const kept: Kept[] = []

beforeAll(async () => {
  sshd = await makeSshd(folder.path, 'one')
  await sshd.start()
  bus = createServer((socket) => socket.on('error', () => undefined).end('the bus of the hub'))
  bus.listen(0, '127.0.0.1')
  await once(bus, 'listening')
})
afterEach(async () => {
  await Promise.all(kept.splice(0).map(({ tunnels }) => tunnels.close()))
})
afterAll(async () => {
  bus.close()
  await sshd.stop()
  folder.remove()
})

interface Kept {
  readonly data: string
  readonly tunnels: Tunnels
  readonly log: ReturnType<typeof createTestLog>
  become(clusters: readonly Cluster[]): void
}

const busPort = (): number => (bus.address() as AddressInfo).port

async function tunnelTo(at: Sshd, more: Partial<SshTunnel> = {}): Promise<SshTunnel> {
  const remotePort = more.remotePort ?? (await freePort())
  const { port, user } = at
  const plain = {
    host: '127.0.0.1',
    port,
    user,
    remotePorts: {},
    leafPorts: {},
    hostKey: undefined,
  }
  return { kind: 'ssh', ...plain, ...more, remotePort }
}

const clusterWith = (tunnel: SshTunnel | undefined, name = 'edge'): Cluster => ({
  ...UNWRITTEN,
  name,
  tunnel,
})

function keep(clusters: readonly Cluster[], clock: Clock = systemClock): Kept {
  const data = join(folder.path, `hub-${++count}`)
  const log = createTestLog()
  let now = clusters
  const tunnels = startTunnels({
    hub: 'hub-a',
    data,
    target: { host: '127.0.0.1', port: busPort() },
    leafTarget: { host: '127.0.0.1', port: busPort() },
    clusters: () => now,
    clock,
    log,
  })
  const one: Kept = {
    data,
    tunnels,
    log,
    become(next) {
      now = next
      tunnels.changed()
    },
  }
  kept.push(one)
  return one
}

/** Where all is in order: the machine knows the key, the hub knows the machine. */
async function keepOpen(at: Sshd, tunnel: SshTunnel): Promise<Kept> {
  const one = keep([clusterWith({ ...tunnel, hostKey: at.fingerprint() })])
  at.authorize((await one.tunnels.authorization('edge')) as string)
  await reaches(one, 'up')
  return one
}

async function reaches(one: Kept, state: TunnelState, why = ''): Promise<TunnelStatus> {
  return eventually(
    async () =>
      one.tunnels.status().find((status) => status.state === state && status.reason.includes(why)),
    40_000,
    `${state} ${why}`,
  ).catch((error: unknown) => {
    throw new Error(JSON.stringify(one.tunnels.status()), { cause: error })
  })
}

/** What comes out at the other side's port. */
async function readAt(port: number): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1' })
  let text = ''
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()))
  await once(socket, 'close')
  return text
}

const sshProcesses = ({ data }: { readonly data: string }): number[] =>
  processesWith(`UserKnownHostsFile="${data}/ssh/known_hosts"`)

test('from nothing to a tunnel: [TN8] a key pair, [TN11] a trusted host, [TN10] an accepted key', async () => {
  const tunnel = await tunnelTo(sshd)
  const one = keep([clusterWith(tunnel)])
  await reaches(one, 'refused', 'not known yet')
  const [shown] = (await one.tunnels.hostKeysOf('edge')) ?? []
  expect(shown).toMatchObject({ kind: 'ssh-ed25519', fingerprint: sshd.fingerprint() })
  expect(await one.tunnels.trust('edge', sshd.fingerprint())).toBe('trusted')
  await reaches(one, 'refused', "refuses this hub's key")

  expect(statSync(join(one.data, 'ssh', 'id_ed25519')).mode & 0o777).toBe(0o600)
  expect(statSync(join(one.data, 'ssh')).mode & 0o777).toBe(0o700)
  const line = (await one.tunnels.authorization('edge')) as string
  expect(line).toContain(readFileSync(join(one.data, 'ssh', 'id_ed25519.pub'), 'utf8').trim())
  sshd.authorize(line)
  const up = await reaches(one, 'up')
  expect(up).toMatchObject({
    cluster: 'edge',
    to: `${sshd.user}@127.0.0.1:${sshd.port}`,
    remotePort: tunnel.remotePort,
    reason: '',
  })
  expect(await readAt(tunnel.remotePort)).toBe('the bus of the hub')
  await one.tunnels.close()
  expect(sshProcesses(one)).toEqual([])
  await expect(readAt(tunnel.remotePort)).rejects.toThrow('ECONNREFUSED')
}, 60_000)

test('[TN16] servers of the cluster have a port of their own; both listen, or the tunnel is not up', async () => {
  const leafPort = await freePort()
  const tunnel = await tunnelTo(sshd, { leafPorts: { 'hub-a': leafPort } })
  await keepOpen(sshd, tunnel)
  for (const port of [tunnel.remotePort, leafPort])
    expect(await readAt(port)).toBe('the bus of the hub')
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  const other = keep([
    clusterWith({
      ...(await tunnelTo(sshd, { leafPorts: { 'hub-a': port } })),
      hostKey: sshd.fingerprint(),
    }),
  ])
  sshd.authorize((await other.tunnels.authorization('edge')) as string)
  await reaches(other, 'down', `127.0.0.1:${port} on the other side`)
  taken.close()
  await reaches(other, 'up')
}, 60_000)

test('[TN9] the key opens nothing but its port', async () => {
  const tunnel = await tunnelTo(sshd)
  const one = await keepOpen(sshd, tunnel)
  await one.tunnels.close()
  const ssh = (...words: string[]) =>
    spawnSync(
      'ssh',
      `-F none -p ${sshd.port} -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o BatchMode=yes -o ExitOnForwardFailure=yes -o IdentityAgent=none -l ${sshd.user} -i`
        .split(' ')
        .concat(join(one.data, 'ssh', 'id_ed25519'), words),
      { encoding: 'utf8', timeout: 15_000 },
    )
  const command = ssh('127.0.0.1', 'echo inside')
  expect(command.stdout).toBe('')
  expect(command.status).toBe(1)
  const other = await freePort()
  const elsewhere = ssh('-N', '-R', `127.0.0.1:${other}:127.0.0.1:${busPort()}`, '127.0.0.1')
  expect(elsewhere.stderr).toContain('remote port forwarding failed')
  const everywhere = ssh('-N', '-R', `0.0.0.0:${tunnel.remotePort}:127.0.0.1:1`, '127.0.0.1')
  expect(everywhere.stderr).toContain('remote port forwarding failed')
  const inwards = ssh('-W', `127.0.0.1:${busPort()}`, '127.0.0.1')
  expect(inwards.stdout).not.toContain('the bus of the hub')
  expect(inwards.stderr).toMatch(/administratively prohibited|open failed/)
}, 60_000)

test('[TN3] a killed ssh is started again', async () => {
  const tunnel = await tunnelTo(sshd)
  const one = await keepOpen(sshd, tunnel)
  const [first] = sshProcesses(one)
  process.kill(first as number, 'SIGKILL')
  await reaches(one, 'down')
  await reaches(one, 'up')
  expect(sshProcesses(one)).toHaveLength(1)
  expect(sshProcesses(one)).not.toContain(first)
  expect(await readAt(tunnel.remotePort)).toBe('the bus of the hub')
}, 60_000)

test('[TN3] an sshd that goes and comes back, and [TN5] a line for each change', async () => {
  const other = await makeSshd(folder.path, 'goes')
  await other.start()
  try {
    const one = await keepOpen(other, await tunnelTo(other))
    await other.stop()
    await reaches(one, 'down', 'no sshd listens there')
    const first = one.tunnels.status()[0]?.since
    let attempts = 0
    const closer = createServer((socket) => {
      attempts++
      socket.on('error', () => undefined).destroy()
    }).listen(other.port, '127.0.0.1')
    await eventually(async () => (attempts >= 2 ? attempts : undefined), 30_000)
    expect(one.tunnels.status()[0]).toMatchObject({ state: 'down', since: first })
    const reasons = one.log.warnings.map(({ fields }) => String(fields['reason']))
    expect(
      reasons.filter((reason) => reason.includes('no sshd')),
      reasons.join('\n'),
    ).toHaveLength(1)
    expect(reasons.filter((reason) => reason.includes('closed the connection'))).toHaveLength(1)
    closer.close()
    await once(closer, 'close')
    await other.start()
    await reaches(one, 'up')
  } finally {
    await other.stop()
  }
}, 60_000)

test('[TN4] a connection that went silent ends', async () => {
  const tunnel = await tunnelTo(sshd)
  const one = await keepOpen(sshd, tunnel)
  const session = pidAt(tunnel.remotePort)
  process.kill(session, 'SIGSTOP')
  try {
    const began = performance.now()
    await reaches(one, 'down', 'went silent')
    expect(performance.now() - began).toBeLessThan(25_000)
  } finally {
    process.kill(session, 'SIGKILL')
  }
  await reaches(one, 'up')
}, 90_000)

test('[TN4] an sshd that says nothing', async () => {
  const silent = createServer(() => undefined).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const { port } = silent.address() as AddressInfo
  try {
    const clock = createTestClock()
    const one = keep([clusterWith(await tunnelTo(sshd, { port }))], clock)
    await once(silent, 'connection')
    clock.pass(45_000)
    await reaches(one, 'down', 'no answer within 45 s')
  } finally {
    silent.close()
  }
}, 30_000)

describe('a host key', () => {
  test('[TN12] that changed is refused until it is trusted', async () => {
    const other = await makeSshd(folder.path, 'changes')
    await other.start()
    try {
      const one = keep([clusterWith(await tunnelTo(other))])
      other.authorize((await one.tunnels.authorization('edge')) as string)
      await one.tunnels.trust('edge', other.fingerprint())
      await reaches(one, 'up')
      await other.stop()
      const old = other.fingerprint()
      other.changeHostKey()
      await other.start()
      const refused = await reaches(one, 'refused', `has changed to ${other.fingerprint()}`)
      expect(refused.reason).not.toContain(old)
      expect(one.log.errors.at(-1)).toMatchObject({
        message: 'the tunnel to a cluster is refused',
        fields: { cluster: 'edge', reason: refused.reason },
      })
      // [TN13] the old key is not shown any more
      expect(await one.tunnels.trust('edge', old)).toBe('not-shown')
      expect(await one.tunnels.trust('edge', other.fingerprint())).toBe('trusted')
      await reaches(one, 'up')
    } finally {
      await other.stop()
    }
  }, 60_000)

  test('[TN11] the configuration may demand one: another is refused, and nobody trusts it by hand', async () => {
    const demanded = `SHA256:${'A'.repeat(43)}`
    const one = keep([clusterWith(await tunnelTo(sshd, { hostKey: demanded }))])
    sshd.authorize((await one.tunnels.authorization('edge')) as string)
    await reaches(one, 'refused', `is not ${demanded}`)
    await one.tunnels.trust('edge', sshd.fingerprint())
    await reaches(one, 'refused', `is not ${demanded}`)
    one.become([clusterWith(await tunnelTo(sshd, { hostKey: sshd.fingerprint() }))])
    sshd.authorize((await one.tunnels.authorization('edge')) as string)
    await reaches(one, 'up')
  }, 60_000)

  test('[TN13] what is not shown is not trusted', async () => {
    const one = keep([clusterWith(await tunnelTo(sshd))])
    await reaches(one, 'refused', 'not known yet')
    expect(await one.tunnels.trust('edge', `SHA256:${'B'.repeat(43)}`)).toBe('not-shown')
    expect(await one.tunnels.trust('west', sshd.fingerprint())).toBe('no-tunnel')
    expect(one.tunnels.status()).toMatchObject([{ state: 'refused' }])
  }, 30_000)
})

test('[TN7] a port in use on the other side: down with the reason, up when it is free', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  const one = keep([
    clusterWith(await tunnelTo(sshd, { remotePort: port, hostKey: sshd.fingerprint() })),
  ])
  sshd.authorize((await one.tunnels.authorization('edge')) as string)
  await reaches(one, 'down', `127.0.0.1:${port} on the other side cannot be had`)
  taken.close()
  await reaches(one, 'up')
}, 60_000)

test('[TN1] tunnels follow the configuration; one that is as it was goes on', async () => {
  const stays = await tunnelTo(sshd, { hostKey: sshd.fingerprint() })
  const moves = await tunnelTo(sshd, { hostKey: sshd.fingerprint() })
  const goes = await tunnelTo(sshd, { hostKey: sshd.fingerprint() })
  const one = keep([
    clusterWith(stays, 'stays'),
    clusterWith(moves, 'moves'),
    clusterWith(goes, 'goes'),
    clusterWith(undefined, 'near'),
  ])
  for (const name of ['stays', 'moves', 'goes'])
    sshd.authorize((await one.tunnels.authorization(name)) as string)
  const allUp = (names: readonly string[]): Promise<unknown> =>
    eventually(async () => {
      const up = one.tunnels.status().filter(({ state }) => state === 'up')
      return up.map(({ cluster }) => cluster).join() === names.join() ? up : undefined
    })
  await allUp(['goes', 'moves', 'stays'])
  const undisturbed = pidAt(stays.remotePort)
  const moved = await tunnelTo(sshd, { hostKey: sshd.fingerprint() })
  // Other hubs have ports of their own; one that is not named keeps no tunnel.
  const forOthers = { ...goes, remotePorts: { 'hub-b': goes.remotePort } }
  one.become([
    clusterWith({ ...stays, remotePorts: { 'hub-a': stays.remotePort } }, 'stays'),
    clusterWith(moved, 'moves'),
    clusterWith(forOthers, 'goes'),
  ])
  sshd.authorize((await one.tunnels.authorization('moves')) as string)
  await allUp(['moves', 'stays'])
  expect(pidAt(stays.remotePort)).toBe(undisturbed)
  expect(await readAt(moved.remotePort)).toBe('the bus of the hub')
  for (const port of [moves.remotePort, goes.remotePort])
    await expect(readAt(port)).rejects.toThrow('ECONNREFUSED')
}, 60_000)

test('[TN6] a hub that is killed leaves no ssh behind', async () => {
  const tunnel = await tunnelTo(sshd, { hostKey: sshd.fingerprint() })
  const data = join(folder.path, `hub-${++count}`)
  const words = [data, `${busPort()}`, JSON.stringify(tunnel)]
  const hub = spawn(process.execPath, [join(import.meta.dirname, 'tunnel-child.ts'), ...words], {
    stdio: 'inherit',
  })
  const [pid] = await eventually(async () => {
    const found = sshProcesses({ data })
    return found.length > 0 ? found : undefined
  })
  const gone = once(hub, 'exit')
  hub.kill('SIGKILL')
  await gone
  await eventually(async () => (sshProcesses({ data }).length === 0 ? true : undefined), 5_000)
  expect(pid).toBeGreaterThan(0)
}, 30_000)
