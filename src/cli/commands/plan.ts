import process from 'node:process'
import { Option, type Command } from 'commander'
import { systemClock } from '../../adapters/system/clock.ts'
import { planAnswer } from '../../wire/api/configuration.ts'
import { COMPILE_MS_MAX, hubCommand, withExamples, withHubOptions } from '../command.ts'
import { EXIT } from '../exit.ts'
import { changesAnything, planRefused, renderPlan } from '../plan/plan-text.ts'
import { readProposal, withProposalOptions, type ProposalFlags } from '../plan/proposal-options.ts'

interface PlanFlags extends ProposalFlags {
  readonly detailedExitcode?: boolean
}

export function addPlan(program: Command): void {
  const command = program.command('plan').description('what an apply would change; changes nothing')
  withProposalOptions(command)
    .option('--detailed-exitcode', 'exit status 2 when something would change')
    .addOption(
      new Option('-o, --output <format>', 'how to print').choices(['text', 'json']).default('text'),
    )
  withExamples(command, [
    ['parallax plan', 'what is new'],
    ['parallax plan -f conf/ --managed-by git:shop --prune', 'a repository'],
    ['parallax plan -f conf/ --detailed-exitcode', 'for CI: 0, 1 or 2'],
  ])
  withHubOptions(command).action(async (flags: PlanFlags, self: Command) => {
    const { terminal, client } = hubCommand(self, COMPILE_MS_MAX)
    const proposal = await readProposal(flags, terminal)
    const plan = await client.post('/api/v1/configuration/plan', proposal, planAnswer)
    if (flags.output === 'json') terminal.data(JSON.stringify(plan, null, 2))
    if (plan.problems.length > 0)
      throw planRefused(plan.problems, terminal, 'this cannot be applied; mend it first')
    if (flags.output === 'text') {
      const shape = { isWhole: flags.all === true, now: systemClock.now() }
      terminal.data(renderPlan(plan, terminal, shape))
    }
    if (!changesAnything(plan)) return
    terminal.say('\nMake it so: `parallax apply` with the same options')
    if (flags.detailedExitcode === true) process.exitCode = EXIT.usage
  })
}
