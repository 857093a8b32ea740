import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Bus } from '../wire/bus.ts'
import { allWatermarks, MESSAGE_VERSION, passive, recheck, type Plan } from '../wire/subjects.ts'
import type { ClusterLoop } from './assignment/cluster-loop.ts'
import type { CheckLoop } from './check-loop.ts'
import { createPlanCalendars } from './plan-calendars.ts'
import { createPlanKeeper, type PlanKeeper, type PlanKeeperParts } from './plan-keeper.ts'

export interface ListenParts {
  readonly name: string
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Log
  readonly loop: CheckLoop
  /** Absent: all checks of a plan are its own. */
  readonly cluster: ClusterLoop | undefined
  readonly plans: Pick<PlanKeeperParts, 'boot' | 'program' | 'hubs' | 'file'>
}

export interface Listening {
  readonly keeper: PlanKeeper
  /** No plans, requests and passive results any more; watermarks still. Resolves when the plan is on disk. */
  closeInputs(): Promise<void>
  close(): void
}

/** Takes what the bus brings to this collector. Messages of another version are refused: their senders hear it. */
export function listen({ name, bus, clock, log, loop, cluster, plans }: ListenParts): Listening {
  const calendarsOf = createPlanCalendars()
  const follow = (plan: Plan): void => {
    const { revision, epoch, checks, timePeriods } = plan
    const calendars = calendarsOf(timePeriods)
    const change =
      cluster === undefined || plan.cluster === undefined
        ? loop.apply(checks, calendars)
        : cluster.follow(plan, plan.cluster, calendars)
    log.info('plan applied', { revision, epoch, checks: checks.length, ...change })
  }
  const keeper = createPlanKeeper({ ...plans, name, bus, clock, log, follow })
  const inputs = [
    bus.subscribe(recheck(name), (message) => {
      assertVersion(message)
      loop.recheck(message.checkIds, clock.now())
    }),
    bus.answer(passive(name), async (message) => {
      assertVersion(message)
      await loop.takePassive(message.results)
      return { version: MESSAGE_VERSION }
    }),
  ]
  const marks = bus.subscribe(allWatermarks(name), (message) => {
    assertVersion(message)
    if (message.collector === name)
      loop.release(message.hub ?? plans.hubs[0] ?? '', message.boot, message.seq)
  })
  const closeInputs = (): Promise<void> => {
    for (const subscription of inputs) subscription.close()
    return keeper.close()
  }
  return {
    keeper,
    closeInputs,
    close() {
      void closeInputs()
      marks.close()
    },
  }
}

/** A message of a program that speaks another version. */
export class OtherVersion extends Error {
  override readonly name = 'OtherVersion'
}

function assertVersion(message: { readonly version: number }): void {
  if (message.version !== MESSAGE_VERSION)
    throw new OtherVersion(`message version ${message.version}, ${MESSAGE_VERSION} is spoken here`)
}
