import { availableParallelism, loadavg } from 'node:os'
import { BUILTIN_OPTIONS, type LoadOptions } from '../../../domain/builtin-options.ts'
import type { ReturnCode } from '../../../domain/state-names.ts'
import { answer, STATE_WORDS, worst } from './answer.ts'
import type { Builtin, BuiltinAnswer } from './builtin.ts'
import { localRun } from './local-run.ts'
import { prepared } from './prepared.ts'

const NAMES = ['load1', 'load5', 'load15'] as const
type Limits = readonly (number | undefined)[]

/** Rule BT50; speaks as check_load does. */
export function createLoad(read: () => readonly number[] = loadavg): Builtin {
  const prepare = prepared(BUILTIN_OPTIONS.load, (options) => ({
    options,
    warning: limitsOf(options.warning),
    critical: limitsOf(options.critical),
  }))
  return {
    start(given, _, done) {
      const { options, warning, critical } = prepare(given)
      return localRun('LOAD', async () => judge(options, read(), warning, critical), done)
    },
  }
}

/** One number is meant for all three. */
function limitsOf(text: string | undefined): Limits {
  const numbers = text === undefined ? [] : text.split(',').map(Number)
  return NAMES.map((_, index) => numbers[index] ?? numbers.at(-1))
}

function judge(
  options: LoadOptions,
  total: readonly number[],
  warning: Limits,
  critical: Limits,
): BuiltinAnswer {
  const cores = options.perCpu ? availableParallelism() : 1
  const scaled = total.map((load) => load / cores)
  const codes = scaled.map((load, index): ReturnCode => {
    if (load > (critical[index] ?? Infinity)) return 2
    return load > (warning[index] ?? Infinity) ? 1 : 0
  })
  const code = codes.reduce(worst, 0)
  const list = (loads: readonly number[]): string => loads.map((load) => load.toFixed(2)).join(', ')
  const said = `total load average: ${list(total)}`
  const perfdata = NAMES.flatMap((name, index) => {
    const limits = `${fixed(warning[index])};${fixed(critical[index])};0;`
    const plain = fixed(total[index])
    if (!options.perCpu) return [`${name}=${plain};${limits}`]
    return [`${name}=${plain};;;0;`, `scaled_${name}=${fixed(scaled[index])};${limits}`]
  })
  return answer(
    code,
    `LOAD ${STATE_WORDS[code]} - ${options.perCpu ? `scaled load average: ${list(scaled)} - ` : ''}${said}`,
    perfdata.join(' '),
  )
}

function fixed(value: number | undefined): string {
  return value === undefined ? '' : value.toFixed(3)
}
