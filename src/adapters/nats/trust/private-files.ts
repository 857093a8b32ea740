import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { chmod, link, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Files that only our user may read, written whole or not at all, power loss included. */

/** Made with its parents, which stay open: the database's own user has to get through them. An existing one is closed to others. */
export async function privateFolder(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await mkdir(path, { recursive: true, mode: 0o700 })
  await chmod(path, 0o700)
}

export async function writePrivate(path: string, text: string): Promise<void> {
  const draft = await draftOf(path, text)
  await rename(draft, path)
  await syncFolder(dirname(path))
}

/** The first one wins. @returns `false` when it was there already, and stays as it was */
export async function writePrivateOnce(path: string, text: string): Promise<boolean> {
  const draft = await draftOf(path, text)
  try {
    await link(draft, path)
    await syncFolder(dirname(path))
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    await rm(draft, { force: true })
  }
}

/** `undefined` when there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

async function draftOf(path: string, text: string): Promise<string> {
  const draft = `${path}.${randomBytes(6).toString('hex')}.unfinished`
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  return draft
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY)
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
