import { readFile } from 'node:fs/promises'
import type { Clock } from '../../../base/clock.ts'
import { BUILTIN_OPTIONS, type ProcessOptions } from '../../../domain/builtin-options.ts'
import { alerts, parseRange, stateOf, type Range } from '../../../domain/threshold.ts'
import { answer, shown, STATE_WORDS } from './answer.ts'
import type { Builtin, BuiltinAnswer } from './builtin.ts'
import { localRun } from './local-run.ts'
import { createPatternTest, type PatternTest } from './pattern.ts'
import { prepared } from './prepared.ts'
import { createProcessTable, type ProcessRow } from './process-table.ts'

interface Plan {
  readonly options: ProcessOptions
  readonly args: PatternTest | undefined
  readonly warning: Range | undefined
  readonly critical: Range | undefined
}

/** Rules BT57..BT58; speaks as check_procs does. */
export function createProcess(clock: Clock): Builtin {
  const prepare = prepared(BUILTIN_OPTIONS.process, planOf)
  const table = createProcessTable(clock)
  return {
    start(given, _, done) {
      const plan = prepare(given)
      const work = async (): Promise<BuiltinAnswer> => {
        const { user } = plan.options
        const uid = user === undefined ? undefined : await uidOf(user)
        return judge(plan, await table(), uid)
      }
      return localRun('PROCS', work, done)
    },
  }
}

/** Whoever names a process and no limit wants it to be there. */
function planOf(given: ProcessOptions): Plan {
  const { warning, critical, metric, args } = given
  const hasLimit = warning !== undefined || critical !== undefined
  const options = hasLimit || metric !== 'count' ? given : { ...given, critical: '1:' }
  return {
    options,
    args: args === undefined ? undefined : createPatternTest(args, ''),
    warning: options.warning === undefined ? undefined : parseRange(options.warning),
    critical: options.critical === undefined ? undefined : parseRange(options.critical),
  }
}

async function uidOf(user: string): Promise<number> {
  if (/^\d+$/.test(user)) return Number(user)
  const line = (await readFile('/etc/passwd', 'utf8'))
    .split('\n')
    .find((entry) => entry.startsWith(`${user}:`))
  if (line === undefined) throw new Error(`there is no user ${shown(user)} on this machine`)
  return Number(line.split(':')[2])
}

/** The kernel keeps 15 characters of a name. */
const NAME_MAX = 15

function judge(plan: Plan, rows: readonly ProcessRow[], uid: number | undefined): BuiltinAnswer {
  const { options } = plan
  const name = options.name?.slice(0, NAME_MAX)
  const others = rows.filter(
    (row) =>
      (name === undefined || row.name === name) &&
      (uid === undefined || row.uid === uid) &&
      (options.state === undefined || options.state.includes(row.state)),
  )
  const isFitting = plan.args?.(others.map((row) => row.args))
  if (plan.args !== undefined && isFitting === undefined) {
    return answer(3, 'PROCS UNKNOWN: the pattern takes too long on the command lines here')
  }
  const fitting = others.filter((_, index) => isFitting?.[index] ?? true)
  const count = fitting.length
  const said = `${count} ${count === 1 ? 'process' : 'processes'}${conditions(options, uid)}`
  const { warning = '', critical = '', metric } = options
  if (metric === 'count') {
    const code = stateOf(count, plan.warning, plan.critical)
    return answer(
      code,
      `PROCS ${STATE_WORDS[code]}: ${said}`,
      `procs=${count};${warning};${critical};0;`,
    )
  }
  const exceeding = (range: Range | undefined): ProcessRow[] =>
    range === undefined ? [] : fitting.filter((row) => alerts(range, valueOf(row, metric)))
  const broken = exceeding(plan.critical)
  const warned = exceeding(plan.warning).filter((row) => !broken.includes(row))
  const code = broken.length > 0 ? 2 : warned.length > 0 ? 1 : 0
  const counts = code === 0 ? '' : `${broken.length} crit, ${warned.length} warn out of `
  return answer(
    code,
    `${metric.toUpperCase()} ${STATE_WORDS[code]}: ${counts}${said}`,
    `procs=${count};;;0; procs_warn=${warned.length};;;0; procs_crit=${broken.length};;;0;`,
  )
}

function valueOf(row: ProcessRow, metric: 'cpu' | 'rss'): number {
  return metric === 'cpu' ? row.cpuPercent : row.rssKib
}

function conditions(options: ProcessOptions, uid: number | undefined): string {
  const { name, args, user, state } = options
  const parts = [
    ...(state === undefined ? [] : [`STATE = ${state}`]),
    ...(uid === undefined ? [] : [`UID = ${uid} (${shown(user ?? '')})`]),
    ...(name === undefined ? [] : [`command name '${shown(name)}'`]),
    ...(args === undefined ? [] : [`args '${shown(args)}'`]),
  ]
  return parts.length === 0 ? '' : ` with ${parts.join(', ')}`
}
