import { open, readFile, rename, stat, type FileHandle } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { createGzip, gunzip } from 'node:zlib'
import { PlanFileDamaged, PlanFileUnavailable, type PlanFile } from '../../collector/plan-file.ts'
import { fields, list, Unreadable } from '../../wire/readers/fields.ts'
import { readPlan } from '../../wire/readers/plan.ts'
import type { Plan } from '../../wire/subjects.ts'

/** Of the file, and of what it unpacks to. */
const PACKED_MAX = 256 * 1024 * 1024
const UNPACKED_MAX = 512 * 1024 * 1024
/** Checks per line: between two lines the event loop has its turn. */
const CHECKS_PER_LINE = 500
const CHECKS_MAX = 2_000_000
const LINE_FEED = 10
/** Fast rather than small. */
const GZIP = { level: 1 }

const unpack = promisify(gunzip)

/**
 * A file of JSON lines, packed by gzip, whose checksum tells a damaged one: what the plan says of itself, then its checks in portions. Only the
 * user of the program may read it, since command lines hold secrets.
 * @param path its folder must exist
 */
export function planFileAt(path: string): PlanFile {
  return {
    load: () => load(path),
    save: (plan) => save(path, plan),
  }
}

async function load(path: string): Promise<Plan | undefined> {
  const packed = await contentOf(path)
  if (packed === undefined) return undefined
  try {
    return planIn(await unpack(packed, { maxOutputLength: UNPACKED_MAX }))
  } catch (error) {
    throw new PlanFileDamaged(`${path}: ${(error as Error).message}`, { cause: error })
  }
}

async function contentOf(path: string): Promise<Buffer | undefined> {
  try {
    const { size } = await stat(path)
    if (size > PACKED_MAX) throw new PlanFileDamaged(`${path} has ${size} bytes`)
    return await readFile(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    if (error instanceof PlanFileDamaged) throw error
    throw new PlanFileUnavailable(`${path}: ${(error as Error).message}`, { cause: error })
  }
}

/** @throws Unreadable, SyntaxError */
function planIn(content: Buffer): Plan {
  const checks: unknown[] = []
  let head: Readonly<Record<string, unknown>> | undefined
  for (let at = 0; at < content.length;) {
    const end = content.indexOf(LINE_FEED, at)
    if (end < 0) throw new Unreadable('the last line has no end')
    const line: unknown = JSON.parse(content.toString('utf8', at, end))
    if (head === undefined) head = fields(line, 'the first line')
    else {
      for (const check of list(line, CHECKS_PER_LINE, 'a line of checks')) checks.push(check)
      if (checks.length > CHECKS_MAX) throw new Unreadable(`more than ${CHECKS_MAX} checks`)
    }
    at = end + 1
  }
  return readPlan({ ...head, checks })
}

async function save(path: string, plan: Plan): Promise<void> {
  const made = `${path}.new`
  try {
    const file = await open(made, 'w', 0o600)
    try {
      await pipeline(Readable.from(linesOf(plan)), createGzip(GZIP), writesTo(file))
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(made, path)
    await syncFolder(dirname(path))
  } catch (error) {
    throw new PlanFileUnavailable(`${basename(path)}: ${(error as Error).message}`, {
      cause: error,
    })
  }
}

function* linesOf({ checks, ...head }: Plan): Iterable<string> {
  yield `${JSON.stringify(head)}\n`
  for (let at = 0; at < checks.length; at += CHECKS_PER_LINE)
    yield `${JSON.stringify(checks.slice(at, at + CHECKS_PER_LINE))}\n`
}

function writesTo(file: FileHandle): (chunks: AsyncIterable<Buffer>) => Promise<void> {
  return async (chunks) => {
    for await (const chunk of chunks) await file.writeFile(chunk)
  }
}

/** The new name survives the loss of power only then. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
