import { describe, expect, test } from 'vitest'
import { fixtureFiles } from '../../../test/fixture-files.ts'
import { instant } from '../../base/instant.ts'
import { hostCheckId, serviceCheckId } from '../../domain/check-id.ts'
import type { CheckResult } from '../../domain/check-result.ts'
import { DEFAULT_FLAPPING, type StatePolicy } from '../../domain/fleet.ts'
import { codeOf } from '../../domain/state-names.ts'
import { nextHostRecord, type PassiveHostPolicy } from './host-transition.ts'
import { observeHost, observeService, passiveReturnCode } from './observation.ts'
import type { ObjectRecord } from './record.ts'
import { nextServiceRecord } from './service-transition.ts'
import { pendingRecord, type Transition } from './transition.ts'

/** What Nagios made of each result, replayed through our state machine. The form is described in the fixture's `about`. */
interface Scenario {
  readonly id: string
  readonly object: 'host' | 'service'
  readonly settings: Readonly<Record<string, string | number>>
  readonly steps: readonly Step[]
  readonly passive_host_checks_are_soft?: boolean
  readonly with_passive_host_checks_hard?: readonly Variant[]
  readonly with_translated_passive_checks?: readonly Variant[]
}

type Input =
  number | readonly [code: number, output: string] | readonly [command: string, ...rest: number[]]
type Variant = readonly [
  type: string,
  attempt: number,
  state: number,
  notifications: readonly string[],
]

interface Step {
  readonly in: Input
  readonly state: number
  readonly type: string
  readonly attempt: number
  readonly last_hard: number
  readonly alert: readonly [state: string, type: string, attempt: number] | null
  readonly percent: number
  readonly flapping?: boolean
  readonly flap_event?: string
}

const ASSERTED = [
  'state',
  'type',
  'attempt',
  'last_hard',
  'alert',
  'percent',
  'flapping',
  'flap_event',
]

/** Notifications, event handlers and operators' intents come with their own issue. */
const OF_A_LATER_ISSUE = [
  'notify',
  'notification_number',
  'handler',
  'acknowledged',
  'downtime_depth',
  'downtime_event',
]

/** Commands that tell of operators' intents or of masters: they change no state, type, attempt or alert. */
const WITHOUT_EFFECT_ON_STATE = ['ack', 'down', 'undown', 'nonotify', 'donotify', 'master']

/** What a step shows, in the words of the fixture. */
function shown(record: ObjectRecord, step: Transition | undefined): Omit<Step, 'in' | 'percent'> {
  const change = step?.change
  const flap = step?.flap
  return {
    state: codeOf(record.state === 'pending' ? 'ok' : record.state),
    type: record.type.toUpperCase(),
    attempt: record.attempt,
    last_hard: codeOf(record.lastHardState === 'pending' ? 'ok' : record.lastHardState),
    alert:
      change === undefined
        ? null
        : [change.to.toUpperCase(), change.type.toUpperCase(), change.attempt],
    flapping: record.flapping.isFlapping,
    ...(flap === undefined ? {} : { flap_event: flap.toUpperCase() }),
  }
}

function policyOf({ object, settings }: Scenario): StatePolicy {
  return {
    maxAttempts: Number(settings['max_check_attempts']),
    isVolatile: settings['is_volatile'] === 1,
    flapping: {
      ...DEFAULT_FLAPPING,
      isEnabled: settings['flap_detection_enabled'] === 1,
      lowPercent: Number(settings['low_flap_threshold'] ?? DEFAULT_FLAPPING.lowPercent),
      highPercent: Number(settings['high_flap_threshold'] ?? DEFAULT_FLAPPING.highPercent),
      options: String(settings['flap_detection_options'] ?? 'all'),
    },
    ...(settings['stalking'] === 1 ? { stalking: object === 'host' ? 'o,d,u' : 'o,w,u,c' } : {}),
  }
}

