import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMemoryBus } from '../src/adapters/memory/bus.ts'
import { openOutbox } from '../src/adapters/sqlite/outbox.ts'
import { systemClock } from '../src/adapters/system/clock.ts'
import { silentLog } from '../src/base/log.ts'
import { startCollector } from '../src/collector/collector.ts'
import type { Job } from '../src/collector/ports.ts'
import { serviceCheckId } from '../src/domain/check-id.ts'
import type { Check } from '../src/domain/check.ts'
import { MESSAGE_VERSION, plan, results, watermark } from '../src/wire/subjects.ts'
import { createReport, pause } from './report.ts'

/** Scheduler, loop, outbox and bus, with an executor that ends each check in the next turn and a hub that confirms at once. */
const CHECKS = 20_000
const INTERVAL_MS = 2_000
const SECONDS = 10

const report = createReport('collector_loop')
const folder = mkdtempSync(join(tmpdir(), 'collector-bench-'))
const bus = createMemoryBus()
let taken = 0
let newest = { boot: '', seq: 0 }
bus.subscribe(results('hub', 'bench'), (batch) => {
  taken += batch.results.length
  newest = batch.results.at(-1) ?? newest
})
const confirming = setInterval(() => {
  const { boot, seq } = newest
  void bus.publish(watermark('hub', 'bench'), {
    version: MESSAGE_VERSION,
    collector: 'bench',
    boot,
    seq,
  })
}, 100)
const outcome = {
  kind: 'exited',
  code: 0,
  output: 'TCP OK - 0.008 second response time on 192.0.2.17 port 443',
  longOutput: '',
  perfdata: 'time=0.008s;;;0.000000;10.000000',
} as const

const { clock, log } = { clock: systemClock, log: silentLog }
const outbox = openOutbox({
  path: join(folder, 'outbox.db'),
  bytesMax: 1e9,
  ageMaxMs: 1e9,
  clock,
  log,
})
let jobs: Job[] = []
const collector = await startCollector({
  name: 'bench',
  hubs: ['hub'],
  bus,
  outbox,
  clock,
  log,
  executorFactory: (onFinished) => ({
    slots: 512,
    get running() {
      return jobs.length
    },
    start(job) {
      if (jobs.length === 0)
        setImmediate(() => {
          const ended = jobs
          jobs = []
          const at = clock.now()
          for (const one of ended) onFinished({ job: one, startedAt: at, finishedAt: at, outcome })
        })
      jobs.push(job)
      return true
    },
    close: async () => undefined,
  }),
})
const checks = Array.from({ length: CHECKS }, (_, n): Check => {
  const hostName = `host-${Math.floor(n / 10)}`
  return {
    id: serviceCheckId(hostName, `service ${n % 10}`),
    hostName,
    serviceName: `service ${n % 10}`,
    intervalMs: INTERVAL_MS,
    retryIntervalMs: 1_000,
    maxAttempts: 3,
    timeoutMs: 10_000,
    period: undefined,
    command: { kind: 'builtin', builtin: 'tcp', options: {} },
  }
})
await bus.publish(plan('bench'), {
  version: MESSAGE_VERSION,
  revision: 'bench',
  checks,
  timePeriods: [],
})
await pause(5_000)
const before = { taken, cpu: process.cpuUsage(), at: performance.now() }
await pause(SECONDS * 1000)
const cpu = process.cpuUsage(before.cpu)
const seconds = (performance.now() - before.at) / 1000
const done = taken - before.taken
const { lateP50Ms, lateP99Ms } = collector.stats()
report.result('results_per_s', done / seconds, '/s')
report.result('wanted_per_s', (CHECKS / INTERVAL_MS) * 1000, '/s')
report.result('cpu_us_per_result', (cpu.user + cpu.system) / done, 'us')
report.result('late_p50_ms', lateP50Ms, 'ms')
report.result('late_p99_ms', lateP99Ms, 'ms')
clearInterval(confirming)
await collector.stop()
await bus.close()
rmSync(folder, { recursive: true })
