import process from 'node:process'
import type { Command } from 'commander'
import { VERSION } from '../../settings/program.ts'
import { withExamples } from '../command.ts'

export function addVersion(program: Command): void {
  const command = program
    .command('version')
    .description('version of the program and of what it runs on')
    .option('--short', 'the number alone')
  withExamples(command, [
    ['parallax version', 'for a report of a fault'],
    ['parallax version --short', 'for a script'],
  ])
  command.action((flags: { short?: boolean }) => {
    const rest = `\nnode ${process.versions.node}, ${process.platform} ${process.arch}`
    process.stdout.write(`${flags.short === true ? VERSION : `parallax ${VERSION}${rest}`}\n`)
  })
}
