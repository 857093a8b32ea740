import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { chmod, chown, cp, lstat, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { arch, platform, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startEmbedded } from '../../src/adapters/postgres/embedded.ts'
import { binariesOf, packageOf } from '../../src/adapters/postgres/embedded/binaries.ts'
import { clusterFolder, prepare } from '../../src/adapters/postgres/embedded/cluster-folder.ts'
import {
  closedFolderOnTheWay,
  serverUser,
  usersOf,
} from '../../src/adapters/postgres/embedded/os-user.ts'
import { isAlive, processesWith } from '../../src/adapters/process/processes.ts'
import { EmbeddedUnavailable } from '../../src/adapters/postgres/embedded/unavailable.ts'
import { systemClock } from '../../src/adapters/system/clock.ts'
import { silentLog, type Log } from '../../src/base/log.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parallax-embedded-'))
  await chmod(folder, 0o755)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const start = (name: string, log: Log = silentLog) =>
  startEmbedded({ folder: join(folder, name), clock: systemClock, log })

async function query<T extends object>(url: string, sql: string): Promise<T | undefined> {
  const client = new Client(url)
  await client.connect()
  try {
    return (await client.query<T>(sql)).rows[0]
  } finally {
    await client.end()
  }
}

async function until(isTrue: () => boolean): Promise<void> {
  const patience = performance.now() + 20_000
  while (!isTrue()) {
    if (performance.now() > patience) throw new Error(`never became true: ${isTrue.toString()}`)
    await systemClock.sleep(10)
  }
}

describe('a server in a folder of ours', () => {
  test('[EM1] it starts in an empty folder, speaks UTF-8 in byte order, and keeps what it holds', async () => {
    const first = await start('em1')
    expect(
      await query(
        first.url,
        `SELECT 'ä' > 'z' AS "isByteOrder", current_setting('server_encoding') AS encoding,
        current_setting('synchronous_commit') AS sync, current_setting('timezone') AS zone`,
      ),
    ).toEqual({ isByteOrder: true, encoding: 'UTF8', sync: 'on', zone: 'UTC' })
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer')
    await first.stop()
    expect(isAlive(first.pid())).toBe(false)
    const second = await start('em1')
    expect(second.url).toBe(first.url)
    expect(await query(second.url, 'SELECT answer FROM kept')).toEqual({ answer: 42 })
    await second.stop()
    expect(readdirSync(join(folder, 'em1')).sort()).toEqual([
      'data',
      'password',
      'server.log',
      'server.log.1',
      'socket',
    ])
  })

  test('[EM2] nobody gets in without the password of the folder', async () => {
    const server = await start('em1')
    const stranger = new URL(server.url)
    stranger.password = 'guess'
    await expect(query(stranger.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/)
    expect((await lstat(join(folder, 'em1', 'password'))).mode & 0o077).toBe(0)
    await server.stop()
  })

  test('[EM3] it starts again when it dies, under the same address, and says so once', async () => {
    const said: string[] = []
    const server = await start('em1', { ...silentLog, warn: (message) => void said.push(message) })
    const before = server.pid()
    process.kill(before, 'SIGKILL')
    await until(() => server.pid() !== before)
    expect(await query(server.url, 'SELECT answer FROM kept')).toEqual({ answer: 42 })
    expect(said).toEqual(['embedded database ended, starting it again'])
    await server.stop()
    expect(isAlive(server.pid())).toBe(false)
  })

  test('[EM4] a folder that another Parallax uses is refused', async () => {
    const server = await start('em1')
    await expect(start('em1')).rejects.toThrow(
      /in use by another Parallax \(process \d+\)[^]*--data[^]*--database-url/,
    )
    expect(await query(server.url, 'SELECT answer FROM kept')).toEqual({ answer: 42 })
    await server.stop()
  })

  test('[EM5] a folder of another major version is refused, and left as it is', async () => {
    await mkdir(join(folder, 'em5', 'data'), { recursive: true })
    await writeFile(join(folder, 'em5', 'data', 'PG_VERSION'), '15\n')
    await expect(start('em5')).rejects.toThrow(
      /belongs to PostgreSQL 15; this Parallax brings PostgreSQL 18/,
    )
    expect(await readdir(join(folder, 'em5', 'data'))).toEqual(['PG_VERSION'])
  })

  test('[EM6] a lock whose process id now belongs to a stranger does not keep it from starting', async () => {
    const server = await start('em1')
    const lock = join(folder, 'em1', 'data', 'postmaster.pid')
    const text = readFileSync(lock, 'utf8')
    await server.stop()
    await writeFile(lock, text.replace(/^\d+/, `${process.pid}`), { mode: 0o600 })
    const user = serverUser(join(folder, 'em1', 'data'))
    if (user !== undefined) await chown(lock, user.uid, user.gid)
    const again = await start('em1')
    expect(await query(again.url, 'SELECT answer FROM kept')).toEqual({ answer: 42 })
    await again.stop()
  })

  test('[EM7] half an initialisation does not count', async () => {
    await mkdir(join(folder, 'em7', 'data.unfinished', 'base'), { recursive: true })
    await writeFile(join(folder, 'em7', 'data.unfinished', 'PG_VERSION'), '18\n')
    const server = await start('em7')
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual({ one: 1 })
    await server.stop()
  })

  test('[EM7] an initialisation that outlived its Parallax is ended by the next start', async () => {
    const path = join(folder, 'em7-orphan')
    const unfinished = `--pgdata=${join(path, 'data.unfinished')}`
    const child = spawn(process.execPath, [join(import.meta.dirname, 'embedded-child.ts'), path], {
      stdio: 'ignore',
    })
    const gone = once(child, 'exit')
    await until(() => existsSync(join(path, 'data.unfinished', 'base', '1')))
    child.kill('SIGKILL')
    await gone
    // One, or two while initdb has forked and its child is not yet another program.
    const orphans = processesWith(unfinished)
    expect(orphans).not.toEqual([])
    const server = await start('em7-orphan')
    expect(orphans.filter(isAlive)).toEqual([])
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual({ one: 1 })
    await server.stop()
    expect(readdirSync(path)).not.toContain('data.unfinished')
  })

  test('[EM8] where the path is too long for a socket it listens on a free port of the loopback', async () => {
    const server = await start(`em8-${'long-'.repeat(30)}`)
    expect(new URL(server.url).hostname).toBe('127.0.0.1')
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual({ one: 1 })
    await server.stop()
  })
})

interface Child {
  readonly process: ChildProcess
  readonly said: { readonly pid: number; readonly url: string; readonly error?: string }
}

async function startChild(path: string, user?: { uid: number; gid: number }): Promise<Child> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'embedded-child.ts'), path], {
    ...user,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  return { process: child, said: JSON.parse(line) as Child['said'] }
}

