import { readFile } from 'node:fs/promises'
import { BUILTIN_OPTIONS } from '../../../domain/builtin-options.ts'
import { parseRange, stateOf, type Range } from '../../../domain/threshold.ts'
import { answer, STATE_WORDS, worst } from './answer.ts'
import type { Builtin, BuiltinAnswer } from './builtin.ts'
import { localRun } from './local-run.ts'
import { prepared } from './prepared.ts'

interface Limits {
  readonly warning: string
  readonly critical: string
  readonly warningRange: Range | undefined
  readonly criticalRange: Range | undefined
}

function limits(warning = '', critical = ''): Limits {
  return {
    warning,
    critical,
    warningRange: parseRange(warning),
    criticalRange: parseRange(critical),
  }
}

/** What programs cannot have any more: the total without what the kernel calls available. Rule BT52. */
export function createMemory(): Builtin {
  const prepare = prepared(BUILTIN_OPTIONS.memory, (options) => ({
    memory: limits(options.warning, options.critical),
    swap: limits(options.swapWarning, options.swapCritical),
  }))
  return {
    start(given, _, done) {
      const plan = prepare(given)
      const work = async (): Promise<BuiltinAnswer> =>
        judgeMemory(await readFile('/proc/meminfo', 'latin1'), plan.memory, plan.swap)
      return localRun('MEMORY', work, done)
    },
  }
}

const MIB = 1024 * 1024

function judgeMemory(meminfo: string, memory: Limits, swap: Limits): BuiltinAnswer {
  const bytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(meminfo)?.[1] ?? Number.NaN) * 1024
  const total = bytes('MemTotal')
  // Kernels before 3.14 do not say what is available.
  const available = Number.isNaN(bytes('MemAvailable'))
    ? bytes('MemFree') + bytes('Buffers') + bytes('Cached')
    : bytes('MemAvailable')
  if (!(total > 0) || Number.isNaN(available)) throw new Error('/proc/meminfo does not say')
  const used = (1 - available / total) * 100
  const swapTotal = bytes('SwapTotal')
  const swapUsed = swapTotal > 0 ? (1 - bytes('SwapFree') / swapTotal) * 100 : 0
  const code = worst(
    stateOf(used, memory.warningRange, memory.criticalRange),
    stateOf(swapUsed, swap.warningRange, swap.criticalRange),
  )
  const swapSaid = swapTotal > 0 ? `, swap ${swapUsed.toFixed(1)}% used` : ', no swap'
  return answer(
    code,
    `MEMORY ${STATE_WORDS[code]} - ${used.toFixed(1)}% used, ${Math.round(available / MIB)} of ${Math.round(total / MIB)} MiB available${swapSaid}`,
    `used=${used.toFixed(2)}%;${memory.warning};${memory.critical};0;100 available=${available}B;;;0;${total} ` +
      `swap=${swapUsed.toFixed(2)}%;${swap.warning};${swap.critical};0;100`,
  )
}
