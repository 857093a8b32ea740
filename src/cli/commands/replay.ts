import { Option, type Command } from 'commander'
import { withExamples } from '../command.ts'
import { createTerminal } from '../terminal.ts'
import { replayTrace } from './replay-trace.ts'

interface ReplayFlags {
  readonly passive?: boolean
  readonly output: 'table' | 'json'
}

export function addReplay(program: Command): void {
  const command = program
    .command('replay')
    .argument('<trace>', 'file of JSON lines: topology, results as they came, truth')
    .description('let the decision live through what was recorded, and say how right it was')
    .option('--score', 'by the truth of the trace, which is what a trace is for: always on')
    .option('--passive', 'without the answers to questions that are in the trace')
    .addOption(
      new Option('-o, --output <format>', 'how to print')
        .choices(['table', 'json'])
        .default('table'),
    )
  withExamples(command, [
    ['parallax replay trace.jsonl --score', 'false alarms, what was missed, delays, causes'],
    ['parallax replay trace.jsonl --score -o json', 'for a script'],
    ['parallax replay trace.jsonl --passive', 'as if nobody had been asked'],
  ])
  command.action(async (path: string, { passive, output }: ReplayFlags) =>
    replayTrace(createTerminal(false), path, { isPassive: passive === true, output }),
  )
}
