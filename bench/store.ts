import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPool } from '../src/adapters/postgres/connection.ts'
import { openDatabase } from '../src/adapters/postgres/database.ts'
import { startEmbedded } from '../src/adapters/postgres/embedded.ts'
import { systemClock } from '../src/adapters/system/clock.ts'
import { silentLog } from '../src/base/log.ts'
import { createReport } from './report.ts'
import { copyEffectsOnly, effectsOf } from './store-effects.ts'

/** Commits alone: 5,000 checks with 110 bytes of output and four values each, 2,000 results a commit, embedded PostgreSQL, durable. */
const CHECKS = 5_000
const BATCH = 2_000
const SECONDS = 8
const RECORDS = 50_000

const report = createReport('store')
const folder = await mkdtemp(join(tmpdir(), 'parallax-bench-'))
const began = performance.now()
const server = await startEmbedded({ folder, clock: systemClock, log: silentLog })
report.result('first_start_ms', performance.now() - began, 'ms')
const database = await openDatabase({
  url: server.url,
  folder,
  retention: { resultsDays: 30, seriesDays: 400 },
  clock: systemClock,
  log: silentLog,
})
try {
  let seq = 1
  const next = (checks: number) => {
    const effects = effectsOf({ checks, from: seq, count: BATCH, at: systemClock.now() })
    seq += BATCH
    return effects
  }
  report.progress('warming up')
  for (let n = 0; n < 20; n++) await database.store.commit(next(CHECKS))

  report.progress(`committing for ${SECONDS} s`)
  const serverBefore = serverCpuMs(server.pid())
  const spent = { makingMs: 0, cpuUs: 0, wallMs: 0, worstMs: 0, results: 0 }
  while (spent.wallMs < SECONDS * 1_000) {
    const effects = next(CHECKS)
    const cpu = process.cpuUsage()
    const at = performance.now()
    await database.store.commit(effects)
    const tookMs = performance.now() - at
    const used = process.cpuUsage(cpu)
    spent.cpuUs += used.user + used.system
    spent.wallMs += tookMs
    spent.worstMs = Math.max(spent.worstMs, tookMs)
    spent.results += BATCH
  }
  report.result('results_per_s', (spent.results / spent.wallMs) * 1_000, '/s')
  report.result('node_cpu_us_per_result', spent.cpuUs / spent.results, 'us')
  const serverMs = serverCpuMs(server.pid()) - serverBefore
  report.result('server_cpu_us_per_result', (serverMs * 1_000) / spent.results, 'us')
  report.result('worst_commit_ms', spent.worstMs, 'ms')

  const limit = await copyLimit(server.url)
  report.result('copy_limit_per_s', limit, '/s')
  report.result('of_copy_limit', spent.results / spent.wallMs / (limit / 1_000), 'ratio')

  report.progress(`${RECORDS} records`)
  for (let n = 0; n < RECORDS / BATCH; n++) await database.store.commit(next(RECORDS))
  const loading = performance.now()
  const loaded = (await database.store.loadRecords()).length
  report.result('load_50k_ms', performance.now() - loading, 'ms')
  if (loaded < RECORDS) throw new Error(`only ${loaded} records came back`)
} finally {
  await database.close()
  await server.stop()
  const again = performance.now()
  const second = await startEmbedded({ folder, clock: systemClock, log: silentLog })
  report.result('later_start_ms', performance.now() - again, 'ms')
  await second.stop()
  await rm(folder, { recursive: true, force: true })
}

/** What the same rows cost when nothing else is stored: one COPY and one COMMIT per batch into a table with the same index. */
async function copyLimit(url: string): Promise<number> {
  const pool = createPool(url, {
    name: 'bench',
    max: 1,
    statementTimeoutMs: 60_000,
    isReadOnly: false,
  })
  const client = await pool.connect()
  await client.query(`CREATE TABLE copied (LIKE result); CREATE INDEX ON copied (check_no, at)`)
  let rows = 0
  const at = performance.now()
  while (performance.now() - at < 4_000) {
    await copyEffectsOnly(client, 'copied', {
      checks: CHECKS,
      from: rows + 1,
      count: BATCH,
      at: systemClock.now(),
    })
    rows += BATCH
  }
  const perSecond = (rows / (performance.now() - at)) * 1_000
  client.release()
  await pool.end()
  return perSecond
}

/** Of the postmaster and its children; ended children are in the postmaster's own sums. Linux counts in hundredths of a second. */
function serverCpuMs(pid: number): number {
  let ticks = 0
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const fields = statOf(name)
    if (fields === undefined || (Number(name) !== pid && Number(fields[1]) !== pid)) continue
    ticks += Number(fields[11]) + Number(fields[12])
    if (Number(name) === pid) ticks += Number(fields[13]) + Number(fields[14])
  }
  return ticks * 10
}

function statOf(pid: string): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}
