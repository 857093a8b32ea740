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
  /** Reads at most the bound and leaves the file. */
  peek(path: string): ScratchText | undefined
  close(): void
}

export interface ScratchText {
  readonly text: string
  readonly isCut: boolean
}

const NAME = /^parallax-(\d+)-/

/** @param bytesMax bound of what is read of one output */
export function createScratch(buffer: Buffer, parent: string = inMemory()): Scratch {
  removeOrphans(parent)
  const folder = join(parent, `parallax-${process.pid}-${randomBytes(6).toString('hex')}`)
  mkdirSync(folder, { mode: 0o700 })
  const read = (path: string, isRemoved: boolean): ScratchText | undefined => {
    let file: number
    try {
      file = openSync(path, constants.O_RDONLY)
    } catch {
      return undefined
    }
    try {
      const length = readSync(file, buffer, 0, buffer.length, 0)
      const isCut = length === buffer.length && fstatSync(file).size > length
      return { text: textOf(buffer.subarray(0, length)), isCut }
    } finally {
      closeSync(file)
      if (isRemoved) unlinkSync(path)
    }
  }
  return {
    folder,
    take: (path) => read(path, true),
    peek: (path) => read(path, false),
    close: () => rmSync(folder, { recursive: true, force: true }),
  }
}

function textOf(bytes: Buffer): string {
  if (isAscii(bytes)) return bytes.toString('latin1')
  return isUtf8(bytes) ? bytes.toString('utf8') : decodeMixed(bytes)
}

function inMemory(): string {
  try {
    accessSync('/dev/shm', constants.W_OK)
    return '/dev/shm'
  } catch {
    return tmpdir()
  }
}

/** Folders of processes that were killed. */
function removeOrphans(parent: string): void {
  for (const name of readdirSync(parent)) {
    const pid = NAME.exec(name)?.[1]
    if (pid !== undefined && !existsSync(`/proc/${pid}`))
      rmSync(join(parent, name), { recursive: true, force: true })
  }
}
