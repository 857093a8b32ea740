import { Argument, type Command } from 'commander'
import { resolve } from 'node:path'
import process from 'node:process'
import { systemClock } from '../../adapters/system/clock.ts'
import { collectorList } from '../../wire/api/network.ts'
import { hubCommand, withExamples, withFormat, withHubOptions } from '../command.ts'
import { chosenOf } from '../drill/choose.ts'
import { printReport } from '../drill/drill-text.ts'
import { DRILLS, faultOf, type DrillKind } from '../drill/faults.ts'
import { beyond, limitsOf, type LimitFlags } from '../drill/limits.ts'
import { victimOfFolder, victimOfPid, victimOfUnit, type Victim } from '../drill/processes.ts'
import { runDrill } from '../drill/run.ts'
import { timeOf } from '../drill/times.ts'
import { createUntil } from '../drill/until.ts'
import { createWatch } from '../drill/watch.ts'
import { wantedOf } from '../drill/whose.ts'
import { CommandFailed, EXIT } from '../exit.ts'
import { ask } from '../plan/confirm.ts'

interface DrillFlags extends LimitFlags {
  readonly collector?: string
  readonly folder?: string
  readonly pid?: string
  readonly systemd?: string
  readonly with?: string
  readonly undo?: string
  readonly confirm?: boolean
  readonly before: string
  readonly hold: string
  readonly after?: string
  readonly within: string
}

const WHOM = ['collector', 'hub'] as const
type Whom = (typeof WHOM)[number]

/** Fails a part of the installation for real, and measures what becomes of the checks. */
export function addDrill(program: Command): void {
  const command = program
    .command('drill')
    .addArgument(new Argument('<what>', 'how it fails').choices(DRILLS))
    .addArgument(new Argument('[whom]', 'what fails').choices(WHOM).default('collector'))
    .description(
      'fail a collector, a hub, a link or a clock for real, and measure what becomes of the checks',
    )
    .option(
      '--collector <id>',
      'this one (default: that of the process, or the one with the most hosts)',
    )
    .option('--folder <folder>', 'its data folder, where it runs on this machine: says its process')
    .option('--pid <n>', 'its process on this machine')
    .option('--systemd <unit>', 'its unit on this machine')
    .option('--with <command>', 'a line for the shell that fails it, such as one with ssh')
    .option('--undo <command>', 'a line for the shell that makes it good')
    .option('--confirm', 'do not ask')
    .option('--before <time>', 'how much of the past is looked at to know who checks what', '5m')
    .option('--hold <time>', 'how long the failure lasts, at least', '10s')
    .option('--after <time>', 'how long it is watched afterwards (default: 1.6 intervals)')
    .option('--within <time>', 'how long is waited for anything', '60s')
    .option('--max-detection <time>', 'until the hub says that it is lost (kill: 5s)')
    .option('--max-recheck <time>', 'until the last of its hosts is checked (kill, hang, cut: 8s)')
    .option('--max-missed <n>', 'intervals without a check (drain, clock, hub: 0)')
    .option('--max-doubled <n>', 'checks that are run twice (0)')
    .option('--max-lost <n>', 'results that never come (0)')
  withExamples(command, [
    ['parallax drill drain', 'hands over and comes back; harmless'],
    ['parallax drill kill --folder /var/lib/parallax-collector', 'a collector of this machine'],
    [
      'parallax drill hang --collector east.c1 --systemd parallax-collector',
      'stopped and let go on',
    ],
    ["parallax drill kill --collector east.c2 --with 'ssh c2 pkill -9 -f parallax'", 'elsewhere'],
    ['parallax drill cut --collector east.c2', 'somebody pulls the cable; it says when'],
    ['parallax drill kill hub --folder /var/lib/parallax', 'the hub: nothing may be missed'],
  ])
  withFormat(withHubOptions(command)).action(
    async (kind: DrillKind, whom: Whom, flags: DrillFlags, self: Command) =>
      drill(kind, whom, flags, self),
  )
}

async function drill(kind: DrillKind, whom: Whom, flags: DrillFlags, self: Command): Promise<void> {
  if (whom === 'hub' && kind === 'drain')
    throw new CommandFailed(EXIT.usage, 'a hub cannot be drained', 'its collectors can be')
  const limits = limitsOf(kind, whom === 'hub', flags)
  const times = {
    beforeMs: timeOf(flags.before, '--before'),
    holdMs: timeOf(flags.hold, '--hold'),
    afterMs: flags.after === undefined ? undefined : timeOf(flags.after, '--after'),
  }
  const withinMs = timeOf(flags.within, '--within')
  const victim = victimOf(flags)
  const { terminal, client, format, hasHeader } = hubCommand(self)
  const { items } = await client.get('/api/v1/collectors', collectorList)
  const wanted = wantedOf(whom, flags.collector, victim)
  const chosen = whom === 'hub' ? undefined : chosenOf(items, wanted)
  await confirmed(`${kind} ${chosen?.id ?? 'the hub'}`, kind, flags)
  const stopping = new AbortController()
  const stop = (): void => stopping.abort()
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  try {
    const until = createUntil(systemClock, terminal, { withinMs, signal: stopping.signal })
    const watch = await createWatch(() => hubCommand(self).client, chosen?.cluster)
    const collector = chosen?.id
    const { with: command, undo: undoCommand } = flags
    const parts = { kind, collector, victim, command, undoCommand, client, watch, until, terminal }
    const fault = faultOf(parts)
    const result = await runDrill({ kind, collector, fault, ...times, watch, until, terminal })
    const faults = beyond(result.measured, limits)
    const report = { drill: kind, collector, ...result, beyond: faults }
    printReport(terminal, report, { format, hasHeader })
    if (faults.length > 0) throw new CommandFailed(EXIT.failed, faults.join('\n'))
  } finally {
    process.off('SIGINT', stop)
    process.off('SIGTERM', stop)
  }
}

/** Where its process is, if somebody said so. */
function victimOf({ folder, pid, systemd }: DrillFlags): Victim | undefined {
  if ([folder, pid, systemd].filter((flag) => flag !== undefined).length > 1)
    throw new CommandFailed(EXIT.usage, 'give one of --folder, --pid and --systemd')
  if (folder !== undefined) return victimOfFolder(resolve(folder))
  if (systemd !== undefined) return victimOfUnit(systemd)
  return pid === undefined ? undefined : victimOfPid(Number(pid))
}

async function confirmed(what: string, kind: DrillKind, flags: DrillFlags): Promise<void> {
  if (kind === 'drain' || flags.confirm === true) return
  const hint = 'look twice, then add --confirm'
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw new CommandFailed(EXIT.usage, `this would really ${what}`, hint)
  if (/^y(es)?$/i.test((await ask(`Really ${what}? [y/N] `)).trim())) return
  throw new CommandFailed(EXIT.usage, 'nothing was done')
}