describe('when our process ends', () => {
  test('[EM9] it takes its server along when it exits', async () => {
    const child = await startChild(join(folder, 'em9'))
    child.process.stdin?.write('exit\n')
    await once(child.process, 'exit')
    await until(() => !isAlive(child.said.pid))
  })

  test('[EM9] a kill -9 of it ends the server too', async () => {
    const child = await startChild(join(folder, 'em9'))
    child.process.kill('SIGKILL')
    await until(() => !isAlive(child.said.pid))
  })

  test('[EM10] a server that was left running is stopped by the next start, which goes on with its data', async () => {
    const child = await startChild(join(folder, 'em9'))
    await query(child.said.url, 'CREATE TABLE left_behind AS SELECT 7 AS seven')
    const watchdogs = spawnSync('pgrep', ['-f', `kill -INT ${child.said.pid}$`], {
      encoding: 'utf8',
    })
    for (const pid of watchdogs.stdout.split('\n').filter(Boolean))
      process.kill(Number(pid), 'SIGKILL')
    child.process.kill('SIGKILL')
    await once(child.process, 'exit')
    expect(isAlive(child.said.pid)).toBe(true)
    const said: string[] = []
    const server = await start('em9', { ...silentLog, warn: (message) => void said.push(message) })
    expect(isAlive(child.said.pid)).toBe(false)
    expect(said).toEqual(['embedded database of an earlier run was still there, stopped it'])
    expect(await query(server.url, 'SELECT seven FROM left_behind')).toEqual({ seven: 7 })
    await server.stop()
  })

  test('[EM10] the start right after a kill -9 works', async () => {
    for (let round = 0; round < 3; round++) {
      const child = await startChild(join(folder, 'em9'))
      expect(child.said.error).toBeUndefined()
      child.process.kill('SIGKILL')
      await once(child.process, 'exit')
    }
    const server = await start('em9')
    expect(await query(server.url, 'SELECT seven FROM left_behind')).toEqual({ seven: 7 })
    await server.stop()
  })
})

