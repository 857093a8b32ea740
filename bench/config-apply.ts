import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { eventually, makePlace, startProgram, type Program } from '../test/services/program.ts'
import { startTestDatabase } from '../test/services/postgres.ts'
import { checkNameOf, type CheckId } from '../src/domain/check-id.ts'
import type { PlanAnswer } from '../src/wire/api/configuration.ts'
import { measureLateness, type Lateness } from './lateness.ts'
import { writeNagiosSite } from './nagios-files.ts'
import { median, pause, type Report } from './report.ts'
import { createSite, type Site } from './site.ts'
import { mustEnd, runParallax } from './whole-commands.ts'
import { storedResults } from './whole-system.ts'

const INTERVAL_SECONDS = 300
/** So many services are checked every second, so that a pause of the collector shows at once. */
const BUSY_HOSTS = 200
/** First runs of new checks are spread over 300 s; after that each runs in its slots. */
const WARM_UP_MS = Number(process.env['BENCH_WARM_UP_S'] ?? 310) * 1000
const QUIET_MS = 20_000
/** After an apply, for what it leaves behind. */
const AFTER_MS = 10_000
const PLANS = 5

/**
 * The site is monitored with a plugin that answers at once: 200 services every second, the others every 5 minutes. One host is
 * changed, planned and applied; then 10,000 services. Checks that are not changed must not notice.
 */
export async function measureApplies(report: Report, hostCount: number): Promise<void> {
  const place = makePlace('')
  const site = createSite(hostCount)
  const main = writeNagiosSite(place.folder, site, {
    dummy: '/bin/true $ARG1$',
    intervalSeconds: INTERVAL_SECONDS,
    busyHosts: BUSY_HOSTS,
  })
  const database = await startTestDatabase()
  const flags = ['--log-level', 'error', '--database-url', database.url]
  const program = await startProgram({ ...place, config: main }, flags)
  const during = async (what: string, happens: () => Promise<number>): Promise<Measured> => {
    const from = Date.now()
    const seconds = await happens()
    await stored(program)
    const lateness = await measureLateness(database.url, {
      from,
      until: Date.now(),
      intervalMsOf: intervalOf(site),
    })
    report.progress(told(what, seconds, lateness))
    return { seconds, lateMs: lateness.worstMs }
  }
  const apply = async (): Promise<number> => {
    const words = ['apply', '--yes', '--timeout', '120s']
    const seconds = await mustEnd(runParallax(words, place.data), 'apply')
    await pause(AFTER_MS)
    return seconds
  }
  try {
    report.progress(`monitoring; ${WARM_UP_MS / 1000} s to warm up`)
    await pause(WARM_UP_MS)
    const quiet = await during('nothing happens', () => pause(QUIET_MS).then(() => 0))
    changeOneHost(place.folder, site)
    const plans: number[] = []
    for (let n = 0; n <= PLANS; n++) plans.push(await planOneHost(program))
    const command = ['plan', '--detailed-exitcode']
    const commandSeconds = await mustEnd(runParallax(command, place.data), 'plan', 2)
    const one = await during('one host is applied', apply)
    changeManyServices(place.folder)
    const many = await during('two services of every host are applied', apply)
    report.result('plan_s', median(plans.slice(1)), 's')
    report.result('plan_first_after_start_s', plans[0] ?? Number.NaN, 's')
    report.result('plan_command_s', commandSeconds, 's')
    report.result('apply_one_host_s', one.seconds, 's')
    report.result('apply_10k_services_s', many.seconds, 's')
    report.result('apply_delay_max_s', Math.max(one.lateMs, many.lateMs) / 1000, 's')
    report.result('quiet_delay_max_s', quiet.lateMs / 1000, 's')
  } finally {
    await program.stop()
    await database.close()
    place.remove()
  }
}

/** From the question to the hub's answer; `parallax plan` is this and the start of a process. */
async function planOneHost(program: Program): Promise<number> {
  const began = performance.now()
  const plan = await program.api<PlanAnswer>('/api/v1/configuration/plan', {
    method: 'POST',
    body: '{}',
  })
  const changed = plan.changes.map(({ kind, changed: count }) => `${count} ${kind}`).join()
  if (changed !== '1 host') throw new Error(`the plan changes ${changed}, not one host`)
  return (performance.now() - began) / 1000
}

interface Measured {
  readonly seconds: number
  readonly lateMs: number
}

const told = (what: string, seconds: number, { results, worstMs, p99Ms, worstCheck }: Lateness) =>
  `${what}${seconds === 0 ? '' : ` in ${seconds.toFixed(2)} s`}: ${results} results, ` +
  `99 % less than ${p99Ms.toFixed(0)} ms late, worst ${worstMs.toFixed(0)} ms (${worstCheck})`

/** Services that `changeManyServices` changes. */
const CHANGED = new Set(['Load', 'Disk /'])

/** Of checks that stay as they are. */
function intervalOf(site: Site): (checkId: string) => number | undefined {
  const busy = new Set(site.hosts.slice(0, BUSY_HOSTS).map((host) => host.name))
  const changed = changedHost(site).name
  return (checkId) => {
    const { host, service } = checkNameOf(checkId as CheckId)
    if (host === changed || CHANGED.has(service ?? '')) return undefined
    return service === 'Backup port' && busy.has(host) ? 1000 : INTERVAL_SECONDS * 1000
  }
}

const changedHost = (site: Site) => site.hosts.at(-1) as Site['hosts'][number]

function edit(path: string, change: (text: string) => string): void {
  const before = readFileSync(path, 'utf8')
  const after = change(before)
  if (after === before) throw new Error(`${path} did not change`)
  writeFileSync(path, after)
}

function changeOneHost(folder: string, site: Site): void {
  const { place, address } = changedHost(site)
  const file = join(folder, 'objects', place.name, 'hosts-2.cfg')
  edit(file, (text) => text.replace(address, '192.0.2.1'))
}

/** What the services `Load` and `Disk /` of all hosts are told: two of every host. */
function changeManyServices(folder: string): void {
  edit(join(folder, 'objects', 'services.cfg'), (text) =>
    text.replace('check_load!5.0', 'check_load!6.0').replace('check_disk!20%', 'check_disk!25%'),
  )
}

/** Until the database has caught up with what has been checked so far. */
async function stored(program: Program): Promise<void> {
  const before = await storedResults(program)
  await eventually(async () => ((await storedResults(program)) > before ? true : undefined))
}
