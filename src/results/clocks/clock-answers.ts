import type { Clock } from '../../base/clock.ts'
import type { Bus, Subscription } from '../../wire/bus.ts'
import { clockOf } from '../../wire/cluster.ts'
import { MESSAGE_VERSION } from '../../wire/subjects.ts'

/** Tells collectors the hub's time, at once: they measure how theirs stands to it. */
export function answerClocks(hub: string, bus: Bus, clock: Clock): Subscription {
  const question = clockOf(hub, '>')
  return bus.answer(question, () => ({ version: MESSAGE_VERSION, hub, at: clock.now() }) as const)
}
