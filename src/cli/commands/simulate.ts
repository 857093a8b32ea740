import { InvalidArgumentError, Option, type Command } from 'commander'
import process from 'node:process'
import { isatty } from 'node:tty'
import { systemClock } from '../../adapters/system/clock.ts'
import { counted } from '../../base/words.ts'
import { runSimulation, type SimulationOrder } from '../../roles/simulation/simulation.ts'
import type { WorldScores } from '../../roles/simulation/protocol.ts'
import { ENTRANTS, POLICIES, type Entrant } from '../../simulator/contestants.ts'
import { summaryOf, type Summary } from '../../simulator/scoring/summary.ts'
import { CLIMATES, type Climate } from '../../simulator/world/rates.ts'
import { countOf, withExamples } from '../command.ts'
import { CommandFailed, EXIT } from '../exit.ts'
import { createProgressBar } from '../simulation/progress-bar.ts'
import { seedsOf } from '../simulation/seeds.ts'
import { summaryTable, TABLE_NOTES } from '../simulation/summary-table.ts'
import { createTerminal, type Terminal } from '../terminal.ts'

interface SimulateFlags {
  readonly observers: number
  readonly seeds: string
  readonly hours: number
  readonly world: Climate
  readonly engines: string
  readonly digests?: boolean
  readonly threads?: string
  readonly output: 'table' | 'json'
  readonly quiet?: boolean
}

const OBSERVERS = [3, 9] as const
const HOURS = [0.5, 8_760] as const
const HOUR_MS = 3_600_000
const THREADS_MAX = 256
const NAME_WIDTH = Math.max(...[...ENTRANTS, ...POLICIES].map(({ name }) => name.length))
/** Names that stand for several. */
const GROUPS: ReadonlyMap<string, readonly Entrant[]> = new Map([
  ['all', ENTRANTS],
  ['policies', POLICIES],
])

export function addSimulate(program: Command): void {
  const command = program
    .command('simulate')
    .description(
      'live through simulated worlds with what the hub decides by, and with rules of others beside it',
    )
    .option('--observers <n>', '3 to 9 clusters that observe', within(OBSERVERS, true), 5)
    .option('--seeds <list>', 'worlds: 7, 101-130 or 1,5,9-12', '101-103')
    .option('--hours <n>', 'how long each world lasts', within(HOURS, false), 24)
    .addOption(
      new Option('--world <climate>', 'how often what goes wrong')
        .choices(CLIMATES)
        .default('default'),
    )
    .option('--engines <list>', 'all, policies, or names with commas between them', 'all')
    .option('--digests', 'two hubs live through each world as well, and must agree in the end')
    .option('--threads <n>', 'worlds at a time (default: one for each core)')
    .addOption(
      new Option('-o, --output <format>', 'how to print')
        .choices(['table', 'json'])
        .default('table'),
    )
    .option('-q, --quiet', 'without progress')
  withExamples(command, [
    ['parallax simulate', 'three worlds of a day with five observers'],
    ['parallax simulate --seeds 101-130 --engines evidence,majority', 'thirty worlds, two engines'],
    ['parallax simulate --observers 3 --world stress --hours 6', 'fewer observers, more faults'],
    ['parallax simulate --engines evidence,policies', 'what verdict and theta make of the same'],
    ['parallax simulate --digests --engines evidence', 'whether two hubs agree'],
    ['parallax simulate -o json | jq .engines', 'for a script'],
  ])
  command.addHelpText(
    'after',
    `\nEngines (all):\n${linesOf(ENTRANTS)}\n\nPolicies (policies):\n${linesOf(POLICIES)}`,
  )
  command.action(async (flags: SimulateFlags) => simulate(flags))
}

