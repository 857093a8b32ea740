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
  rsmon: [
    '700 hosts and 7,000 services a minute: CPU and lateness, beside Nagios 4',
    () => import('./topics/rsmon.ts'),
  ],
}

const names = process.argv.slice(2)
if (names.includes('--help') || names.includes('-h') || names.length === 0) {
  process.stdout.write(
    `usage: npm run bench -- TOPIC...     (all: every topic)\n\n${Object.entries(TOPICS)
      .map(([name, [what]]) => `  ${name.padEnd(10)} ${what}`)
      .join(
        '\n',
      )}\n\nProgress goes to stderr, figures to stdout as: RESULT topic.name=value unit\n`,
  )
  process.exit(names.length === 0 ? 2 : 0)
}
const chosen = names.includes('all') ? Object.keys(TOPICS) : names
const unknown = chosen.filter((name) => !(name in TOPICS))
if (unknown.length > 0) {
  process.stderr.write(
    `no such topic: ${unknown.join(', ')}; one of ${Object.keys(TOPICS).join(', ')}\n`,
  )
  process.exit(2)
}
for (const name of chosen) {
  const topic = TOPICS[name]
  if (topic === undefined) continue
  const measured = await topic[1]()
  await measured.run(createReport(name))
}
process.exit(0)
