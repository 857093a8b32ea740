import { existsSync } from 'node:fs'
import { chmod, mkdir, open, readdir, readFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import type { TrustFiles } from './write-backup.ts'

/** More than the trust of any installation. */
const FILES_MAX = 100_000
const BYTES_MAX = 1024 * 1024

/** The trust folder of a hub; nothing where there is none. Unfinished files and those of single servers stay behind. */
export function trustFilesIn(folder: string): TrustFiles {
  return {
    async read() {
      if (!existsSync(folder)) return {}
      const found = await readdir(folder, { recursive: true, withFileTypes: true })
      const files = found.filter((entry) => entry.isFile() && !entry.name.endsWith('.unfinished'))
      if (files.length > FILES_MAX) throw new Error(`${folder} has more than ${FILES_MAX} files`)
      const read = await Promise.all(
        files.map(async ({ parentPath, name }) => {
          const path = join(parentPath, name)
          const bytes = await readFile(path)
          if (bytes.length > BYTES_MAX) throw new Error(`${path} is too large for a key`)
          return [relative(folder, path).split(sep).join('/'), bytes] as const
        }),
      )
      return Object.fromEntries(read)
    },
  }
}

/** Written for our user alone, on the disk when it resolves. */
export async function writeTrustFile(
  folder: string,
  file: string,
  bytes: Uint8Array,
): Promise<void> {
  const path = join(folder, ...file.split('/'))
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await chmod(folder, 0o700)
  const written = await open(path, 'wx', 0o600)
  try {
    await written.writeFile(bytes)
    await written.sync()
  } finally {
    await written.close()
  }
}
