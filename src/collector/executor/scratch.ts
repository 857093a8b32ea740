import { isAscii, isUtf8, type Buffer } from 'node:buffer'
import { randomBytes } from 'node:crypto'
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  readdirSync,
  rmSync,
  statfsSync,
  unlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeMixed } from '../../domain/mixed-text.ts'

/** Files for the output of plugins, in memory where the system has such a place. */
export interface Scratch {
  readonly folder: string
  /** Reads at most the bound and removes the file. `undefined` when there is none. */
  take(path: string): ScratchText | undefined
  /** A file that is not there is no fault. */
  remove(path: string): void
  /** Makes the folder again when somebody has removed it. */
  restore(): void
  close(): void
}

export interface ScratchText {
  readonly text: string
  readonly isCut: boolean
}

const MEMORY = '/dev/shm'
const MEMORY_FREE_MIN_BYTES = 128 * 1_048_576
const NAME = /^parallax-(\d+)-/

/** @param bytesMax bound of what is read of one output */
export function createScratch(buffer: Buffer, parent: string = inMemory()): Scratch {
  removeOrphans(parent)
  const folder = join(parent, `parallax-${process.pid}-${randomBytes(6).toString('hex')}`)
  mkdirSync(folder, { mode: 0o700 })
  return {
    folder,
    take: (path) => {
      let file: number
      try {
        file = openSync(path, constants.O_RDONLY)
      } catch {
        return undefined
      }
      try {
        const length = readSync(file, buffer, 0, buffer.length, 0)
        const isCut = length === buffer.length && fstatSync(file).size > length
        return { text: textOf(buffer.subarray(0, isCut ? wholeLength(buffer) : length)), isCut }
      } finally {
        closeSync(file)
        remove(path)
      }
    },
    remove,
    restore: () => void mkdirSync(folder, { mode: 0o700, recursive: true }),
    close: () => rmSync(folder, { recursive: true, force: true }),
  }
}

function textOf(bytes: Buffer): string {
  if (isAscii(bytes)) return bytes.toString('latin1')
  return isUtf8(bytes) ? bytes.toString('utf8') : decodeMixed(bytes)
}

function remove(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

/** Without the bytes of a UTF-8 sequence that the bound has cut. */
function wholeLength(bytes: Buffer): number {
  let start = bytes.length - 1
  for (let steps = 0; steps < 3 && start > 0 && ((bytes[start] ?? 0) & 0xc0) === 0x80; steps++)
    start--
  return (bytes[start] ?? 0) >= 0xc0 ? start : bytes.length
}

/** A small one, as containers often have, is left to others: plugins that flood would fill it for all. */
function inMemory(): string {
  try {
    accessSync(MEMORY, constants.W_OK)
    const { bavail, bsize } = statfsSync(MEMORY)
    return bavail * bsize >= MEMORY_FREE_MIN_BYTES ? MEMORY : tmpdir()
  } catch {
    return tmpdir()
  }
}

/** Folders of processes that were killed; those of other users are theirs to remove. */
function removeOrphans(parent: string): void {
  for (const name of readdirSync(parent)) {
    const pid = NAME.exec(name)?.[1]
    if (pid === undefined || existsSync(`/proc/${pid}`)) continue
    try {
      rmSync(join(parent, name), { recursive: true, force: true })
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'EACCES' && code !== 'EPERM') throw error
    }
  }
}
