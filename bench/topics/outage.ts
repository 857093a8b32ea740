import { join } from 'node:path'
import { openOutbox } from '../../src/adapters/sqlite/outbox.ts'
import { systemClock } from '../../src/adapters/system/clock.ts'
import { instant } from '../../src/base/instant.ts'
import { silentLog } from '../../src/base/log.ts'
import { serviceCheckId } from '../../src/domain/check-id.ts'
import type { CheckResult } from '../../src/domain/check-result.ts'
import { startNetwork, type TestCollector, type TestHub } from '../../test/services/network.ts'
import { startLink, type CuttableLink } from '../cuttable-link.ts'
import { startResponder } from '../peers/responder.ts'
import { pause, type Report } from '../report.ts'

/** What waits: half an hour of 10,000 services, each every 20 seconds. */
const BACKLOG = Number(process.env['BENCH_BACKLOG'] ?? 900_000)
const HOSTS = 100
const SERVICES = 100
const PER_SECOND = 500
/** As many as a collector of this size writes at once. */
const WRITTEN_AT_ONCE = 12
/** Checks that go on meanwhile, once a second. */
const LIVE_HOSTS = 50
const LIVE_SERVICES = 10
const WITHIN_MS = 900_000
const COLLECTOR = 'east.c1'
const BOOT = 'before-the-restart'

/**
 * A hub that could not be reached for half an hour: the time is compressed, not the volume. Hub, collector, nats-server and PostgreSQL are
 * real and processes of their own; the link is cut, what half an hour leaves is written into the collector's outbox, and the link is mended.
 */
export async function run(report: Report): Promise<void> {
  const responder = await startResponder()
  let link: CuttableLink | undefined
  const network = await startNetwork({
    yaml: yamlOf(responder.tcp),
    hubs: ['hub-a'],
    collectors: [COLLECTOR],
    hubFlags: ['--log-level', 'warn'],
    collectorFlags: ['--log-level', 'warn', '--outbox-max', '4GB'],
    way: async (_, __, port) => (link = await startLink(port)).port,
  })
  try {
    if (link === undefined) throw new Error('there is no link')
    await measure(network.hub('hub-a'), network.collector(COLLECTOR), { link, report })
  } finally {
    await network.stop()
    await link?.cut()
    responder.stop()
  }
}

interface Means {
  readonly link: CuttableLink
  readonly report: Report
}

async function measure(
  hub: TestHub,
  collector: TestCollector,
  { link, report }: Means,
): Promise<void> {
  await hub.sees(1)
  const live = LIVE_HOSTS * LIVE_SERVICES
  await until(async () => (await freshObjects(hub, 'live', 0)) === live, 60_000)
  report.progress(`cut off; ${BACKLOG} results wait in the outbox`)
  await link.cut()
  await collector.process.kill()
  const newestFrom = fill(collector.data)
  const startedAt = Date.now()
  await collector.start()
  report.result('collector_start_s', (Date.now() - startedAt) / 1000, 's')
  await pause(10_000)

  report.progress('the link is whole again')
  const began = performance.now()
  const since = (): number => (performance.now() - began) / 1000
  const backAt = Date.now()
  await link.mend()
  const services = HOSTS * SERVICES
  await until(async () => (await freshObjects(hub, 'h', newestFrom)) === services, WITHIN_MS)
  report.result('fresh_after_s', since(), 's')
  await until(async () => (await freshObjects(hub, 'live', backAt)) === live, WITHIN_MS)
  report.result('live_after_s', since(), 's')
  const lags = await watch(hub, report)
  const took = since()
  report.result('backfill_s', took, 's')
  report.result('backfill_per_s', BACKLOG / took, '/s')
  report.result('live_lag_p99_s', lags[Math.floor(lags.length * 0.99)] ?? Number.NaN, 's')
  report.result('live_lag_max_s', lags.at(-1) ?? Number.NaN, 's')
  const { stored, distinct } = await kept(hub)
  report.result('lost', BACKLOG - distinct, 'results')
  report.result('doubled', stored - distinct, 'results')
  const [missing] = await hub.sql<{ count: string }>(
    `SELECT count(*) FROM object_record JOIN check_name USING (check_no)
     WHERE check_id LIKE 'h%!%' AND record::json ->> 'output' NOT LIKE 'newest%'`,
  )
  report.result('wrong_present', Number(missing?.count), 'services')
}

