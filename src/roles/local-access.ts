import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** How commands of the same user on the same machine reach this hub without a sign-in. */
export interface LocalAccess {
  readonly url: string
  readonly token: string
}

export const LOCAL_ACCESS_FILE = 'local-access.json'

/** Readable by this user only; replaced in one step, so that nobody reads half of it. */
export function writeLocalAccess(data: string, access: LocalAccess): void {
  const path = join(data, LOCAL_ACCESS_FILE)
  rmSync(`${path}.new`, { force: true })
  writeFileSync(`${path}.new`, JSON.stringify(access), { mode: 0o600, flag: 'wx' })
  renameSync(`${path}.new`, path)
}
