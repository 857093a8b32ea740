import {
  outcomesOf,
  spreadOf,
  summaryOf,
  type Failure,
  type HostOutcome,
} from '../../src/cli/drill/continuity.ts'
import { executionsOf } from '../../test/services/executions.ts'
import {
  startNetwork,
  type Network,
  type TestCollector,
  type TestHub,
} from '../../test/services/network.ts'
import { startLink, type CuttableLink } from '../cuttable-link.ts'
import { hasIcinga } from '../peers/icinga-daemon.ts'
import { hangIcinga, type HangOfIcinga } from '../peers/icinga-pair.ts'
import { pause, type Report } from '../report.ts'

const HOSTS = 1_000
const INTERVAL_MS = 60_000
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 1)
const COLLECTORS = ['east.c1', 'east.c2', 'east.c3'] as const
/** A failure lasts so long. */
const HOLD_MS = 20_000
/** Everything was run once more by who has it now, and is in the database. */
const ROUND_MS = INTERVAL_MS + 5_000
/** A missed interval is seen after one and a half. */
const AFTER_MS = 1.6 * INTERVAL_MS

/** One of three collectors with 1,000 hosts fails in every way: when each of its hosts is checked again, beside two nodes of Icinga 2. */
export async function run(report: Report): Promise<void> {
  const peer = measurePeer(report)
  peer.catch(() => undefined) // waited for at the end
  const links = new Map<string, CuttableLink>()
  const network = await startNetwork({
    yaml: yamlOf(),
    hubs: ['hub-a'],
    collectors: COLLECTORS,
    hubFlags: ['--log-level', 'warn'],
    collectorFlags: ['--log-level', 'warn'],
    async way(collector, _, port) {
      const link = await startLink(port)
      links.set(collector, link)
      return link.port
    },
  })
  try {
    const hung = await measure(network, links, report)
    const icinga = await peer
    if (icinga === undefined) return
    const theirs = spreadOf(icinga.takeoversMs)
    report.result('icinga2_hang_median_s', (theirs?.medianMs ?? Number.NaN) / 1000, 's')
    report.result('icinga2_hang_p95_s', (theirs?.p95Ms ?? Number.NaN) / 1000, 's')
    report.result('icinga2_hang_left_alone', icinga.leftAlone, 'hosts')
    report.result('vs_icinga2_hang', (theirs?.p95Ms ?? Number.NaN) / hung, 'ratio')
  } finally {
    await network.stop()
    for (const link of links.values()) await link.cut()
  }
}

async function measurePeer(report: Report): Promise<HangOfIcinga | undefined> {
  if (hasIcinga()) return hangIcinga(HOSTS, INTERVAL_MS / 1000)
  report.progress('Icinga 2 is not installed (apt-get install icinga2-bin): measured without it')
  return undefined
}

