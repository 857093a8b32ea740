import { describe, expect, test } from 'vitest'
import {
  prototypeScores,
  readTrace,
  type DecisionTrace,
  type TraceLine,
} from '../../../test/decision-trace.ts'
import { instant, type Instant } from '../../base/instant.ts'
import { DecisionEngine } from './engine.ts'
import { recompute } from './recompute.ts'
import type { VerdictChange } from './verdicts.ts'

/** An alarm is not false when the check was really down at some time in so long before. */
const GRACE_MS = 90_000
/** Outages of this length must be found, and their cause be right so long after. */
const LENGTH_MS = 60_000

interface Down {
  readonly check: number
  readonly from: number
  to: number
  /** Scope of the cause, and since when. */
  readonly causes: { readonly at: number; readonly scope: string; readonly name: string }[]
}

interface Run {
  readonly engine: DecisionEngine
  readonly changes: readonly VerdictChange[]
  readonly downs: readonly Down[]
}

type ArrivalOf = (line: TraceLine) => Instant | null

/** Lets a node live through a trace, with a tick every second. */
function live(
  { topology, durationMs }: DecisionTrace,
  lines: readonly TraceLine[],
  arrivalOf: ArrivalOf,
): Run {
  const engine = new DecisionEngine(topology, { confirm: false })
  const arrivals = lines
    .flatMap((line) => {
      const at = arrivalOf(line)
      return at === null ? [] : [{ at, evidence: line.evidence }]
    })
    .toSorted((a, b) => a.at - b.at)
  let next = 0
  for (const { at, evidence } of arrivals) {
    for (; next <= at; next += 1000) engine.tick(instant(next))
    engine.take(evidence, at)
  }
  for (; next <= durationMs; next += 1000) engine.tick(instant(next))
  const changes = engine.drainChanges()
  return { engine, changes, downs: downsOf(changes, durationMs) }
}

function downsOf(changes: readonly VerdictChange[], durationMs: number): Down[] {
  const downs: Down[] = []
  const standing = new Map<number, Down>()
  for (const { at, check, to, receipt } of changes) {
    const isDown = to === 'down' || to === 'recovering'
    let down = standing.get(check)
    if (!isDown) {
      if (down !== undefined) down.to = at
      standing.delete(check)
      continue
    }
    if (down === undefined) {
      down = { check, from: at, to: durationMs, causes: [] }
      standing.set(check, down)
      downs.push(down)
    }
    down.causes.push({ at, scope: receipt.cause?.scope ?? '', name: receipt.cause?.name ?? '' })
  }
  return downs
}

function linesOf(trace: DecisionTrace, hasExtra: boolean): readonly TraceLine[] {
  return hasExtra ? trace.lines : trace.lines.filter(({ evidence }) => !evidence.isProbe)
}

const cases = prototypeScores().flatMap((score) => [
  { name: score.fixture, kind: 'passive', hasExtra: false, prototype: score.assayPassive },
  {
    name: score.fixture,
    kind: 'with answers to questions',
    hasExtra: true,
    prototype: score.assayConfirm,
  },
])

test('there are eleven traces', () => {
  expect(cases).toHaveLength(22)
})

describe.each(cases)('$name, $kind', ({ name, hasExtra, prototype }) => {
  const trace = readTrace(name)
  const lines = linesOf(trace, hasExtra)
  const { engine, changes, downs } = live(trace, lines, ({ arrivesAtA }) => arrivesAtA)
  const long = trace.outages.filter(({ from, to }) => to - from >= LENGTH_MS)
  const foundOf = ({ check, from, to }: (typeof long)[number]) =>
    downs.find((down) => down.check === check && down.to > from && down.from < to)

  test('no alarm is false', () => {
    const isReal = ({ check, from }: Down) =>
      trace.outages.some(
        (one) => one.check === check && one.from <= from && one.to > from - GRACE_MS,
      )
    expect(downs.filter((down) => !isReal(down))).toEqual([])
  })

  test('no outage is missed', () => {
    expect(long).toHaveLength(prototype.outages)
    expect(long.filter((outage) => foundOf(outage) === undefined)).toEqual([])
  })

  test('each is found as soon as by the prototype, give or take a second', () => {
    const delays = long.map((outage) => ((foundOf(outage)?.from ?? Infinity) - outage.from) / 1000)
    expect(Math.max(0, ...delays)).toBeLessThanOrEqual((prototype.delayMaxS ?? 0) + 1)
  })

  test('[EV16, EV17] its cause is right a minute later', () => {
    const wrong = long.filter((outage) => {
      const found = foundOf(outage)
      const by = Math.min(found?.to ?? 0, (found?.from ?? 0) + LENGTH_MS)
      const cause = found?.causes.findLast(({ at }) => at <= by)
      const isHostCheck = trace.topology.checks[outage.check]?.isHostCheck === true
      const isNamed = cause?.scope === 'service' || isHostCheck || cause?.name === outage.subject
      return !outage.cause.includes(cause?.scope ?? '') || !isNamed
    })
    expect(wrong).toEqual([])
  })

  test('[EV4] both nodes say the same once they have the same results', () => {
    const other = live(trace, lines, ({ arrivesAtB }) => arrivesAtB).engine
    const end = instant(trace.durationMs)
    for (const { evidence } of lines) engine.take(evidence, end)
    for (const { evidence } of lines.toReversed()) other.take(evidence, end)
    expect(other.digest(end)).toBe(engine.digest(end))
  })

  test('[EV22] every verdict can be computed again from its receipt as it is stored', () => {
    expect(changes.length).toBeGreaterThan(0)
    for (const { to, receipt } of changes) {
      const stored = JSON.parse(JSON.stringify(receipt)) as typeof receipt
      expect(recompute({ ...stored, kind: 'unknown', cause: null } as typeof receipt)).toEqual({
        kind: to,
        cause: receipt.cause,
      })
    }
  })

  test('[EV22] invariant 17: every DOWN has a cause, a result and a sentence', () => {
    for (const { to, receipt } of changes.filter((change) => change.to === 'down')) {
      expect(receipt.cause?.name).toBeTruthy()
      const results = [
        ...receipt.witnesses,
        ...(receipt.above?.seenBy.map(({ newest }) => newest) ?? []),
      ]
      expect(results.length).toBeGreaterThan(0)
      expect(receipt.sentence).toMatch(new RegExp(`^${to.toUpperCase()}`))
    }
  })
})
