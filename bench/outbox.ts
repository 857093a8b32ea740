import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openOutbox } from '../src/adapters/sqlite/outbox.ts'
import { systemClock } from '../src/adapters/system/clock.ts'
import { silentLog } from '../src/base/log.ts'
import { someResults } from '../test/results.ts'
import { createReport } from './report.ts'

/** Appending in batches as large as the loop's and releasing every fourth, as a hub's watermark does. On the disk of the temporary folder. */
const report = createReport('outbox')
const BATCHES = 800
const folder = mkdtempSync(join(tmpdir(), 'outbox-bench-'))
const outbox = openOutbox({
  path: join(folder, 'outbox.db'),
  bytesMax: 1e9,
  ageMaxMs: 1e9,
  clock: systemClock,
  log: silentLog,
})
for (const size of [500, 20]) {
  const boot = `boot-${size}`
  const batches = Array.from({ length: BATCHES }, (_, n) =>
    someResults(boot, n * size + 1, n * size + size),
  )
  const appendMs: number[] = []
  const cpuBefore = process.cpuUsage()
  const began = performance.now()
  for (const [n, batch] of batches.entries()) {
    const at = performance.now()
    outbox.append(batch)
    appendMs.push(performance.now() - at)
    if (n % 4 === 3) outbox.release(boot, (n + 1) * size)
  }
  const tookMs = performance.now() - began
  const { user, system } = process.cpuUsage(cpuBefore)
  appendMs.sort((a, b) => a - b)
  report.result(`results_per_s_batch_${size}`, ((BATCHES * size) / tookMs) * 1000, '/s')
  report.result(`cpu_us_per_result_batch_${size}`, (user + system) / (BATCHES * size), 'us')
  report.result(`append_p50_ms_batch_${size}`, appendMs[BATCHES / 2] ?? Number.NaN, 'ms')
  report.result(`append_p99_ms_batch_${size}`, appendMs[BATCHES * 0.99] ?? Number.NaN, 'ms')
}
outbox.close()
rmSync(folder, { recursive: true })
