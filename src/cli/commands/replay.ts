import { Option, type Command } from 'commander'
import { hubCommand, withExamples, withHubOptions } from '../command.ts'
import { CommandFailed, EXIT } from '../exit.ts'
import { replayHistory } from './replay-history.ts'
import { replayTrace } from './replay-trace.ts'

interface ReplayFlags {
  readonly passive?: boolean
  readonly score?: boolean
  readonly from?: string
  readonly to?: string
  readonly policy?: string
  readonly quiet?: boolean
  readonly output: 'table' | 'json'
}

export function addReplay(program: Command): void {
  const command = program
    .command('replay')
    .argument('[trace]', 'file of JSON lines: topology, results as they came, truth')
    .description(
      'decide again: the past of a hub, also as another policy would have it; or a recorded trace, and say how right it was',
    )
    .option('--from <time>', 'begin of the past: 2026-11-23T14:05:00Z, or 2h for two hours ago')
    .option('--to <time>', 'its end (default: half a minute ago)')
    .option('--policy <file>', 'YAML with `verdict`, `theta`, `hosts:`; it is compared with now')
    .option('--score', 'of a trace: by the truth in it; always on')
    .option('--passive', 'of a trace: without the answers to questions that are in it')
  withExamples(command, [
    ['parallax replay --from 24h', 'whether each verdict of a day follows from its receipt'],
    ['parallax replay --from 7d --policy majority.yaml', 'what another rule would have made of it'],
    ['parallax replay trace.jsonl --score', 'false alarms, what was missed, delays, causes'],
    ['parallax replay trace.jsonl --score -o json', 'for a script'],
  ])
  withHubOptions(command)
    .addOption(
      new Option('-o, --output <format>', 'how to print')
        .choices(['table', 'json'])
        .default('table'),
    )
    .action(async (trace: string | undefined, flags: ReplayFlags, self: Command) => {
      const { terminal, client } = hubCommand(self)
      const { passive, from, to, policy, output } = flags
      if (trace !== undefined) {
        refuseWith(trace, { '--from': from, '--to': to, '--policy': policy })
        return replayTrace(terminal, trace, { isPassive: passive === true, output })
      }
      if (from === undefined)
        throw new CommandFailed(
          EXIT.usage,
          'what is to be decided again?',
          'name a trace, or a time: --from 24h',
        )
      await replayHistory(terminal, client, { ...flags, from })
    })
}

function refuseWith(trace: string, flags: Readonly<Record<string, string | undefined>>): void {
  const [given] = Object.entries(flags).filter(([, value]) => value !== undefined)
  if (given !== undefined)
    throw new CommandFailed(
      EXIT.usage,
      `${given[0]} is for the past of a hub, and ${trace} is a trace`,
      'leave one of them out',
    )
}
