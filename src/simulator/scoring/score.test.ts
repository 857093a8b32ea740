import { describe, expect, test } from 'vitest'
import type { SeenIncident, StateChange, Verdicts } from '../contestant.ts'
import type { Outage } from '../outage.ts'
import type { Fault, FaultKind } from '../world/faults.ts'
import { createWorldTopology } from '../world/topology.ts'
import { scoreOf, type Score, type Truth } from './score.ts'
import { summaryOf } from './summary.ts'

const MINUTE = 60_000
const topology = createWorldTopology(5, 1, [2, 2])
const checks = topology.checks.length
const RULES = { longMs: 3 * MINUTE }
const SPENT = { probes: 10, results: 1000 }

interface Story {
  readonly outages?: readonly (Partial<Outage> & {
    readonly check: number
    readonly from: number
    readonly to: number
  })[]
  readonly faults?: readonly (FaultKind & { readonly from: number; readonly to: number })[]
  readonly changes?: readonly (readonly [
    at: number,
    check: number,
    isDown: boolean,
    scope?: StateChange['scope'],
  ])[]
  readonly incidents?: readonly SeenIncident[]
  readonly blamesByHostCheck?: boolean
}

/** Times in minutes; an hour long. */
function scored({
  outages = [],
  faults = [],
  changes = [],
  incidents,
  blamesByHostCheck = false,
}: Story): Score {
  const truth: Outage[][] = topology.checks.map(() => [])
  for (const { check, from, to, ...more } of outages) {
    const outage = { scopes: ['service'], faults: [0], isMixed: false, isFlap: false } as const
    truth[check]?.push({ ...outage, ...more, from: from * MINUTE, to: to * MINUTE })
  }
  const real: Truth = {
    topology,
    durationMs: 60 * MINUTE,
    truth,
    faults: faults.map((fault, id): Fault => ({
      ...fault,
      id,
      from: fault.from * MINUTE,
      to: fault.to * MINUTE,
    })),
  }
  const verdicts: Verdicts = {
    changes: changes.map(([at, check, isDown, scope = 'service']) => ({
      at: at * MINUTE,
      check,
      isDown,
      scope,
    })),
    incidents: incidents?.map((one) => ({ ...one, from: one.from * MINUTE, to: one.to * MINUTE })),
    pages: 3,
    blamesByHostCheck,
  }
  return scoreOf(real, verdicts, SPENT, RULES)
}

describe('[SI7] false alarms', () => {
  test('are those without an outage in the minute and a half before', () => {
    const outages = [{ check: 1, from: 10, to: 15 }]
    expect(
      scored({
        outages,
        changes: [
          [11, 1, true],
          [15, 1, false],
        ],
      }).falseDowns,
    ).toBe(0)
    expect(scored({ outages, changes: [[16.4, 1, true]] }).falseDowns).toBe(0)
    expect(scored({ outages, changes: [[16.6, 1, true]] }).falseDowns).toBe(1)
    expect(scored({ outages, changes: [[9.9, 1, true]] }).falseDowns).toBe(1)
    expect(scored({ outages, changes: [[11, 2, true]] }).falseDowns).toBe(1)
  })
  test('of one check within five minutes are one', () => {
    const flips = [10, 12, 14, 25].flatMap(
      (at) =>
        [
          [at, 1, true],
          [at + 1, 1, false],
        ] as const,
    )
    const { falseDowns, falseAlarms } = scored({ changes: flips })
    expect([falseDowns, falseAlarms]).toEqual([4, 2])
  })
})

describe('[SI8] outages', () => {
  const faults = [
    { type: 'service', check: 1, how: 'hang', isFlap: false, from: 10, to: 20 },
  ] as const
  const outages = [{ check: 1, from: 10, to: 20 }]
  test('of three minutes are missed when there is no DOWN, and found after a time otherwise', () => {
    expect(scored({ outages, faults })).toMatchObject({ outages: 1, missed: 1, delaysMs: [] })
    const found = scored({
      outages,
      faults,
      changes: [
        [10.5, 1, true],
        [21, 1, false],
      ],
    })
    expect(found).toMatchObject({ outages: 1, missed: 0, delaysMs: [30_000] })
    expect(found.delaysOf.silent).toEqual([30_000])
    expect([found.wrongUpMs, found.wrongDownMs]).toEqual([30_000, 60_000])
  })
  test('that begin while it is DOWN already have no delay', () => {
    const early = scored({
      outages,
      faults,
      changes: [
        [9, 1, true],
        [12, 1, false],
      ],
    })
    expect(early).toMatchObject({ outages: 1, missed: 0, delaysMs: [] })
  })
  test('of less than three minutes may be DOWN a minute late, of less than one do not count', () => {
    const short = [{ check: 1, from: 10, to: 12 }]
    expect(scored({ outages: short, changes: [[12.9, 1, true]] })).toMatchObject({
      shortOutages: 1,
      shortCaught: 1,
    })
    expect(scored({ outages: short, changes: [[13.1, 1, true]] })).toMatchObject({
      shortOutages: 1,
      shortCaught: 0,
    })
    expect(scored({ outages: [{ check: 1, from: 10, to: 10.9 }] })).toMatchObject({
      shortOutages: 0,
      outages: 0,
    })
  })
  test('at the end of the world and of a service that goes up and down do not count', () => {
    expect(scored({ outages: [{ check: 1, from: 50, to: 59 }] }).outages).toBe(0)
    expect(scored({ outages: [{ check: 1, from: 10, to: 20, isFlap: true }] }).outages).toBe(0)
  })
})

