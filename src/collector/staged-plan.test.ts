import { afterEach, describe, expect, test } from 'vitest'
import { createMemoryBus } from '../adapters/memory/bus.ts'
import { silentLog } from '../base/log.ts'
import type { Check } from '../domain/check.ts'
import { hostCheckId } from '../domain/check-id.ts'
import type { TimePeriod } from '../domain/time-period.ts'
import type { Bus } from '../wire/bus.ts'
import {
  MESSAGE_VERSION,
  planAcknowledgement,
  planDecision,
  planProposal,
  type Plan,
  type PlanAcknowledgement,
} from '../wire/subjects.ts'
import { planFault, stagePlans } from './staged-plan.ts'

let bus: Bus
afterEach(() => bus.close())

function start() {
  bus = createMemoryBus()
  const followed: string[] = []
  const answers: PlanAcknowledgement['answer'][] = []
  const take = (plan: Plan): undefined => void followed.push(plan.revision)
  stagePlans({
    name: 'c',
    bus,
    log: silentLog,
    objection: planFault,
    olderFault: () => undefined,
    take,
  })
  bus.subscribe(planAcknowledgement('hub-0', 'c'), ({ answer }) => void answers.push(answer))
  return {
    followed,
    answers,
    propose: (job: string, plan: Plan, version = MESSAGE_VERSION) =>
      bus.publish(planProposal('c'), {
        version: version as typeof MESSAGE_VERSION,
        hub: 'hub-0',
        job,
        plan,
      }),
    decide: (job: string, decision: 'activate' | 'withdraw') =>
      bus.publish(planDecision('c'), { version: MESSAGE_VERSION, hub: 'hub-0', job, decision }),
  }
}

const good: Check = {
  id: hostCheckId('h'),
  hostName: 'h',
  serviceName: undefined,
  intervalMs: 1000,
  retryIntervalMs: 1000,
  maxAttempts: 1,
  timeoutMs: 1000,
  period: undefined,
  command: { kind: 'passive' },
}

function planWith(check: object = {}, periods: readonly TimePeriod[] = []): Plan {
  const checks = [{ ...good, ...check }]
  return { version: MESSAGE_VERSION, revision: 'r', checks, timePeriods: periods }
}

const period = (more: Partial<TimePeriod>): TimePeriod => ({
  name: 'p',
  alias: 'p',
  ranges: [],
  exclude: [],
  timezone: undefined,
  ...more,
})

describe('a proposed plan', () => {
  test('is followed only when the hub says so, once', async () => {
    const { propose, decide, followed, answers } = start()
    await propose('j', planWith())
    expect(followed).toEqual([])
    await decide('j', 'activate')
    await decide('j', 'activate')
    expect(followed).toEqual(['r'])
    expect(answers.map(({ kind }) => kind)).toEqual(['staged', 'active', 'refused'])
  })
  test('is forgotten when it is withdrawn, or another one comes', async () => {
    const { propose, decide, followed } = start()
    await propose('j', planWith())
    await decide('j', 'withdraw')
    await decide('j', 'activate')
    await propose('k', planWith())
    await propose('l', { ...planWith(), revision: 's' })
    await decide('k', 'activate')
    expect(followed).toEqual([])
    await decide('l', 'activate')
    expect(followed).toEqual(['s'])
  })
})

describe('[CC4] a plan is refused', () => {
  test.each([
    [
      'a built-in check',
      planWith({ command: { kind: 'builtin', builtin: 'tea', options: {} } }),
      /h: the built-in check 'tea' is unknown here/,
    ],
    [
      'a kind of command',
      planWith({ command: { kind: 'wasm' } }),
      /h: commands of kind 'wasm' are unknown here/,
    ],
    ['an interval', planWith({ intervalMs: 0 }), /h: intervals of 0 and 1000 ms/],
    ['a retry interval', planWith({ retryIntervalMs: Number.NaN }), /NaN ms/],
    ['a time zone', planWith({}, [period({ timezone: 'Mars/Base' })]), /time period p: .*Mars/],
    [
      'days',
      planWith({}, [period({ ranges: [['someday', '08:00-09:00']] })]),
      /'someday' are no days/,
    ],
    ['hours', planWith({}, [period({ ranges: [['monday', '25-26']] })]), /'25-26' are no hours/],
  ])('for %s', async (_, plan, reason) => {
    const { propose, answers } = start()
    await propose('j', plan)
    expect(answers).toEqual([{ kind: 'refused', reason: expect.stringMatching(reason) as string }])
  })
  test('of another version', async () => {
    const { propose, answers } = start()
    await propose('j', planWith(), 2)
    expect(answers).toMatchObject([
      { kind: 'refused', reason: 'message version 2, 1 is spoken here' },
    ])
  })
})
