import { testExecutor, checkOf } from '../test/run-once.ts'
import { systemClock } from '../src/adapters/system/clock.ts'
import { createReport, median } from './report.ts'
import { spawnLimit } from './peers/spawn-limit.ts'
import { PLUGINS } from './peers/peer.ts'

/** The executor alone, with check_dummy and time-outs armed, beside the C program, in turn. */
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 4)
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3)
const IN_FLIGHT = 16
const report = createReport('executor')

async function rate(): Promise<{ readonly perSecond: number; readonly ownMs: number }> {
  const check = checkOf({ service: 's', line: `${PLUGINS}/check_dummy 0 ok` })
  const job = { check, origin: 'scheduled' as const, dueAt: systemClock.now(), macros: () => ({}) }
  return new Promise((resolve) => {
    let done = 0
    let live = IN_FLIGHT
    const began = performance.now()
    const cpu = process.cpuUsage()
    const executor = testExecutor(() => {
      done++
      if (performance.now() - began < SECONDS * 1000) executor.start(job)
      else if (--live === 0) {
        const { user, system } = process.cpuUsage(cpu)
        const perSecond = (done * 1000) / (performance.now() - began)
        void executor
          .close()
          .then(() => resolve({ perSecond, ownMs: (user + system) / 1000 / done }))
      }
    })
    for (let n = 0; n < IN_FLIGHT; n++) executor.start(job)
  })
}

const limits: number[] = []
const rates: { readonly perSecond: number; readonly ownMs: number }[] = []
for (let round = 1; round <= ROUNDS; round++) {
  report.progress(`round ${round} of ${ROUNDS}`)
  limits.push(spawnLimit([`${PLUGINS}/check_dummy`, '0', 'ok'], SECONDS))
  rates.push(await rate())
}
report.result('limit_per_s', median(limits), '/s')
report.result('checks_per_s', median(rates.map((one) => one.perSecond)), '/s')
report.result('of_limit', median(rates.map((one) => one.perSecond)) / median(limits), 'ratio')
report.result('own_cpu_ms_per_check', median(rates.map((one) => one.ownMs)), 'ms')
