import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Bus } from '../wire/bus.ts'
import {
  allWatermarks,
  MESSAGE_VERSION,
  passive,
  plan,
  recheck,
  type Plan,
} from '../wire/subjects.ts'
import type { CheckLoop } from './check-loop.ts'
import { createPlanCalendars } from './plan-calendars.ts'
import { planFault, stagePlans } from './staged-plan.ts'

export interface ListenParts {
  readonly name: string
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Log
  readonly loop: CheckLoop
}

export interface Listening {
  /** No plans, requests and passive results any more; watermarks still. */
  closeInputs(): void
  close(): void
}

/** Takes what the bus brings to this collector. Messages of another version are refused: their senders hear it. */
export function listen({ name, bus, clock, log, loop }: ListenParts): Listening {
  const calendarsOf = createPlanCalendars()
  const takePlan = (message: Plan): void => {
    const fault = planFault(message)
    if (fault !== undefined) throw new PlanRefused(fault)
    const change = loop.apply(message.checks, calendarsOf(message.timePeriods))
    log.info('plan applied', {
      revision: message.revision,
      checks: message.checks.length,
      ...change,
    })
  }
  const inputs = [
    ...stagePlans({ name, bus, log, follow: takePlan }),
    bus.subscribe(plan(name), (message) => {
      assertVersion(message)
      takePlan(message)
    }),
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
    if (message.collector === name) loop.release(message.boot, message.seq)
  })
  const closeInputs = (): void => {
    for (const subscription of inputs) subscription.close()
  }
  return {
    closeInputs,
    close() {
      closeInputs()
      marks.close()
    },
  }
}

/** A plan that cannot be run as it is; the one before stays. */
export class PlanRefused extends Error {
  override readonly name = 'PlanRefused'
}

/** A message of a program that speaks another version. */
export class OtherVersion extends Error {
  override readonly name = 'OtherVersion'
}

function assertVersion(message: { readonly version: number }): void {
  if (message.version !== MESSAGE_VERSION)
    throw new OtherVersion(`message version ${message.version}, ${MESSAGE_VERSION} is spoken here`)
}
