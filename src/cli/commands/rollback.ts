import type { Command } from 'commander'
import { applyJob } from '../../wire/api/configuration.ts'
import { COMPILE_MS_MAX, hubCommand, withExamples, withHubOptions } from '../command.ts'
import { countsOf, PLANNED, renderChanges, renderCounts } from '../plan/changes.ts'
import { confirm } from '../plan/confirm.ts'
import { followJob, refuseUnlessActive } from '../plan/job.ts'
import { activeText, JOB_TIMEOUT, jobTimeoutMs } from './apply.ts'
import { activeRevision, fetchDiff, revisionName } from './history.ts'

interface RollbackFlags {
  readonly message?: string
  readonly yes?: boolean
  readonly all?: boolean
  readonly timeout?: string
}

export function addRollback(program: Command): void {
  const command = program
    .command('rollback')
    .argument('<revision>', 'an earlier revision, or the beginning of its name')
    .description('make an earlier configuration active again')
    .option('-m, --message <text>', 'why; shown in the history')
    .option('-y, --yes', 'do not ask')
    .option('--all', 'show every object, however many')
  withExamples(command, [
    ['parallax history', 'find the revision'],
    ['parallax rollback 3fa9c1', 'shows what changes and asks'],
    ["parallax rollback 3fa9c1 -m 'false alarms' --yes", 'without a question'],
  ])
  withHubOptions(command, JOB_TIMEOUT).action(
    async (name: string, flags: RollbackFlags, self: Command) => {
      const hub = hubCommand(self, COMPILE_MS_MAX)
      const { terminal, client } = hub
      const timeoutMs = jobTimeoutMs(flags.timeout)
      const diff = await fetchDiff(client, await activeRevision(client), revisionName(name))
      if (diff.from === diff.to) return terminal.data(`Revision ${diff.to} is active already.`)
      const lines = [
        ...renderChanges(diff.changes, terminal, flags.all === true),
        '',
        ...renderCounts(diff.changes, 'Rollback', PLANNED),
        `Revision ${diff.from} -> ${diff.to}`,
      ]
      terminal.data(lines.join('\n'))
      await confirm(countsOf(diff.changes), flags.yes === true, 'Roll back?')
      const started = await client.post(
        '/api/v1/configuration/rollback',
        {
          revision: diff.to,
          timeoutMs,
          ...(flags.message === undefined ? {} : { message: flags.message }),
        },
        applyJob,
      )
      const job = await followJob(hub, started, timeoutMs)
      refuseUnlessActive(job, diff.from, hub)
      terminal.data(activeText(job, diff.changes))
      terminal.say('The files are as they were: mend them, or the next apply brings it back.')
    },
  )
}
