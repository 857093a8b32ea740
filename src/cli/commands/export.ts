import { Option, type Command } from 'commander'
import { COMPILE_MS_MAX, hubCommand, withExamples, withHubOptions } from '../command.ts'
import { revisionName } from './history.ts'

export function addExport(program: Command): void {
  const command = program
    .command('export')
    .description('the configuration of a hub as YAML, secrets masked')
    .option('--revision <name>', 'an earlier one; without it the active one')
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['yaml']))
  withExamples(command, [
    ['parallax export > site.yaml', 'what is active'],
    ['parallax export --revision 3fa9c1 > then.yaml', 'what was'],
    ['parallax export -o yaml | less', 'read it'],
  ])
  withHubOptions(command).action(async (flags: { revision?: string }, self: Command) => {
    const { terminal, client } = hubCommand(self, COMPILE_MS_MAX)
    const query = flags.revision === undefined ? '' : `?revision=${revisionName(flags.revision)}`
    terminal.data((await client.text(`/api/v1/configuration/export${query}`)).trimEnd())
  })
}
