import type { Log } from '../base/log.ts'
import { BUILTIN_NAMES, type Check, type CheckCommand } from '../domain/check.ts'
import type { TimePeriod } from '../domain/time-period.ts'
import { compileTimePeriod } from '../domain/time-period/compiled-period.ts'
import { parseDays } from '../domain/time-period/days.ts'
import { parseHours } from '../domain/time-period/hours.ts'
import type { Bus, Subscription } from '../wire/bus.ts'
import {
  MESSAGE_VERSION,
  planAcknowledgement,
  planDecision,
  planProposal,
  type Plan,
  type PlanDecision,
  type PlanAcknowledgement,
} from '../wire/subjects.ts'

export interface StagingParts {
  readonly name: string
  readonly bus: Bus
  readonly log: Log
  /** Why a plan could not be followed. */
  readonly objection: (plan: Plan) => string | undefined
  /** Why nobody would follow it any more: a newer one is followed. */
  readonly olderFault: (plan: Plan) => string | undefined
  /** Follows it. @returns why not */
  readonly take: (plan: Plan) => string | undefined
}

type Asked = Pick<PlanDecision, 'hub' | 'job'>

/** Looks at proposed plans, holds the last good one, and follows it when the hub says so. Every proposal gets an answer. */
export function stagePlans({
  name,
  bus,
  log,
  objection,
  olderFault,
  take,
}: StagingParts): readonly Subscription[] {
  let staged: { readonly job: string; readonly plan: Plan } | undefined
  const answer = ({ hub, job }: Asked, given: PlanAcknowledgement['answer']): Promise<void> =>
    bus.publish(planAcknowledgement(hub, name), {
      version: MESSAGE_VERSION,
      job,
      collector: name,
      answer: given,
    })
  return [
    bus.subscribe(planProposal(name), ({ version, hub, job, plan }) => {
      staged = undefined
      const reason = versionFault(version) ?? versionFault(plan.version) ?? objection(plan)
      const older = reason ?? olderFault(plan)
      if (older === undefined) {
        staged = { job, plan }
        return answer({ hub, job }, { kind: 'staged' })
      }
      log.warn('a proposed plan is refused', { revision: plan.revision, reason: older })
      const refused = { kind: 'refused', reason: older } as const
      return answer({ hub, job }, reason === undefined ? { ...refused, isAhead: true } : refused)
    }),
    bus.subscribe(planDecision(name), ({ hub, job, decision }) => {
      const held = staged?.job === job ? staged.plan : undefined
      if (held !== undefined) staged = undefined
      if (decision === 'withdraw') return
      if (held === undefined) {
        return answer(
          { hub, job },
          { kind: 'refused', reason: 'it does not hold the plan of this job' },
        )
      }
      const fault = take(held)
      return answer(
        { hub, job },
        fault === undefined ? { kind: 'active' } : { kind: 'refused', reason: fault },
      )
    }),
  ]
}

export function versionFault(version: number): string | undefined {
  return version === MESSAGE_VERSION
    ? undefined
    : `message version ${version}, ${MESSAGE_VERSION} is spoken here`
}

/** Why this collector cannot follow a plan; `undefined` when it can. */
export function planFault({ checks, timePeriods }: Plan): string | undefined {
  for (const check of checks) {
    const fault = paceFault(check) ?? commandFault(check.command)
    if (fault !== undefined) return `${check.id}: ${fault}`
  }
  for (const period of timePeriods) {
    const fault = periodFault(period)
    if (fault !== undefined) return `time period ${period.name}: ${fault}`
  }
  return undefined
}

/** A collector on another machine may have other time zones than the hub. */
function periodFault(period: TimePeriod): string | undefined {
  for (const [days, hours] of period.ranges) {
    if (parseDays(days) === undefined) return `'${days}' are no days`
    if (parseHours(hours) === undefined) return `'${hours}' are no hours`
  }
  try {
    compileTimePeriod(period)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

function paceFault({ intervalMs, retryIntervalMs }: Check): string | undefined {
  return intervalMs >= 1 && retryIntervalMs >= 1
    ? undefined
    : `intervals of ${intervalMs} and ${retryIntervalMs} ms`
}

const KNOWN_COMMANDS: readonly string[] = [
  'shell-line',
  'arguments',
  'builtin',
  'passive',
] satisfies CheckCommand['kind'][]

function commandFault(command: CheckCommand): string | undefined {
  if (!KNOWN_COMMANDS.includes(command.kind))
    return `commands of kind '${command.kind}' are unknown here`
  if (command.kind !== 'builtin' || BUILTIN_NAMES.includes(command.builtin)) return undefined
  return `the built-in check '${command.builtin}' is unknown here`
}
