import { systemClock } from '../../adapters/system/clock.ts'
import { applyJob, type ApplyJob } from '../../wire/api/configuration.ts'
import type { HubCommand } from '../command.ts'
import { CommandFailed, EXIT } from '../exit.ts'
import { planRefused } from './plan-text.ts'

/** How long one question for the job waits; progress is shown at least so often. */
const WAIT_MS = 1000
/** Beyond the job's own time: other jobs may be before it. */
const QUEUE_MS = 600_000
/** A hub that does not answer while a job runs may be starting again. */
const LOST_MS = 15_000
/** With more collectors than these, progress is their number. */
const NAMED_MAX = 20

/**
 * Waits until the job has ended and says how it goes.
 * @throws CommandFailed when the hub is lost, or the job takes longer than it can
 */
export async function followJob(
  { client, terminal }: Pick<HubCommand, 'client' | 'terminal'>,
  started: ApplyJob,
  timeoutMs: number,
): Promise<ApplyJob> {
  const path = `/api/v1/configuration/jobs/${encodeURIComponent(started.id)}?waitMs=${WAIT_MS}`
  const deadline = systemClock.monotonicMs() + timeoutMs + QUEUE_MS
  const progress = createProgress((text) => terminal.say(text))
  let job = started
  let lastHeardAt = systemClock.monotonicMs()
  progress(job)
  while (job.endedAt === null) {
    const askedAt = systemClock.monotonicMs()
    if (askedAt > deadline) throw lost(job, 'is not done yet')
    try {
      job = await client.get(path, applyJob)
      lastHeardAt = systemClock.monotonicMs()
      progress(job)
    } catch (error) {
      if (!(error instanceof CommandFailed) || error.status !== EXIT.unreachable) throw error
      if (askedAt - lastHeardAt > LOST_MS) throw lost(job, `was lost: ${error.message}`)
    }
    // A hub with many who wait answers at once.
    const spentMs = systemClock.monotonicMs() - askedAt
    if (job.endedAt === null && spentMs < WAIT_MS / 4) await systemClock.sleep(WAIT_MS / 4)
  }
  return job
}

function lost(job: ApplyJob, what: string): CommandFailed {
  return new CommandFailed(
    EXIT.unreachable,
    `job ${job.id} ${what}`,
    'it goes on without this command; `parallax history` shows what is active',
  )
}

/** Says what is new since the last time, and who keeps the others waiting. */
function createProgress(say: (text: string) => void): (job: ApplyJob) => void {
  const told = new Set<string>()
  const sayOnce = (text: string): void => {
    if (told.has(text)) return
    told.add(text)
    say(text)
  }
  let questions = 0
  return ({ id, state, collectors }) => {
    if (state === 'compiling') sayOnce(`Job ${id}`)
    const waiting = collectors.filter((one) => one.state === 'waiting')
    for (const { collector, state: answer, reason } of collectors) {
      if (answer === 'waiting') continue
      // Reasons come with the end of the job.
      if (collectors.length <= NAMED_MAX || reason !== null) sayOnce(`  ${collector}: ${answer}`)
    }
    if (collectors.length > NAMED_MAX)
      sayOnce(`  ${collectors.length - waiting.length} of ${collectors.length} collectors answered`)
    const [first] = waiting
    if (first === undefined || ++questions < 3) return
    const others = waiting.length > 1 ? ` and ${waiting.length - 1} more` : ''
    sayOnce(`  waiting for ${first.collector}${others}`)
  }
}

/**
 * @param expected the revision that was active when the plan was made
 * @throws CommandFailed with every reason, when the job did not become active, or not on every collector
 */
export function refuseUnlessActive(
  job: ApplyJob,
  expected: string,
  { terminal }: Pick<HubCommand, 'terminal'>,
): void {
  const why = job.reason === null ? '' : `: ${job.reason}`
  const collectors = job.collectors
    .filter(({ state }) => state === 'refused' || state === 'silent')
    .map(({ collector, state, reason }) => `\n  ${collector}: ${reason ?? state}`)
    .join('')
  if (job.state === 'active') {
    if (collectors === '') return
    throw new CommandFailed(
      EXIT.partial,
      `revision ${job.revision} is active, but not everywhere${why}${collectors}`,
      'these collectors take it when they come back; `parallax status` shows how the hub is',
    )
  }
  const word = job.state === 'refused' ? 'refused' : 'failed'
  const message = `${word}${why}${collectors}\n  revision ${job.before} stays active`
  if (job.state === 'refused' && job.problems.length === 0 && job.before !== expected)
    throw new CommandFailed(
      EXIT.conflict,
      message,
      'somebody else was faster: run the command again and look at the new plan',
    )
  throw planRefused(job.problems, terminal, message)
}