/** Returns the p95 of a hung collector, in ms. */
async function measure(
  network: Network,
  links: ReadonlyMap<string, CuttableLink>,
  report: Report,
): Promise<number> {
  const hub = network.hub('hub-a')
  report.progress('three collectors share the hosts; each is checked once')
  await hub.sees(COLLECTORS.length)
  await pause(2 * ROUND_MS)
  const ways: Readonly<Record<'kill' | 'hang' | 'cut', Way>> = {
    kill: { fail: ({ process }) => process.kill(), mend: (collector) => collector.start() },
    hang: {
      fail: ({ process }) => process.signal('SIGSTOP'),
      mend: ({ process }) => process.signal('SIGCONT'),
    },
    cut: {
      fail: async ({ id }) => links.get(id)?.hold(),
      mend: async ({ id }) => links.get(id)?.release(),
    },
  }
  const p95 = { kill: Number.NaN, hang: Number.NaN, cut: Number.NaN }
  const all: HostOutcome[] = []
  for (const [name, way] of Object.entries(ways) as [keyof typeof ways, Way][]) {
    const hosts: HostOutcome[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const victim = network.collectors[round % COLLECTORS.length] as TestCollector
      report.progress(`${name} ${victim.id}`)
      hosts.push(...(await failed(hub, victim, way)))
    }
    all.push(...hosts)
    const { recheck, moved, leftAlone } = summaryOf(hosts)
    report.result(`${name}_moved`, moved, 'hosts')
    report.result(`${name}_left_alone`, leftAlone, 'hosts')
    report.result(`${name}_median_s`, (recheck?.medianMs ?? Number.NaN) / 1000, 's')
    report.result(`${name}_p95_s`, (recheck?.p95Ms ?? Number.NaN) / 1000, 's')
    report.result(`${name}_max_s`, (recheck?.maxMs ?? Number.NaN) / 1000, 's')
    p95[name] = recheck?.p95Ms ?? Number.NaN
  }
  const sudden = summaryOf(all)
  report.result('failures_missed', sudden.missed, 'intervals')
  report.result('failures_doubled', sudden.doubled, 'checks')
  report.progress('drained and back, then stopped in order and started again')
  const planned = summaryOf(await inOrder(hub, network.collectors))
  report.result('drain_missed', planned.missed, 'intervals')
  report.result('drain_doubled', planned.doubled, 'checks')
  return p95.hang
}

interface Way {
  fail(collector: TestCollector): Promise<void>
  mend(collector: TestCollector): Promise<void>
}

/** From the failure of this collector until it has its hosts again for an interval. */
async function failed(
  hub: TestHub,
  victim: TestCollector,
  way: Way,
): Promise<readonly HostOutcome[]> {
  const at = Date.now()
  await way.fail(victim)
  await pause(HOLD_MS)
  const undoneAt = Date.now()
  await way.mend(victim)
  await hub.sees(COLLECTORS.length)
  await pause(ROUND_MS)
  return outcomes(hub, { collector: victim.id, at, isInOrder: false, undoneAt })
}

async function inOrder(
  hub: TestHub,
  [drained, stopped]: readonly TestCollector[],
): Promise<readonly HostOutcome[]> {
  if (drained === undefined || stopped === undefined) return []
  const at = Date.now()
  const order = (kind: string): Promise<unknown> =>
    hub.api(`/api/v1/collectors/${drained.id}/orders`, {
      method: 'POST',
      body: JSON.stringify({ kind }),
    })
  await order('drain')
  while ((await hub.api<{ hosts: number }>(`/api/v1/collectors/${drained.id}`)).hosts > 0)
    await pause(250)
  await pause(HOLD_MS)
  await order('uncordon')
  await hub.sees(COLLECTORS.length)
  await pause(HOLD_MS)
  await stopped.process.signal('SIGTERM')
  await pause(HOLD_MS)
  await stopped.start()
  await hub.sees(COLLECTORS.length)
  await pause(AFTER_MS)
  return outcomes(hub, { collector: undefined, at, isInOrder: true, undoneAt: undefined })
}

/** On its way from the end of a check into the database. */
const ON_THE_WAY_MS = 2_000

async function outcomes(hub: TestHub, failure: Failure): Promise<readonly HostOutcome[]> {
  const until = Date.now() - ON_THE_WAY_MS
  const byCheck = await executionsOf(hub, failure.at - 2 * ROUND_MS)
  const rhythm = { intervalMs: INTERVAL_MS, retryIntervalMs: INTERVAL_MS }
  const rhythms = new Map([...byCheck.keys()].map((id) => [id, rhythm]))
  return outcomesOf({ executions: [...byCheck.values()].flat(), rhythms, until }, failure)
}

function yamlOf(): string {
  const host = `{ cluster: east, checkInterval: ${INTERVAL_MS / 1000}s, retryInterval: ${INTERVAL_MS / 1000}s, checkCommand: say }`
  return [
    'commands: { say: { line: echo fine } }',
    'clusters: { east: {} }',
    'hosts:',
    ...Array.from({ length: HOSTS }, (_, n) => `  h${n}: ${host}`),
    '',
  ].join('\n')
}
