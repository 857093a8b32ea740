import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import type { Database } from '../../adapters/postgres/database.ts'
import type { Clock } from '../../base/clock.ts'
import { isoOf } from '../../base/instant.ts'
import { VERSION } from '../../settings/program.ts'
import { BACKUP_FORMAT, type BackupHead } from '../../wire/backup-format.ts'

/** The keys of the installation, by path within their folder. */
export interface TrustFiles {
  read(): Promise<Readonly<Record<string, Uint8Array>>>
}

export interface BackupParts {
  readonly hub: string
  readonly url: string
  readonly database: Pick<Database, 'backup'>
  readonly trust: TrustFiles
  readonly clock: Clock
}

/** The bytes of a backup file. What fails on the way ends it without its last line, and that says that it is not whole. */
export function backupStream(parts: BackupParts): Readable {
  const lines = Readable.from(textOf(parts), { objectMode: false })
  const gzip = createGzip()
  lines.on('error', (error) => gzip.destroy(error))
  gzip.on('close', () => lines.destroy())
  return lines.pipe(gzip)
}

async function* textOf(parts: BackupParts): AsyncGenerator<string> {
  const hash = createHash('sha256')
  let lines = 0
  for await (const item of itemsOf(parts)) {
    const line = `${JSON.stringify(item)}\n`
    hash.update(line)
    lines++
    yield line
  }
  yield `${JSON.stringify({ end: true, lines, sha256: hash.digest('hex') })}\n`
}

async function* itemsOf({ hub, url, database, trust, clock }: BackupParts) {
  const createdAt = isoOf(clock.now())
  const head: BackupHead = {
    parallax: 'backup',
    format: BACKUP_FORMAT,
    program: VERSION,
    hub,
    url,
    createdAt,
  }
  yield head
  for (const [file, bytes] of Object.entries(await trust.read()))
    yield { file, bytes: Buffer.from(bytes).toString('base64') }
  yield* database.backup()
}
