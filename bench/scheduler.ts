import { instant } from '../src/base/instant.ts'
import { serviceCheckId } from '../src/domain/check-id.ts'
import type { Check } from '../src/domain/check.ts'
import { createScheduler } from '../src/collector/scheduler/scheduler.ts'
import { createReport } from './report.ts'

/** The pure core alone: 50,000 checks at 5 s are 10,000 runs a second, in steps of 10 ms. Also its memory beside the checks. */
const CHECKS = 50_000
const INTERVAL_MS = 5_000
const STEP_MS = 10
const SECONDS = 120

const report = createReport('scheduler')
const checks = Array.from({ length: CHECKS }, (_, n): Check => {
  const hostName = `host-${Math.floor(n / 10)}`
  const serviceName = `service ${n % 10}`
  return {
    id: serviceCheckId(hostName, serviceName),
    hostName,
    serviceName,
    intervalMs: INTERVAL_MS,
    retryIntervalMs: 1_000,
    maxAttempts: 3,
    timeoutMs: 10_000,
    period: undefined,
    command: { kind: 'builtin', builtin: n % 2 === 0 ? 'tcp' : 'http', options: {} },
  }
})

const memoryOf = (): number => {
  globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

const before = memoryOf()
let now = 1_800_000_000_000
const scheduler = createScheduler()
const appliedAt = performance.now()
scheduler.apply(checks, new Map(), instant(now))
report.result('apply_50k_ms', performance.now() - appliedAt, 'ms')
const again = performance.now()
scheduler.apply([...checks], new Map(), instant(now))
report.result('reapply_50k_ms', performance.now() - again, 'ms')

const running: Check[] = []
const start = (check: Check): boolean => {
  running.push(check)
  return true
}
const step = (): void => {
  now += STEP_MS
  scheduler.run(instant(now), start)
  for (const check of running) scheduler.finish(check.id, 0, instant(now), instant(now))
  running.length = 0
}
for (let warm = 0; warm < 12_000; warm++) step()
const startedBefore = scheduler.counts.started
const cpuBefore = process.cpuUsage()
for (let steps = (SECONDS * 1000) / STEP_MS; steps > 0; steps--) step()
const cpu = process.cpuUsage(cpuBefore)
const tookMs = (cpu.user + cpu.system) / 1000
const runs = scheduler.counts.started - startedBefore
report.result('dues_per_s', (runs / tookMs) * 1000, '/s')
report.result('us_per_due', (tookMs * 1000) / runs, 'us')
if (globalThis.gc === undefined) report.progress('start with --expose-gc to see memory')
else report.result('bytes_per_check', (memoryOf() - before) / CHECKS, 'B')
