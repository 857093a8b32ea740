import { Option, type Command } from 'commander'
import { systemClock } from '../../adapters/system/clock.ts'
import {
  applyJob,
  configurationStatus,
  planAnswer,
  type ApplyJob,
  type KindChange,
  type PlanAnswer,
  type Proposal,
} from '../../wire/api/configuration.ts'
import {
  COMPILE_MS_MAX,
  hubCommand,
  withExamples,
  withHubOptions,
  type HubCommand,
} from '../command.ts'
import { secondsOf } from '../connection.ts'
import { CommandFailed, EXIT } from '../exit.ts'
import { countsOf, DONE, renderCounts } from '../plan/changes.ts'
import { confirm } from '../plan/confirm.ts'
import { followJob, refuseUnlessActive } from '../plan/job.ts'
import { changesAnything, planRefused, renderPlan } from '../plan/plan-text.ts'
import { plain } from '../table.ts'
import { readProposal, withProposalOptions, type ProposalFlags } from '../plan/proposal-options.ts'

interface ApplyFlags extends ProposalFlags {
  readonly message?: string
  readonly yes?: boolean
  readonly timeout?: string
}

export const JOB_TIMEOUT = 'fail when a collector has not answered by then (default 30s)'

export function addApply(program: Command): void {
  const command = program
    .command('apply')
    .description('make it so: the configuration becomes active on all collectors')
  withProposalOptions(command)
    .option('-m, --message <text>', 'why; shown in the history')
    .option('-y, --yes', 'do not ask')
    .addOption(
      new Option('-o, --output <format>', 'how to print').choices(['text', 'json']).default('text'),
    )
  withExamples(command, [
    ['parallax apply', 'after a question'],
    ["parallax apply -m 'new web servers' --yes", 'without a question'],
    ['parallax apply -f conf/ --managed-by git:shop --prune --yes', 'in CI'],
  ])
  withHubOptions(command, JOB_TIMEOUT).action(async (flags: ApplyFlags, self: Command) =>
    apply(flags, hubCommand(self, COMPILE_MS_MAX)),
  )
}

async function apply(flags: ApplyFlags, hub: HubCommand): Promise<void> {
  const { terminal, client } = hub
  const timeoutMs = jobTimeoutMs(flags.timeout)
  const proposal = await readProposal(flags, terminal)
  const plan = await client.post('/api/v1/configuration/plan', proposal, planAnswer)
  if (plan.problems.length > 0) {
    print(hub, flags, plan, null)
    throw planRefused(plan.problems, terminal, 'nothing was changed; mend it first')
  }
  if (flags.output === 'text') {
    const shape = { isWhole: flags.all === true, now: systemClock.now() }
    terminal.data(renderPlan(plan, terminal, shape))
  }
  if (await isIdle(hub, plan, proposal)) return print(hub, flags, plan, null)
  const counts = countsOf(plan.changes)
  if (changesAnything(plan)) await confirm(counts, flags.yes === true, 'Apply this?')
  const request = {
    ...proposal,
    expectedActive: plan.active,
    timeoutMs,
    ...(flags.message === undefined ? {} : { message: flags.message }),
  }
  const started = await client.post('/api/v1/configuration/apply', request, applyJob)
  const job = await followJob(hub, started, timeoutMs)
  print(hub, flags, plan, job)
  refuseUnlessActive(job, plan.active, hub)
  if (flags.output === 'text')
    terminal.data(
      changesAnything(plan)
        ? activeText(job, plan.changes)
        : `Revision ${job.revision} stays active, as it is written now.`,
    )
}

/** How an apply or a rollback ends: what is active, and what people must know of it. */
export function activeText(job: ApplyJob, changes: readonly KindChange[]): string {
  const [line] = renderCounts(changes, `Revision ${job.revision} is active`, DONE)
  return [line ?? '', ...(job.reason === null ? [] : [`  ${plain(job.reason)}`])].join('\n')
}

function print(hub: HubCommand, flags: ApplyFlags, plan: PlanAnswer, job: ApplyJob | null): void {
  if (flags.output === 'json') hub.terminal.data(JSON.stringify({ plan, job }, null, 2))
}

/**
 * Nothing changes, nothing waits, and no rollback keeps the files out. What comes with `-f` is kept by the hub and may be written
 * otherwise without a difference for the fleet: that is always applied.
 */
async function isIdle(
  { client }: HubCommand,
  plan: PlanAnswer,
  { documents }: Proposal,
): Promise<boolean> {
  if (changesAnything(plan) || documents !== undefined) return false
  const status = await client.get('/api/v1/configuration', configurationStatus)
  return status.pending === 0 && !status.isPinned
}

/** @throws CommandFailed */
export function jobTimeoutMs(text: string | undefined): number {
  const seconds = secondsOf(text)
  if (seconds < 1 || seconds > 600)
    throw new CommandFailed(EXIT.usage, `--timeout: '${text}' cannot be used`, 'write 1s to 600s')
  return Math.round(seconds * 1000)
}