function passiveResult(object: string, input: Input, seq: number): CheckResult | undefined {
  const [code, output] = typeof input === 'number' ? [input, 'text'] : input
  if (typeof code !== 'number') return undefined
  const [first = '', ...more] = String(output).split('\\n')
  const [text = '', perfdata = ''] = first.split('|')
  const at = instant(seq * 1000)
  return {
    collector: 'c',
    boot: 'b',
    seq,
    checkId: object === 'host' ? hostCheckId('h') : serviceCheckId('h', 's'),
    origin: 'passive',
    dueAt: at,
    startedAt: at,
    finishedAt: at,
    outcome: {
      kind: 'exited',
      code: passiveReturnCode(code),
      output: text.trim(),
      longOutput: more.join('\n'),
      perfdata,
    },
  }
}

/** Plays the inputs and returns the record and what happened after each of them. */
function play(scenario: Scenario, passive: PassiveHostPolicy) {
  const policy = policyOf(scenario)
  const isHost = scenario.object === 'host'
  let record = pendingRecord(isHost ? hostCheckId('h') : serviceCheckId('h', 's'))
  let hostIsUp = true
  const parents: ('up' | 'down')[] = scenario.settings['has_parent'] === 1 ? ['up'] : []
  return scenario.steps.map(({ in: input }, index) => {
    const result = passiveResult(scenario.object, input, index + 1)
    if (result === undefined) {
      const [command, code] = input as readonly [string, number?]
      if (command === 'hostdown') hostIsUp = false
      else if (command === 'hostup') hostIsUp = true
      else if (command === 'parent') parents[0] = code === 0 ? 'up' : 'down'
      else expect(WITHOUT_EFFECT_ON_STATE).toContain(command)
      return { record, step: undefined }
    }
    const step = isHost
      ? nextHostRecord(record, observeHost(result), policy, { parents, passive })
      : nextServiceRecord(record, observeService(result), policy, hostIsUp)
    record = step.record
    return { record, step }
  })
}

const files = fixtureFiles<{ readonly scenarios: readonly Scenario[] }>('scenarios')
const scenarios = files
  .flatMap(({ content }) => content.scenarios)
  .filter(
    ({ object, steps }) => (object === 'host' || object === 'service') && Array.isArray(steps),
  )

test('there is something to replay', () => expect(scenarios.length).toBeGreaterThan(0))

describe('[SM1, SM20] Nagios made the same of it', () => {
  test.each(scenarios.map((scenario) => [scenario.id, scenario] as const))('%s', (_, scenario) => {
    const areSoft = scenario.passive_host_checks_are_soft === true
    const played = play(scenario, { areSoft, areTranslated: false })
    const expected = scenario.steps.map((step) => ({
      state: step.state,
      type: step.type,
      attempt: step.attempt,
      last_hard: step.last_hard,
      alert: step.alert,
      flapping: step.flapping ?? false,
      ...(step.flap_event === undefined ? {} : { flap_event: step.flap_event }),
    }))
    expect(played.map(({ record, step }) => shown(record, step))).toEqual(expected)
    scenario.steps.forEach((step, index) => {
      const percent = played[index]?.record.flapping.percent ?? Number.NaN
      expect(Math.abs(percent - step.percent), `percent of step ${index}`).toBeLessThan(0.0051)
    })
  })
})

const variants = [
  ['with_passive_host_checks_hard', { areSoft: false, areTranslated: false }],
  ['with_translated_passive_checks', { areSoft: true, areTranslated: true }],
] as const

for (const [key, passive] of variants) {
  const chosen = scenarios.filter((scenario) => scenario[key] !== undefined)
  describe.runIf(chosen.length > 0)(`[SM25, SM26] ${key}`, () => {
    test.each(chosen.map((scenario) => [scenario.id, scenario] as const))('%s', (_, scenario) => {
      const played = play(scenario, passive).map(({ record }) => {
        const { type, attempt, state } = shown(record, undefined)
        return [type, attempt, state]
      })
      expect(played).toEqual(scenario[key]?.map((variant) => variant.slice(0, 3)))
    })
  })
}

test(`every field of a step is asserted, or left to a later issue: ${OF_A_LATER_ISSUE.join(', ')}`, () => {
  const recorded = new Set(
    scenarios.flatMap(({ steps }) => steps.flatMap((step) => Object.keys(step))),
  )
  const open = [...recorded].filter((field) => field !== 'in' && !ASSERTED.includes(field))
  console.info(`not asserted yet: ${open.join(', ')}`)
  expect(open.filter((field) => !OF_A_LATER_ISSUE.includes(field))).toEqual([])
})