describe('[SI9] causes', () => {
  const [alive = 0, service = 1] = topology.checksOf[0] ?? []
  const outages = [{ check: service, from: 10, to: 20, scopes: ['host'] as const }]
  const faults = [{ type: 'host', host: 0, isRefusedSoon: false, from: 10, to: 20 }] as const
  test('are what was said a minute after DOWN', () => {
    const soon = scored({
      outages,
      faults,
      changes: [
        [11, service, true],
        [11.9, service, true, 'host'],
      ],
    })
    expect(soon.labels).toEqual({ 'host>host': 1 })
    const late = scored({
      outages,
      faults,
      changes: [
        [11, service, true],
        [12.1, service, true, 'host'],
      ],
    })
    expect(late.labels).toEqual({ 'host>service': 1 })
  })
  test('are the host for a rule that does not say it, when its own check is down then', () => {
    const changes = [
      [11, service, true],
      [11.5, alive, true],
    ] as const
    expect(scored({ outages, faults, changes, blamesByHostCheck: true }).labels).toEqual({
      'host>host': 1,
    })
    expect(
      scored({ outages, faults, changes: [[11, service, true]], blamesByHostCheck: true }).labels,
    ).toEqual({
      'host>service': 1,
    })
  })
  test('of several faults at once are not judged', () => {
    const mixed = [{ check: service, from: 10, to: 20, isMixed: true }]
    expect(scored({ outages: mixed, faults, changes: [[11, service, true]] }).labels).toEqual({})
  })
})

describe('[SI9] incidents of observers', () => {
  const incident = (more: Partial<SeenIncident>): SeenIncident => ({
    type: 'observer',
    kind: 'contradicted',
    observer: 2,
    subject: -1,
    from: 11,
    to: 19,
    ...more,
  })
  const overload = { type: 'overload', observer: 2, severity: 0.5, from: 10, to: 20 } as const
  const path = { type: 'path', observerSites: [1], site: 1, from: 10, to: 20 } as const
  const ban = { type: 'ban', observer: 2, host: 3, isSilent: true, from: 10, to: 20 } as const
  const score = (fault: NonNullable<Story['faults']>[number], more: Partial<SeenIncident>) => {
    const { incidents, observerFaults } = scored({ faults: [fault], incidents: [incident(more)] })
    return [observerFaults[fault.type]?.[0], incidents?.right]
  }
  test('are right with the right kind, observer and subject at the time of a fault', () => {
    expect(score(overload, {})).toEqual([1, 1])
    expect(score(overload, { observer: 3 })).toEqual([0, 0])
    expect(score(path, { type: 'path', subject: 1 })).toEqual([1, 1])
    expect(score(path, { type: 'path', subject: 0 })).toEqual([0, 0])
    expect(score(ban, { type: 'ban', subject: 3 })).toEqual([1, 1])
    expect(score(ban, { type: 'ban', subject: 2 })).toEqual([0, 0])
    expect(score(overload, { from: 21, to: 22 })).toEqual([1, 1])
    expect(score(overload, { from: 22, to: 23 })).toEqual([0, 0])
  })
  test('of a way are no mistake when the observer itself is the reason, but do not find it', () => {
    expect(score(overload, { type: 'path', subject: 1 })).toEqual([0, 1])
  })
  test('are found after a time', () => {
    const faults = [overload]
    expect(scored({ faults, incidents: [incident({})] }).incidents?.delaysMs).toEqual([MINUTE])
  })
  test('cannot be wrong where there is no word for them', () => {
    expect(scored({ faults: [overload] }).incidents).toBeUndefined()
  })
})

test('[SI6] a summary is over all worlds: rates per 1,000 checks and day, quantiles over all delays', () => {
  const outages = [{ check: 1, from: 10, to: 20 }]
  const faults = [
    { type: 'service', check: 1, how: 'refused', isFlap: false, from: 10, to: 20 },
  ] as const
  const good = scored({
    outages,
    faults,
    changes: [
      [10.1, 1, true],
      [20, 1, false],
    ],
    incidents: [],
  })
  const bad = scored({ outages, faults, changes: [[5, 2, true]], incidents: [] })
  const summary = summaryOf('x', [good, bad])
  const checkDays = checks / 24
  expect(summary.checkDays).toBeCloseTo(2 * checkDays)
  expect(summary.falseAlarmsPer1000Day).toBeCloseTo(1000 / checkDays / 2)
  expect(summary.falseAlarmsMax).toBeCloseTo(1000 / checkDays)
  expect(summary).toMatchObject({
    worlds: 2,
    falseAlarms: 1,
    missed: 1,
    outages: 2,
    delayP50S: 6,
    delayP95S: 6,
  })
  expect(summary.recalls).toMatchObject({ service: 1, host: null, path: null })
  expect(summary.localisation).toBe(1)
  expect(summary.extraProbesPct).toBe(1)
  expect(summary.pagesPerDay).toBeCloseTo(72)
  expect(summary.incidentPrecision).toBeNull()
})