async function simulate(flags: SimulateFlags): Promise<void> {
  const terminal = createTerminal(flags.quiet === true)
  const order = orderOf(flags)
  const bar = createProgressBar({
    write: (text) => void (flags.quiet !== true && process.stderr.write(text)),
    isLive: isatty(process.stderr.fd),
    columns: process.stderr.columns ?? 80,
    monotonicMs: () => systemClock.monotonicMs(),
  })
  const worlds = await runSimulation(order, (progress) => bar.show(progress)).finally(() =>
    bar.end(),
  )
  const summaries = order.entrants.map((name) =>
    summaryOf(
      name,
      worlds.flatMap(({ scores }) => scores.flatMap((one) => (one.name === name ? one.score : []))),
    ),
  )
  if (flags.output === 'json')
    terminal.data(JSON.stringify(jsonOf(flags, worlds, summaries), null, 2))
  else printTable(terminal, flags, worlds, summaries)
  if (worlds.some(({ digests }) => digests?.isEqual === false)) process.exitCode = EXIT.failed
}

function orderOf(flags: SimulateFlags): SimulationOrder {
  return {
    observers: flags.observers,
    seeds: seedsOf(flags.seeds),
    durationMs: flags.hours * HOUR_MS,
    climate: flags.world,
    entrants: entrantsOf(flags.engines),
    hasTwoHubs: flags.digests === true,
    threads:
      flags.threads === undefined ? undefined : countOf(flags.threads, '--threads', THREADS_MAX),
  }
}

function linesOf(entrants: readonly Entrant[]): string {
  return entrants.map(({ name, what }) => `  ${name.padEnd(NAME_WIDTH)}  ${what}`).join('\n')
}

function entrantsOf(list: string): readonly string[] {
  const known = [...ENTRANTS, ...POLICIES].map(({ name }) => name)
  const wanted = list.split(',').flatMap((part): readonly string[] => {
    const name = part.trim()
    const group = GROUPS.get(name)
    if (group !== undefined) return group.map((entrant) => entrant.name)
    if (known.includes(name)) return [name]
    throw new CommandFailed(
      EXIT.usage,
      `--engines: there is no '${name}'`,
      `all, policies, or some of ${known.join(', ')}`,
    )
  })
  return known.filter((name) => wanted.includes(name))
}

function within([least, most]: readonly [number, number], isWhole: boolean) {
  return (text: string): number => {
    const value = Number(text)
    const isFine = text.trim() !== '' && value >= least && value <= most
    if (!isFine || (isWhole && !Number.isInteger(value)))
      throw new InvalidArgumentError(`Write a number from ${least} to ${most}.`)
    return value
  }
}

function printTable(
  terminal: Terminal,
  { observers, hours, world }: SimulateFlags,
  worlds: readonly WorldScores[],
  summaries: readonly Summary[],
): void {
  const days = summaries[0]?.checkDays ?? 0
  terminal.say(
    `${counted(worlds.length, 'world')} (${world}) of ${counted(hours, 'hour')}, ${observers} observers, ${days.toFixed(0)} days of one check`,
  )
  terminal.data(summaryTable(summaries))
  for (const note of TABLE_NOTES) terminal.say(note)
  for (const { seed, digests } of worlds) {
    if (digests === undefined) continue
    const [a, b] = digests.digests
    terminal.data(
      digests.isEqual
        ? `seed ${seed}: both hubs say ${a}, ${counted(digests.exchanged, 'result')} exchanged`
        : `seed ${seed}: the hubs differ: ${a} and ${b}`,
    )
  }
}

function jsonOf(
  { observers, hours, world }: SimulateFlags,
  worlds: readonly WorldScores[],
  engines: readonly Summary[],
): object {
  const digests = worlds.flatMap((one) =>
    one.digests === undefined ? [] : [{ seed: one.seed, ...one.digests }],
  )
  const seeds = worlds.map(({ seed }) => seed)
  return {
    observers,
    hours,
    world,
    seeds,
    engines,
    ...(digests.length > 0 && {
      digests,
      digestsEqual: digests.every(({ isEqual }) => isEqual),
    }),
  }
}
