import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import type { BackupOrigin } from '../../adapters/postgres/restore.ts'
import {
  BACKUP_FORMAT,
  backupHead,
  backupLine,
  LINE_MAX,
  type BackupHead,
  type BackupItem,
} from '../../wire/backup-format.ts'

/** The file is no backup that this program can restore; the message says why. */
export class BackupRefused extends Error {
  override readonly name = 'BackupRefused'
}

/** What a backup holds, once it was read whole and found undamaged. */
export interface SoundBackup {
  readonly head: BackupHead
  readonly origin: BackupOrigin
  readonly activations: number
  readonly accounts: number
  readonly files: number
}

/** Reads the whole file and believes nothing of it before its end. @throws BackupRefused */
export async function examineBackup(path: string): Promise<SoundBackup> {
  let head: BackupHead | undefined
  const migrations: { version: number; name: string; checksum: string }[] = []
  const counts = new Map<string, number>()
  let store = ''
  for await (const item of itemsOf(path, (found) => (head = found))) {
    const kind = 'file' in item ? 'file' : item.table
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
    if (!('row' in item)) continue
    if (item.table === 'replica') store = String(item.row['store'])
    if (item.table === 'schema_migration')
      migrations.push({
        version: Number(item.row['version']),
        name: String(item.row['name']),
        checksum: String(item.row['checksum']),
      })
  }
  if (head === undefined || migrations.length === 0 || store === '')
    throw new BackupRefused(`${path} holds no hub`)
  const { hub, url, createdAt } = head
  return {
    head,
    origin: { migrations, store, hub, url, takenAt: Date.parse(createdAt) },
    activations: counts.get('configuration_activation') ?? 0,
    accounts: counts.get('account') ?? 0,
    files: counts.get('file') ?? 0,
  }
}

/**
 * Files and rows, in their order. Only after the last one it is certain that the file is whole.
 * @throws BackupRefused
 */
export async function* itemsOf(
  path: string,
  tellHead: (head: BackupHead) => void = () => undefined,
): AsyncGenerator<BackupItem> {
  const hash = createHash('sha256')
  let lines = 0
  let isWhole = false
  for await (const text of linesOf(path)) {
    if (isWhole) throw new BackupRefused(`${path} is damaged: it goes on after its end`)
    const value = jsonOf(path, text, lines + 1)
    if (lines === 0) tellHead(headOf(path, value))
    else {
      const line = backupLine.safeParse(value)
      if (!line.success) throw new BackupRefused(`${path} is damaged in line ${lines + 1}`)
      if ('end' in line.data) {
        const { lines: count, sha256 } = line.data
        if (count !== lines || sha256 !== hash.digest('hex'))
          throw new BackupRefused(`${path} is damaged: its digest is another one`)
        isWhole = true
        continue
      }
      yield line.data
    }
    lines++
    hash.update(`${text}\n`)
  }
  if (lines === 0) throw new BackupRefused(`${path} is empty`)
  if (!isWhole) throw new BackupRefused(`${path} is cut off: its end is missing`)
}

function headOf(path: string, value: unknown): BackupHead {
  const head = backupHead.safeParse(value)
  if (!head.success) throw new BackupRefused(`${path} is no backup of Parallax`)
  if (head.data.format > BACKUP_FORMAT)
    throw new BackupRefused(
      `${path} was written by Parallax ${head.data.program} in a newer format (${head.data.format}); this one reads up to ${BACKUP_FORMAT}`,
    )
  return head.data
}

function jsonOf(path: string, text: string, line: number): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new BackupRefused(`${path} is damaged in line ${line}`, { cause })
  }
}

async function* linesOf(path: string): AsyncGenerator<string> {
  const source = createReadStream(path)
  const gunzip = createGunzip()
  source.on('error', (error) => gunzip.destroy(error))
  let parts: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of source.pipe(gunzip) as AsyncIterable<Buffer>) {
      let from = 0
      for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
        yield Buffer.concat([...parts, chunk.subarray(from, at)]).toString('utf8')
        parts = []
        length = 0
        from = at + 1
      }
      length += chunk.length - from
      if (length > LINE_MAX) throw new BackupRefused(`${path} is damaged: a line does not end`)
      if (from < chunk.length) parts.push(chunk.subarray(from))
    }
  } catch (error) {
    throw refusalOf(path, error)
  } finally {
    source.destroy()
    gunzip.destroy()
  }
  if (length > 0) throw new BackupRefused(`${path} is cut off: its end is missing`)
}

function refusalOf(path: string, error: unknown): unknown {
  if (error instanceof BackupRefused) return error
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'Z_BUF_ERROR')
    return new BackupRefused(`${path} is cut off: its end is missing`, { cause: error })
  if (code?.startsWith('Z_') === true)
    return new BackupRefused(`${path} is no backup of Parallax, or damaged: ${message}`, {
      cause: error,
    })
  if (code === 'ENOENT') return new BackupRefused(`there is no file ${path}`, { cause: error })
  if (code !== undefined)
    return new BackupRefused(`${path} cannot be read: ${message}`, { cause: error })
  return error
}