/** How far the oldest present of the checks that go on was behind, sorted, until all of the backlog is in the database. */
async function watch(hub: TestHub, report: Report): Promise<readonly number[]> {
  const lags: number[] = []
  const end = performance.now() + WITHIN_MS
  for (let look = 0; performance.now() < end; look++) {
    const [oldest] = await hub.sql<{ at: string }>(
      `SELECT min(last_result_at) AS at FROM object_record JOIN check_name USING (check_no) WHERE check_id LIKE 'live%!%'`,
    )
    lags.push((Date.now() - Number(oldest?.at)) / 1000)
    if (look % 20 === 19) {
      const { stored } = await kept(hub)
      report.progress(`  ${stored} of ${BACKLOG} are in the database`)
      if (stored >= BACKLOG) break
    }
    await pause(100)
  }
  return lags.toSorted((a, b) => a - b)
}

async function kept(hub: TestHub): Promise<{ readonly stored: number; readonly distinct: number }> {
  const [row] = await hub.sql<{ stored: string; distinct: string }>(
    `SELECT count(*) AS stored, count(DISTINCT (check_no, at)) AS distinct
     FROM result JOIN check_name USING (check_no) WHERE check_id LIKE 'h%!%'`,
  )
  return { stored: Number(row?.stored), distinct: Number(row?.distinct) }
}

/** Services of hosts whose name begins so, with a result of `from` or later. */
async function freshObjects(hub: TestHub, prefix: string, from: number): Promise<number> {
  const [row] = await hub.sql<{ count: string }>(
    `SELECT count(*) FROM object_record JOIN check_name USING (check_no)
     WHERE check_id LIKE $1 AND last_result_at >= $2`,
    [`${prefix}%!%`, from],
  )
  return Number(row?.count)
}

async function until(claim: () => Promise<boolean>, withinMs: number): Promise<void> {
  const end = performance.now() + withinMs
  while (!(await claim())) {
    if (performance.now() > end) throw new Error(`waited ${withinMs} ms for: ${claim.toString()}`)
    await pause(50)
  }
}

/** Writes the backlog into the outbox of a collector that does not run. Returns when the newest result of each check begins. */
function fill(data: string): number {
  const path = join(data, 'outbox.sqlite')
  const bounds = { bytesMax: 4e9, ageMaxMs: 86_400_000 }
  const outbox = openOutbox({ path, ...bounds, clock: systemClock, log: silentLog })
  const checks = HOSTS * SERVICES
  const from = Date.now() - (BACKLOG / PER_SECOND) * 1000
  for (let first = 1; first <= BACKLOG; first += WRITTEN_AT_ONCE) {
    const count = Math.min(WRITTEN_AT_ONCE, BACKLOG - first + 1)
    outbox.append(Array.from({ length: count }, (_, n) => resultOf(first + n, from)))
  }
  outbox.close()
  return from + ((BACKLOG - checks + 1) / PER_SECOND) * 1000
}

function resultOf(seq: number, from: number): CheckResult {
  const checks = HOSTS * SERVICES
  const place = seq % checks
  const at = instant(from + Math.round((seq * 1000) / PER_SECOND))
  const isNewest = seq > BACKLOG - checks
  return {
    collector: COLLECTOR,
    boot: BOOT,
    seq,
    checkId: serviceCheckId(`h${place % HOSTS}`, `s${Math.floor(place / HOSTS)}`),
    origin: 'passive',
    dueAt: at,
    startedAt: at,
    finishedAt: at,
    outcome: {
      kind: 'exited',
      code: seq % 97 === 0 ? 2 : 0,
      output: `${isNewest ? 'newest' : 'older'} ${seq} OK - this line is about one hundred bytes long, as the output of plugins is`,
      longOutput: '',
      perfdata: `time=${(seq % 1000) / 1000}s;1;2;0;10 size=1234B;;;0 load1=0.15;5;10;0; users=3;20;50;0`,
    },
  }
}

function yamlOf(port: number): string {
  const host = '{ address: 127.0.0.1, cluster: east, checkCommand: passive }'
  const names = (prefix: string, count: number): string[] =>
    Array.from({ length: count }, (_, n) => `${prefix}${n}`)
  const tcp = `{ builtin: tcp, port: ${port} }`
  return [
    'clusters: { east: {} }',
    'hosts:',
    ...[...names('h', HOSTS), ...names('live', LIVE_HOSTS)].map((name) => `  ${name}: ${host}`),
    'apply:',
    ...names('s', SERVICES).map(
      (name) => `  ${name}: { where: { host: 'h*' }, service: { checkCommand: passive } }`,
    ),
    ...names('t', LIVE_SERVICES).map(
      (name) =>
        `  ${name}: { where: { host: 'live*' }, service: { checkInterval: 1s, retryInterval: 1s, checkCommand: ${tcp} } }`,
    ),
    '',
  ].join('\n')
}