describe('users and programs', () => {
  const isRoot = process.getuid?.() === 0
  const nobody = usersOf(readFileSync('/etc/passwd', 'utf8')).find(({ name }) => name === 'nobody')
  const canNobodyRead =
    nobody !== undefined && closedFolderOnTheWay(import.meta.filename, nobody) === undefined

  test.runIf(isRoot)('[EM11] started by root it runs as another user', async () => {
    const server = await start('em1')
    expect((await lstat(`/proc/${server.pid()}`)).uid).not.toBe(0)
    await server.stop()
  })

  test.runIf(isRoot && canNobodyRead)(
    '[EM11] an ordinary user needs nothing but a folder',
    async () => {
      const path = join(folder, 'em11')
      await mkdir(path)
      await chown(path, nobody?.uid ?? 0, nobody?.gid ?? 0)
      const child = await startChild(path, { uid: nobody?.uid ?? 0, gid: nobody?.gid ?? 0 })
      expect(child.said.error).toBeUndefined()
      expect((await lstat(`/proc/${child.said.pid}`)).uid).toBe(nobody?.uid)
      child.process.kill('SIGKILL')
      await until(() => !isAlive(child.said.pid))
    },
  )

  test.runIf(isRoot)('[EM11] a folder that the server cannot reach is named', async () => {
    const closed = join(folder, 'em11-closed')
    await mkdir(closed, { mode: 0o700 })
    await expect(start('em11-closed/below')).rejects.toThrow(`chmod o+x ${closed}`)
  })

  test('[EM12] a package whose links were never made, or that is closed to the server, is copied and completed', async () => {
    const original = packageOf(platform(), arch())
    const root = join(folder, 'package')
    await cp(join(original.root, 'native'), join(root, 'native'), {
      recursive: true,
      verbatimSymlinks: true,
    })
    for (const link of original.links) await rm(join(root, link.target))
    const binaries = await binariesOf({ ...original, root }, join(folder, 'em12'), undefined)
    expect(binaries.initdb.startsWith(join(folder, 'em12'))).toBe(true)
    const { stdout } = spawnSync(binaries.postgres, ['--version'], { encoding: 'utf8' })
    expect(stdout).toContain(`PostgreSQL) ${binaries.majorVersion}`)
    const again = await binariesOf({ ...original, root }, join(folder, 'em12'), undefined)
    expect(again).toEqual(binaries)
    const complete = await binariesOf(original, join(folder, 'em12-not'), undefined)
    expect(complete.postgres.startsWith(original.root)).toBe(true)
    expect(existsSync(join(folder, 'em12-not'))).toBe(false)
  })

  test.runIf(isRoot)(
    '[EM12] programs in a folder that is closed to the server are copied',
    async () => {
      const original = packageOf(platform(), arch())
      const root = join(folder, 'closed', 'package')
      await cp(original.root, root, { recursive: true, verbatimSymlinks: true })
      await chmod(join(folder, 'closed'), 0o700)
      const user = serverUser(undefined)
      const binaries = await binariesOf({ ...original, root }, join(folder, 'em12-closed'), user)
      const { stdout } = spawnSync(binaries.postgres, ['--version'], { ...user, encoding: 'utf8' })
      expect(stdout).toContain(`PostgreSQL) ${binaries.majorVersion}`)
    },
  )

  test('[EM13] what is missing is said, with the way out', async () => {
    expect(() => packageOf('plan9', 'mips')).toThrow(
      /not installed for plan9 mips[^]*--database-url/,
    )
    const program = join(folder, 'broken-initdb')
    await writeFile(
      program,
      '#!/bin/sh\necho "initdb: error while loading shared libraries: libssl.so.1.1" >&2\nexit 127\n',
      { mode: 0o755 },
    )
    const broken = { initdb: program, postgres: program, version: '18.4', majorVersion: 18 }
    await mkdir(join(folder, 'em13'))
    const preparing = prepare(clusterFolder(join(folder, 'em13')), broken, undefined)
    await expect(preparing).rejects.toThrow(EmbeddedUnavailable)
    await expect(preparing).rejects.toThrow(/libssl[^]*system library is missing[^]*--database-url/)
    await expect(
      prepare(
        clusterFolder(join(folder, 'em13')),
        { ...broken, initdb: '/nowhere/initdb' },
        undefined,
      ),
    ).rejects.toThrow(/ENOENT[^]*--database-url/)
    expect(existsSync(join(folder, 'em13', 'data'))).toBe(false)
  })
})
