import type { Command } from 'commander'
import { owner, type Proposal } from '../../wire/api/configuration.ts'
import { renderProblems, renderWarnings } from '../configuration.ts'
import { CommandFailed, EXIT } from '../exit.ts'
import type { Terminal } from '../terminal.ts'
import { readDocuments } from './documents.ts'

export interface ProposalFlags {
  readonly file?: readonly string[]
  readonly managedBy?: string
  readonly prune?: boolean
  readonly force?: boolean
  readonly all?: boolean
  readonly output: 'text' | 'json'
}

/** What `plan` and `apply` have in common. */
export function withProposalOptions(command: Command): Command {
  return command
    .option(
      '-f, --file <paths...>',
      'YAML or Nagios files or folders beside those of the hub; - for standard input',
    )
    .option('--managed-by <owner>', 'whose the objects of -f are, such as git:shop')
    .option('--prune', 'delete objects of this owner that -f does not have')
    .option('--force', 'take over objects that belong to others')
    .option('--all', 'show every object, however many')
}

/**
 * What should be, as the flags and files say.
 * @throws CommandFailed when the flags do not fit together or files cannot be read
 */
export async function readProposal(flags: ProposalFlags, terminal: Terminal): Promise<Proposal> {
  const { file, managedBy, prune, force } = flags
  if (file === undefined) {
    for (const [flag, given] of Object.entries({ 'managed-by': managedBy, prune, force })) {
      if (given === undefined) continue
      throw new CommandFailed(EXIT.usage, `--${flag} needs -f`, 'name the files with -f FILE|DIR')
    }
    return {}
  }
  if (prune === true && managedBy === undefined)
    throw new CommandFailed(
      EXIT.usage,
      '--prune needs --managed-by',
      'say whose objects may be deleted: --managed-by git:shop',
    )
  if (managedBy !== undefined && !owner.safeParse(managedBy).success)
    throw new CommandFailed(
      EXIT.usage,
      `--managed-by: '${managedBy}' cannot be used`,
      'at most 100 letters, digits and : . _ / @ -, beginning with a letter or digit',
    )
  const { documents, problems, warnings } = await readDocuments(file)
  if (warnings.length > 0) terminal.say(renderWarnings(warnings, terminal.paint))
  if (problems.length > 0) {
    terminal.say(renderProblems(problems, terminal.paint))
    throw new CommandFailed(EXIT.failed, 'nothing was sent to the hub; mend it first')
  }
  if (prune === true && documents.every(({ text }) => text.trim() === ''))
    throw new CommandFailed(
      EXIT.usage,
      `-f holds nothing, and --prune would delete everything of ${managedBy}`,
      'a pipe that broke? to delete everything, hand in a file with `hosts: {}`',
    )
  return {
    documents: [...documents],
    ...(managedBy === undefined ? {} : { managedBy }),
    ...(prune === undefined ? {} : { prune }),
    ...(force === undefined ? {} : { force }),
  }
}
