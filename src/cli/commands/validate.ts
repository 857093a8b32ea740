import process from 'node:process'
import type { Command } from 'commander'
import { counted } from '../../base/words.ts'
import { withExamples } from '../command.ts'
import {
  configurationPath,
  readConfiguration,
  renderProblems,
  renderWarnings,
} from '../configuration.ts'
import { EXIT } from '../exit.ts'
import { createTerminal } from '../terminal.ts'

interface ValidateFlags {
  readonly config?: string
  readonly output?: string
}

export function addValidate(program: Command): void {
  const command = program
    .command('validate')
    .argument('[path]', 'parallax.yaml, a folder of YAML files, or nagios.cfg')
    .description('read a configuration and name all its faults')
    .option('--config <path>', 'the same as the argument')
    .option('-o, --output <format>', 'text or json', 'text')
  withExamples(command, [
    ['parallax validate', './parallax.yaml'],
    ['parallax validate /etc/parallax', 'a folder'],
    ['parallax validate /etc/nagios4/nagios.cfg', 'the files of a Nagios'],
    ['parallax validate -o json | jq .', 'for an editor or a script'],
  ])
  command.action(async (path: string | undefined, flags: ValidateFlags) => {
    const terminal = createTerminal(false)
    const loaded = await readConfiguration(configurationPath(path ?? flags.config))
    if (flags.output !== 'json' && loaded.warnings.length > 0)
      terminal.say(renderWarnings(loaded.warnings, terminal.paint))
    if (flags.output === 'json') {
      terminal.data(
        JSON.stringify(
          {
            isValid: loaded.problems.length === 0,
            problems: loaded.problems,
            warnings: loaded.warnings,
          },
          null,
          2,
        ),
      )
    } else if (loaded.problems.length > 0) {
      terminal.say(renderProblems(loaded.problems, terminal.paint))
    } else if (loaded.fleet !== undefined) {
      terminal.data(
        `valid: ${counted(loaded.fleet.hosts.size, 'host')}, ${counted(loaded.fleet.services.size, 'service')}, revision ${loaded.revision}`,
      )
    }
    if (loaded.problems.length > 0) process.exitCode = EXIT.failed
  })
}
