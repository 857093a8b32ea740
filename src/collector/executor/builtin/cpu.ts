import { readFile } from 'node:fs/promises'
import type { Clock } from '../../../base/clock.ts'
import { BUILTIN_OPTIONS } from '../../../domain/builtin-options.ts'
import type { BuiltinOptions } from '../../../domain/check.ts'
import { parseRange, stateOf } from '../../../domain/threshold.ts'
import { answer, STATE_WORDS } from './answer.ts'
import type { Builtin, BuiltinAnswer } from './builtin.ts'
import { localRun } from './local-run.ts'
import { prepared } from './prepared.ts'

/** Ticks since the machine started, of all processors together. */
export interface CpuSample {
  readonly user: number
  readonly system: number
  readonly idle: number
  readonly iowait: number
  readonly steal: number
  readonly total: number
}

/** Shorter spans are noise: the first run, and a recheck right behind another, wait this long for a second sample. */
const SPAN_MS = 500

/** The share of time the processors were busy since the same check ran before. Rule BT51. */
export function createCpu(clock: Clock): Builtin {
  const prepare = prepared(BUILTIN_OPTIONS.cpu, ({ warning, critical }) => ({
    warning,
    critical,
    warningRange: warning === undefined ? undefined : parseRange(warning),
    criticalRange: critical === undefined ? undefined : parseRange(critical),
  }))
  const before = new WeakMap<
    BuiltinOptions,
    { readonly atMs: number; readonly sample: CpuSample }
  >()

  const measure = async (options: BuiltinOptions): Promise<readonly [CpuSample, CpuSample]> => {
    const known = before.get(options)
    const isUsable = known !== undefined && clock.monotonicMs() - known.atMs >= SPAN_MS
    const first = isUsable ? known.sample : await readSample()
    if (!isUsable) await clock.sleep(SPAN_MS)
    const sample = await readSample()
    before.set(options, { atMs: clock.monotonicMs(), sample })
    return [first, sample]
  }
  return {
    start(given, _, done) {
      const { warning = '', critical = '', warningRange, criticalRange } = prepare(given)
      const work = async (): Promise<BuiltinAnswer> => {
        const [first, second] = await measure(given)
        const shares = cpuShares(first, second)
        const code = stateOf(shares.used, warningRange, criticalRange)
        const { used, user, system, iowait, steal } = mapped(shares)
        return answer(
          code,
          `CPU ${STATE_WORDS[code]} - ${used}% used (user ${user}%, system ${system}%, waiting for disks ${iowait}%)`,
          `cpu=${used}%;${warning};${critical};0;100 user=${user}%;;;0;100 system=${system}%;;;0;100 ` +
            `iowait=${iowait}%;;;0;100 steal=${steal}%;;;0;100`,
        )
      }
      return localRun('CPU', work, done)
    },
  }
}

async function readSample(): Promise<CpuSample> {
  return parseCpuSample(await readFile('/proc/stat', 'latin1'))
}

/** The first line of /proc/stat. Guests are counted in user time already. */
export function parseCpuSample(stat: string): CpuSample {
  const fields = /^cpu\s+(.*)$/m.exec(stat)?.[1]?.split(/\s+/).map(Number) ?? []
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] =
    fields
  const kernel = system + irq + softirq
  return {
    user: user + nice,
    system: kernel,
    idle,
    iowait,
    steal,
    total: user + nice + kernel + idle + iowait + steal,
  }
}

export interface CpuShares {
  readonly used: number
  readonly user: number
  readonly system: number
  readonly iowait: number
  readonly steal: number
}

/** Per cent of the ticks between two samples; counters that went back (they may, by a little) count as nothing. */
export function cpuShares(first: CpuSample, second: CpuSample): CpuShares {
  const total = Math.max(1, second.total - first.total)
  const share = (of: keyof CpuSample): number =>
    Math.min(100, Math.max(0, ((second[of] - first[of]) / total) * 100))
  const [user, system, iowait, steal] = [
    share('user'),
    share('system'),
    share('iowait'),
    share('steal'),
  ]
  return { used: Math.min(100, user + system + steal), user, system, iowait, steal }
}

function mapped(shares: CpuShares): Readonly<Record<keyof CpuShares, string>> {
  return {
    used: shares.used.toFixed(1),
    user: shares.user.toFixed(1),
    system: shares.system.toFixed(1),
    iowait: shares.iowait.toFixed(1),
    steal: shares.steal.toFixed(1),
  }
}
