import { expect, test } from 'vitest'
import { instant } from '../../base/instant.ts'
import { serviceCheckId } from '../../domain/check-id.ts'
import type { EvidenceClass } from '../../domain/evidence.ts'
import { compareRuns, evidenceFrom, PastRun, type PastOutage } from './past-run.ts'
import type { DecisionTopology } from './topology.ts'

const MINUTE = 60_000
const START = 1_800_000_000_000
const at = (seconds: number) => instant(START + seconds * 1000)

const topology = (rule: DecisionTopology['checks'][number]['rule'] = 'evidence') => ({
  observers: ['a', 'b', 'c'].map((name) => ({ name, site: `X${name}` })),
  sites: ['T'],
  hosts: [{ name: 'web', site: 0 }],
  checks: [
    {
      id: serviceCheckId('web', 'http'),
      host: 0,
      isHostCheck: false,
      intervalMs: MINUTE,
      timeoutMs: 10_000,
      observers: [0, 1, 2],
      rule,
      theta: 12.5,
    },
  ],
})

type Seen = readonly [seconds: number, observer: number, said: EvidenceClass]

/** Everybody says OK for ten minutes; then, in the eleventh, the service refuses for three minutes. */
const OUTAGE: readonly Seen[] = Array.from({ length: 60 }, (_, n): Seen => {
  const seconds = n * 20
  return [seconds, n % 3, seconds >= 600 && seconds < 780 ? 'error' : 'ok']
})

function outagesOf(
  seen: readonly Seen[],
  rule: DecisionTopology['checks'][number]['rule'] = 'evidence',
  from = 0,
): readonly PastOutage[] {
  const run = new PastRun(topology(rule), at(0), at(from))
  for (const [seconds, observer, said] of seen)
    run.take(
      { check: 0, observer, at: at(seconds), tie: observer, class: said, isProbe: false },
      at(seconds + 1),
    )
  return run.finish(at(1200))
}

test('[DA5] what was recorded is lived through in virtual time', () => {
  const [outage, ...more] = outagesOf(OUTAGE)
  expect(more).toEqual([])
  expect(outage?.checkId).toBe('web!http')
  // Two observers have failed by then, 20 s apart.
  expect(outage?.from).toBeGreaterThanOrEqual(at(620))
  expect(outage?.from).toBeLessThan(at(645))
  expect(outage?.to).toBeGreaterThan(at(780))
  expect(outage?.to).toBeLessThan(at(830))
})

test('[DA5] an outage that was over before the time that was asked for does not count', () => {
  expect(outagesOf(OUTAGE, 'evidence', 1000)).toEqual([])
  expect(outagesOf(OUTAGE, 'evidence', 700)).toHaveLength(1)
  const lasting = OUTAGE.map(([seconds, observer, said]): Seen => [
    seconds,
    observer,
    seconds >= 600 ? 'error' : said,
  ])
  expect(outagesOf(lasting).map(({ to }) => to)).toEqual([null])
})

test('[DA5] evidence of three intervals before is needed, of an hour at most', () => {
  expect(evidenceFrom(topology(), at(1000))).toBe(at(1000 - 180))
  const [check] = topology().checks
  const seldom = {
    ...topology(),
    checks: check === undefined ? [] : [{ ...check, intervalMs: 86_400_000 }],
  }
  expect(evidenceFrom(seldom, at(10_000))).toBe(at(10_000 - 3600))
})

test('[DA6] what another rule would have made of it: false alarms, what was missed, delays', () => {
  const stray: readonly Seen[] = OUTAGE.map(([seconds, observer, said]) => [
    seconds,
    observer,
    seconds === 300 ? 'error' : said,
  ])
  const any = outagesOf(stray, 'any')
  const ours = outagesOf(stray)
  const { avoided, missed, added, delaysMs } = compareRuns(any, ours, at(1200))
  expect(avoided.map(({ from }) => Math.round((from - START) / 1000))).toEqual([301])
  expect([missed, added]).toEqual([[], []])
  expect(delaysMs.map((ms) => Math.round(ms / 1000))).toEqual([20])
  const back = compareRuns(ours, any, at(1200))
  expect(back.added).toHaveLength(1)
  expect(back.avoided).toEqual([])
})

test('[DA6] a long outage that the other does not have counts as missed', () => {
  const long: PastOutage = { checkId: 'web!http', from: at(100), to: at(280) }
  const open: PastOutage = { checkId: 'web!ssh', from: at(1000), to: null }
  expect(compareRuns([long, open], [], at(1200)).missed).toEqual([long, open])
  const other = { ...open, from: at(990) }
  const { missed, delaysMs } = compareRuns([long, open], [other], at(1200))
  expect(missed).toEqual([long])
  expect(delaysMs).toEqual([-10_000])
})

test('[DA6] one outage that spans several of the other run is the same as each of them', () => {
  const whole: PastOutage = { checkId: 'web!http', from: at(100), to: at(280) }
  const parts = [
    { ...whole, from: at(110), to: at(130) },
    { ...whole, from: at(200), to: at(280) },
  ]
  const none = { avoided: [], missed: [], added: [] }
  expect(compareRuns(parts, [whole], at(1200))).toEqual({ ...none, delaysMs: [-10_000] })
  expect(compareRuns([whole], parts, at(1200))).toEqual({ ...none, delaysMs: [10_000] })
})
