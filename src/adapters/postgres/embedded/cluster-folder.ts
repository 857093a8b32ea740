import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { chown, link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Binaries } from './binaries.ts'
import { closedFolderOnTheWay, type OsUser } from './os-user.ts'
import { birthOf } from '../../process/processes.ts'
import { EmbeddedUnavailable } from './unavailable.ts'

/** What lies in the folder of an embedded server. */
export interface ClusterFolder {
  readonly root: string
  /** PostgreSQL's own. */
  readonly data: string
  /** Of the one database user. */
  readonly password: string
  /** What the server said since its last start; the start before is beside it as `server.log.1`. */
  readonly log: string
  readonly socketFolder: string
  readonly owner: string
}

export const DATABASE_USER = 'parallax'

export function clusterFolder(root: string): ClusterFolder {
  return {
    root,
    data: join(root, 'data'),
    password: join(root, 'password'),
    log: join(root, 'server.log'),
    socketFolder: join(root, 'socket'),
    owner: join(root, 'owner'),
  }
}

/** Half an initialisation never counts: it happens in a folder of another name. */
export function unfinishedFolder(folder: ClusterFolder): string {
  return `${folder.data}.unfinished`
}

/** One Parallax at a time: a second one would stop the first one's server. @throws EmbeddedUnavailable when it is taken */
export async function claim(folder: ClusterFolder): Promise<() => Promise<void>> {
  const mine = `${process.pid} ${birthOf(process.pid) ?? ''}`
  const draft = `${folder.owner}.${process.pid}`
  await writeFile(draft, mine)
  try {
    for (let attempt = 0; attempt < 3; attempt++) {
      if (await isLinked(draft, folder.owner)) return () => rm(folder.owner, { force: true })
      const [pid, birth] = (await readFile(folder.owner, 'utf8').catch(() => '')).split(' ')
      if (pid !== undefined && pid !== '' && birthOf(Number(pid)) === birth) {
        throw new EmbeddedUnavailable(
          `the data folder ${folder.root} is in use by another Parallax (process ${pid})`,
          'Stop that one, or choose another folder: --data',
        )
      }
      await rm(folder.owner, { force: true })
    }
  } finally {
    await rm(draft, { force: true })
  }
  throw new EmbeddedUnavailable(
    `several starts fight for the data folder ${folder.root}`,
    'Start only one Parallax per folder.',
  )
}

async function isLinked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Makes the folders, and the data folder with initdb when there is none yet. @returns the password */
export async function prepare(
  folder: ClusterFolder,
  binaries: Binaries,
  user: OsUser | undefined,
): Promise<string> {
  for (const path of [folder.data, folder.socketFolder]) assertReachable(path, user)
  if (!existsSync(folder.password)) {
    await writeFile(folder.password, randomBytes(24).toString('base64url'), { mode: 0o600 })
  }
  const password = readFileSync(folder.password, 'utf8')
  await ownedFolder(folder.socketFolder, user)
  if (existsSync(folder.data)) assertVersion(folder, binaries)
  else await initialise({ folder, binaries, user, password })
  return password
}

function assertReachable(path: string, user: OsUser | undefined): void {
  const closed = user === undefined ? undefined : closedFolderOnTheWay(path, user)
  if (closed === undefined) return
  throw new EmbeddedUnavailable(
    `the database runs as user ${user?.name}, who may not enter ${closed}`,
    `Allow it (chmod o+x ${closed}), or choose another folder: --data`,
  )
}

function assertVersion(folder: ClusterFolder, binaries: Binaries): void {
  const path = join(folder.data, 'PG_VERSION')
  const major = existsSync(path) ? Number.parseInt(readFileSync(path, 'utf8'), 10) : 'unknown'
  if (major === binaries.majorVersion) return
  throw new EmbeddedUnavailable(
    `${folder.data} belongs to PostgreSQL ${major}; this Parallax brings PostgreSQL ${binaries.majorVersion}`,
    'Carry the data over (docs/operating/database.md), or choose another folder: --data',
  )
}

interface Initialisation {
  readonly folder: ClusterFolder
  readonly binaries: Binaries
  readonly user: OsUser | undefined
  readonly password: string
}

async function initialise({ folder, binaries, user, password }: Initialisation): Promise<void> {
  const unfinished = unfinishedFolder(folder)
  await rm(unfinished, { recursive: true, force: true })
  await ownedFolder(unfinished, user)
  const passwordFile = join(unfinished, '..', 'password.initdb')
  await writeFile(passwordFile, password, { mode: 0o600 })
  if (user !== undefined) await chown(passwordFile, user.uid, user.gid)
  try {
    await run(binaries.initdb, user, [
      `--pgdata=${unfinished}`,
      `--username=${DATABASE_USER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--no-instructions',
    ])
  } finally {
    await rm(passwordFile, { force: true })
  }
  await rename(unfinished, folder.data)
}

/** The environment is bare on purpose: what a shell has set must not change a database. */
export const SERVER_ENVIRONMENT = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }

async function run(
  program: string,
  user: OsUser | undefined,
  args: readonly string[],
): Promise<void> {
  const child = spawn(program, args, {
    ...(user === undefined ? {} : { uid: user.uid, gid: user.gid }),
    cwd: '/',
    env: SERVER_ENVIRONMENT,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-4096)))
  try {
    const [code] = (await once(child, 'close')) as [number | null]
    if (code === 0) return
  } catch (cause) {
    throw cannotRun(program, (cause as Error).message, cause)
  }
  throw cannotRun(program, said.trim())
}

export function cannotRun(program: string, said: string, cause?: unknown): EmbeddedUnavailable {
  const hint = /shared librar|ENOENT|not found|GLIBC/.test(said)
    ? 'A system library is missing, or this system is not one the package was built for (glibc on x64 or arm64).'
    : 'The message above is what PostgreSQL said.'
  return new EmbeddedUnavailable(
    `${program} failed:\n  ${said.replaceAll('\n', '\n  ')}`,
    hint,
    cause,
  )
}

async function ownedFolder(path: string, user: OsUser | undefined): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 })
  if (user !== undefined) await chown(path, user.uid, user.gid)
}
