import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { restoreDatabase } from '../../adapters/postgres/restore.ts'
import { takeDataFolder } from '../../adapters/system/data-folder.ts'
import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import { keepHubName } from '../hub-name.ts'
import { BackupRefused, examineBackup, itemsOf, type SoundBackup } from './read-backup.ts'
import { writeTrustFile } from './trust-files.ts'

export interface RestoreOrder {
  readonly file: string
  /** Empty, or not there yet. */
  readonly data: string
  readonly databaseUrl: string | undefined
  /** `undefined`: the hub takes the place of the one that the backup is of. */
  readonly name: string | undefined
  readonly clock: Clock
  readonly log: Log
  /** Says what takes a moment, for a person who waits. */
  readonly progress: (text: string) => void
}

export interface Restored extends SoundBackup {
  readonly name: string
}

/**
 * Makes the data folder of a hub from a backup of another. Nothing is left behind when it fails.
 * @throws BackupRefused, SchemaRefused, DatabaseNotEmpty, DatabaseInUse, DataFolderInUse, EmbeddedUnavailable, StoreUnavailable
 */
export async function restoreHub(order: RestoreOrder): Promise<Restored> {
  const { file, data, databaseUrl, clock, log, progress } = order
  progress(`reading ${file}`)
  const sound = await examineBackup(file)
  await assertEmpty(data)
  const name = order.name ?? sound.head.hub
  const folder = takeDataFolder(data)
  try {
    progress('filling the database')
    const database = { url: databaseUrl, folder: join(data, 'postgres'), clock, log }
    await restoreDatabase(database, name, sound.origin, () => rowsOf(file))
    progress('writing the keys of the installation')
    for await (const item of itemsOf(file)) {
      if ('file' in item)
        await writeTrustFile(join(data, 'trust'), item.file, Buffer.from(item.bytes, 'base64'))
    }
    await keepHubName(data, name)
  } catch (error) {
    for (const made of ['postgres', 'trust', 'hub-name'])
      await rm(join(data, made), { recursive: true, force: true })
    throw refusalOf(file, error)
  } finally {
    folder.release()
  }
  return { ...sound, name }
}

/** Rows and files that do not fit, of a backup whose digest is right: somebody made it by hand. */
function refusalOf(file: string, error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === undefined || !/^(EEXIST|(22|23|42)[0-9A-Z]{3})$/.test(code)) return error
  return new BackupRefused(`${file} holds what cannot be restored: ${message}`, { cause: error })
}

async function* rowsOf(file: string) {
  for await (const item of itemsOf(file)) if ('row' in item) yield item
}

async function assertEmpty(data: string): Promise<void> {
  const found = await readdir(data).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  const [first] = found
  if (first !== undefined)
    throw new BackupRefused(`the folder ${data} is not empty (${first}): a restore fills a new one`)
}
