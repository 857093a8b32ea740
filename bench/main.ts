import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { createReport, type Report } from './report.ts'

/** What can be measured; each in a file of its own, with what it is measured against in the same run. */
const TOPICS: Readonly<
  Record<
    string,
    readonly [what: string, load: () => Promise<{ run(report: Report): Promise<void> }>]
  >
> = {
  plugins: [
    'plugin checks per second through the whole system, beside Nagios 4, Icinga 2 and a C program',
    () => import('./topics/plugins.ts'),
  ],
  builtin: [
    'built-in tcp and http checks per second and core through the whole system',
    () => import('./topics/builtin.ts'),
  ],
  intake: [
    'passive results per second until they are in the database, beside Icinga 2',
    () => import('./topics/intake.ts'),
  ],
  fleet: [
    'memory and start with 50,000 services, beside Nagios 4 and Icinga 2',
    () => import('./topics/fleet.ts'),
  ],
  config: [
    '50,000 services in Nagios files: load, plan and apply, beside Nagios 4 and Icinga 2',
    () => import('./topics/config.ts'),
  ],
  outage: [
    'a backlog of 900,000 results: when the present is right again, and when all of them are in the database',
    () => import('./topics/outage.ts'),
  ],
  flow: [
    'results per second from a collector over NATS and a hub into PostgreSQL',
    () => import('./topics/flow.ts'),
  ],
  truth: [
    'the decision about what several observers see: how right it is in simulated worlds, beside the rules of others; results per second and core, memory',
    () => import('./topics/truth.ts'),
  ],
  takeover: [
    'one of three collectors is killed, hangs, is cut off, is drained: until its hosts are checked again, beside Icinga 2',
    () => import('./topics/takeover.ts'),
  ],
  rsmon: [
    '700 hosts and 7,000 services a minute: CPU and lateness, beside Nagios 4',
    () => import('./topics/rsmon.ts'),
  ],
}

/** Parts alone, each a program of its own: they start nothing but themselves. */
const PARTS: Readonly<Record<string, string>> = {
  builtins: 'built-in tcp and http checks without the rest, beside bare sockets',
  'collector-loop': 'scheduler, outbox and bus with checks that end at once',
  executor: 'the pool of shells without the rest, beside a C program',
  outbox: 'appending and releasing results',
  perfdata: 'parsing performance data',
  'results-core': 'deciding and state without database and bus',
  scheduler: 'the core that says what is due',
  store: 'committing results to the embedded database, beside a bare COPY',
}

function runPart(name: string): void {
  const file = join(import.meta.dirname, `${name}.ts`)
  const { status } = spawnSync(process.execPath, ['--expose-gc', file], { stdio: 'inherit' })
  if (status !== 0) throw new Error(`${name} ended with ${status}`)
}

const names = process.argv.slice(2)
const known: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(TOPICS).map(([name, [what]]) => [name, what])),
  ...PARTS,
}
if (names.includes('--help') || names.includes('-h') || names.length === 0) {
  const lines = Object.entries(known).map(([name, what]) => `  ${name.padEnd(15)} ${what}`)
  process.stdout.write(
    `usage: npm run bench -- TOPIC...     (all: the whole program's topics)\n\n${lines.join('\n')}\n\n` +
      'Progress goes to stderr, figures to stdout as: RESULT topic.name=value unit\n',
  )
  process.exit(names.length === 0 ? 2 : 0)
}
const chosen = names.includes('all') ? Object.keys(TOPICS) : names
const unknown = chosen.filter((name) => !(name in known))
if (unknown.length > 0) {
  process.stderr.write(
    `no such topic: ${unknown.join(', ')}; one of ${Object.keys(known).join(', ')}\n`,
  )
  process.exit(2)
}
// What is measured is the program alone.
process.env['PARALLAX_WATCHDOG'] = 'no'
for (const name of chosen) {
  const topic = TOPICS[name]
  if (topic === undefined) {
    runPart(name)
    continue
  }
  const measured = await topic[1]()
  await measured.run(createReport(name))
}
process.exit(0)
