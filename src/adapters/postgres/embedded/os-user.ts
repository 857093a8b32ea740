import { readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { EmbeddedUnavailable } from './unavailable.ts'

/** Who runs the server. `undefined` ids mean: whoever we are. */
export interface OsUser {
  readonly uid: number
  readonly gid: number
  readonly name: string
}

/**
 * PostgreSQL refuses to run as root, so root hands it to the owner of the existing data folder, else to `postgres`, else to `nobody`:
 * users that are there already, because a monitor should not add users to a machine.
 * @returns `undefined` when we are not root: the server runs as ourselves
 */
export function serverUser(existingDataFolder: string | undefined): OsUser | undefined {
  if (process.getuid?.() !== 0) return undefined
  const users = usersOf(readFileSync('/etc/passwd', 'utf8'))
  if (existingDataFolder !== undefined) {
    const { uid, gid } = statSync(existingDataFolder)
    if (uid !== 0)
      return { uid, gid, name: users.find((user) => user.uid === uid)?.name ?? `${uid}` }
  }
  const found = ['postgres', 'nobody']
    .map((name) => users.find((user) => user.name === name && user.uid !== 0))
    .find((user) => user !== undefined)
  if (found !== undefined) return found
  throw new EmbeddedUnavailable(
    'PostgreSQL refuses to run as root, and this machine has neither a user postgres nor nobody',
    'Add one (useradd --system postgres), or start Parallax as an ordinary user.',
  )
}

export function usersOf(passwd: string): OsUser[] {
  return passwd.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':')
    if (name === undefined || name === '' || gid === undefined) return []
    return [{ name, uid: Number(uid), gid: Number(gid) }]
  })
}

/** The nearest folder on the way to `path` that this user may not enter; `undefined` when the whole way is open. */
export function closedFolderOnTheWay(path: string, user: OsUser): string | undefined {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const { mode, uid, gid } = statSync(folder)
    const needed = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001
    if ((mode & needed) === 0) return folder
    if (folder === dirname(folder)) return undefined
  }
}
