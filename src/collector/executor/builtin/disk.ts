import type { StatsFs } from 'node:fs'
import { readFile, statfs } from 'node:fs/promises'
import { BUILTIN_OPTIONS, type DiskOptions } from '../../../domain/builtin-options.ts'
import type { ReturnCode } from '../../../domain/state-names.ts'
import { answer, shown, STATE_WORDS, worst } from './answer.ts'
import type { Builtin, BuiltinAnswer } from './builtin.ts'
import { localRun } from './local-run.ts'
import { localMounts, mountOf, parseMounts, type Mount } from './mounts.ts'
import { prepared } from './prepared.ts'

/** Rules BT53..BT56; speaks as check_disk does. */
export function createDisk(): Builtin {
  const prepare = prepared(BUILTIN_OPTIONS.disk, (options) => ({
    options,
    warning: freeLimit(options.warning),
    critical: freeLimit(options.critical),
    inodeWarning: Number.parseFloat(options.inodeWarning ?? 'NaN'),
    inodeCritical: Number.parseFloat(options.inodeCritical ?? 'NaN'),
  }))
  const measure = createSpaceReader()
  return {
    start(given, _, done) {
      const plan = prepare(given)
      const work = async (): Promise<BuiltinAnswer> => {
        const mounts = parseMounts(await readFile('/proc/self/mountinfo', 'utf8'))
        const chosen = choose(plan.options, mounts)
        return judge(plan, withoutTwins(await Promise.all(chosen.map(measure))))
      }
      return localRun('DISK', work, done)
    },
  }
}

interface FreeLimit {
  readonly percent: number
  readonly bytes: number
}

interface Plan {
  readonly options: DiskOptions
  readonly warning: FreeLimit
  readonly critical: FreeLimit
  readonly inodeWarning: number
  readonly inodeCritical: number
}

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB']
const BINARY_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']

/** One of the two is NaN and never alerts. */
function freeLimit(text: string): FreeLimit {
  const value = Number.parseFloat(text)
  const unit = text.replace(/^[\d.]+/, '')
  if (unit === '%') return { percent: value, bytes: Number.NaN }
  const factor = unit.includes('i')
    ? 1024 ** BINARY_UNITS.indexOf(unit)
    : 1000 ** UNITS.indexOf(unit)
  return { percent: Number.NaN, bytes: value * factor }
}

interface Chosen {
  readonly path: string
  readonly label: string
}

function choose(options: DiskOptions, mounts: readonly Mount[]): Chosen[] {
  if (options.paths !== undefined) {
    return options.paths.map((path) => ({ path, label: mountOf(mounts, path)?.point ?? path }))
  }
  return localMounts(mounts)
    .filter(
      ({ point, type }) => !options.exclude.includes(point) && !options.excludeTypes.includes(type),
    )
    .map(({ point }) => ({ path: point, label: point }))
}

type Space =
  | { readonly label: string; readonly fault: string }
  | {
      readonly label: string
      readonly fault: undefined
      readonly totalBytes: number
      readonly usedBytes: number
      readonly freeBytes: number
      readonly freePercent: number
      /** 100 where inodes are not counted. */
      readonly freeInodesPercent: number
    }

/** A file system that hangs keeps one thread and no more: until it answers, the next runs say so at once. */
function createSpaceReader(): (chosen: Chosen) => Promise<Space> {
  const open = new Set<string>()
  return async ({ path, label }) => {
    if (open.has(path)) return { label, fault: 'has not answered an earlier question' }
    open.add(path)
    try {
      return spaceOf(label, await statfs(path))
    } catch (error) {
      const { code = 'error' } = error as NodeJS.ErrnoException
      return { label: path, fault: `is not accessible: ${FAULTS[code] ?? code}` }
    } finally {
      open.delete(path)
    }
  }
}

const FAULTS: Readonly<Record<string, string>> = {
  ENOENT: 'No such file or directory',
  EACCES: 'Permission denied',
  EIO: 'Input/output error',
  ESTALE: 'Stale file handle',
}

/** Two paths may lie on one file system. */
function withoutTwins(spaces: readonly Space[]): Space[] {
  const labels = new Set<string>()
  return spaces.filter(({ label }) => !labels.has(label) && labels.add(label))
}

function spaceOf(label: string, stats: StatsFs): Space {
  const { bsize, blocks, bfree, bavail, files, ffree } = stats
  const used = blocks - bfree
  return {
    label,
    fault: undefined,
    totalBytes: blocks * bsize,
    usedBytes: used * bsize,
    freeBytes: bavail * bsize,
    freePercent: used + bavail > 0 ? (bavail / (used + bavail)) * 100 : 100,
    freeInodesPercent: files > 0 ? (ffree / files) * 100 : 100,
  }
}

function judge(plan: Plan, spaces: readonly Space[]): BuiltinAnswer {
  if (spaces.length === 0) return answer(3, 'DISK UNKNOWN - no file system to look at')
  const codes = spaces.map((space) => codeOf(plan, space))
  const code = codes.reduce(worst, 0)
  const said = spaces.map((space) => `${describe(space)};`).join(' ')
  const perfdata = spaces.flatMap((space) => datum(plan, space)).join(' ')
  return answer(code, `DISK ${STATE_WORDS[code]} - free space: ${said}`, perfdata)
}

function codeOf(plan: Plan, space: Space): ReturnCode {
  if (space.fault !== undefined) return 2
  const { freePercent, freeBytes, freeInodesPercent } = space
  const breaks = (limit: FreeLimit, inodePercent: number): boolean =>
    freePercent <= limit.percent || freeBytes <= limit.bytes || freeInodesPercent <= inodePercent
  if (breaks(plan.critical, plan.inodeCritical)) return 2
  return breaks(plan.warning, plan.inodeWarning) ? 1 : 0
}

const MIB = 1024 * 1024

function describe(space: Space): string {
  const label = shown(space.label)
  if (space.fault !== undefined) return `${label} ${space.fault}`
  const inodes = Math.floor(space.freeInodesPercent)
  return `${label} ${Math.floor(space.freeBytes / MIB)}MiB (${Math.floor(space.freePercent)}% inode=${inodes}%)`
}

/** Used bytes; the limits are those of used bytes too, as check_disk writes them. */
function datum(plan: Plan, space: Space): string[] {
  if (space.fault !== undefined) return []
  const { label, totalBytes, usedBytes } = space
  const limit = ({ percent, bytes }: FreeLimit): number =>
    Math.max(
      0,
      Math.floor(totalBytes - (Number.isNaN(bytes) ? (totalBytes * percent) / 100 : bytes)),
    )
  const quoted = /[\s'=]/.test(label) ? `'${label.replaceAll("'", "''")}'` : label
  return [`${quoted}=${usedBytes}B;${limit(plan.warning)};${limit(plan.critical)};0;${totalBytes}`]
}
