import { writeFileSync } from 'node:fs'
import process from 'node:process'
import { Option, type Command } from 'commander'
import { counted } from '../../base/words.ts'
import { importNagios } from '../../configuration/from-nagios/import.ts'
import { withExamples } from '../command.ts'
import { renderProblems, renderWarnings } from '../configuration.ts'
import { CommandFailed, EXIT } from '../exit.ts'
import { createTerminal } from '../terminal.ts'

interface ImportFlags {
  readonly file?: string
  readonly quiet?: boolean
}

/** Files that hold secrets are read by their owner alone. */
const PRIVATE = 0o600

export function addImport(program: Command): void {
  const command = program
    .command('import')
    .description('turn the configuration of another monitor into YAML')
  withExamples(command, [
    ['parallax import nagios /etc/nagios4/nagios.cfg > parallax.yaml', 'everything it reads'],
    ['parallax import nagios objects/ --file site.yaml', 'a folder of object files'],
    ['parallax up --config /etc/nagios4/nagios.cfg', 'no import: run on the files themselves'],
  ])
  const nagios = command
    .command('nagios')
    .argument('<path>', 'nagios.cfg, an object file, or a folder of *.cfg')
    .description('object files of Nagios, Naemon, Icinga 1, Centreon or Opsview')
    .option('-f, --file <path>', 'write to a file instead of stdout; it must not exist')
    .addOption(
      new Option('-o, --output <format>', 'how to write').choices(['yaml']).default('yaml'),
    )
    .option('-q, --quiet', 'no warnings and no summary')
  withExamples(nagios, [
    ['parallax import nagios /etc/nagios4/nagios.cfg > parallax.yaml', 'then look at it'],
    [
      'parallax import nagios /etc/nagios4/nagios.cfg --file parallax.yaml',
      'the same, secrets kept private',
    ],
    ['parallax validate parallax.yaml', 'check what came out'],
  ])
  nagios.exitOverride()
  nagios.action(async (path: string, flags: ImportFlags) => {
    const terminal = createTerminal(flags.quiet === true)
    if (/\.ya?ml$/.test(path))
      throw new CommandFailed(EXIT.usage, `${path} is YAML already`, 'name nagios.cfg')
    const imported = await importNagios(path)
    if (imported.warnings.length > 0)
      terminal.say(renderWarnings(imported.warnings, terminal.paint))
    if (imported.problems.length > 0) {
      createTerminal(false).say(renderProblems(imported.problems, terminal.paint))
      process.exitCode = EXIT.failed
      return
    }
    if (flags.file === undefined) terminal.data(imported.text.trimEnd())
    else writeNew(flags.file, imported.text)
    const { hosts, services, files, secrets } = imported
    terminal.say(
      `imported ${counted(hosts, 'host')} and ${counted(services, 'service')} from ${counted(files.length, 'file')}`,
    )
    if (secrets.length > 0) {
      terminal.say(
        `$${secrets.join('$, $')}$ stand under \`secrets:\` in plain text: move them to files with { file: PATH }`,
      )
    }
  })
}

function writeNew(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: 'wx', mode: PRIVATE })
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST'
    throw new CommandFailed(
      EXIT.failed,
      isThere ? `${path} is there already` : `${path} cannot be written: ${String(error)}`,
      isThere ? 'name another file, or remove it' : undefined,
    )
  }
}
