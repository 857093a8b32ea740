import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ENTRANTS } from '../contestants.ts'
import { scoreOf } from '../scoring/score.ts'
import { liveTrace, scoreTrace, type TraceScore } from './trace-score.ts'
import { readTrace, type Trace } from './trace.ts'

const FOLDER = join(import.meta.dirname, '../../../test/fixtures/decision')

type Known = Omit<TraceScore, 'digestsEqual'>

const SCORES = JSON.parse(readFileSync(join(FOLDER, 'scores.json'), 'utf8')) as readonly {
  readonly fixture: string
  readonly assayConfirm: Known
  readonly assayPassive: Known
  readonly rsmon10: Known
  readonly majority: Known
}[]

const traceOf = (name: string): Promise<Trace> =>
  readTrace(readFileSync(join(FOLDER, `${name}.jsonl`), 'utf8').split('\n'))

test('every trace has its scores', () => {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.jsonl'))
  expect(SCORES.map(({ fixture }) => `${fixture}.jsonl`)).toEqual(files.toSorted())
})

describe.each(SCORES)(
  '[SI12] $fixture',
  ({ fixture, assayConfirm, assayPassive, rsmon10, majority }) => {
    test('is scored as the prototype was, and both nodes agree', async () => {
      const trace = await traceOf(fixture)
      expect(scoreTrace(trace, false)).toEqual({ ...assayConfirm, digestsEqual: true })
      const passive = scoreTrace(trace, true)
      const { observerIncidents: _own, delayP50s, delayMaxS, ...score } = passive
      const { observerIncidents: _theirs, delayP50s: p50, delayMaxS: max, ...known } = assayPassive
      expect(score).toEqual({ ...known, digestsEqual: true })
      expect(delayP50s ?? 0).toBeLessThanOrEqual((p50 ?? 0) + 1)
      expect(delayMaxS ?? 0).toBeLessThanOrEqual((max ?? 0) + 1)
    })
    test.each([true, false])(
      'without alarms for nothing, without an outage that is missed, each for its cause (passive: %s)',
      async (isPassive) => {
        const trace = await traceOf(fixture)
        const { falseAlarms, missed, outages, labels, digestsEqual } = scoreTrace(trace, isPassive)
        expect({ falseAlarms, missed, digestsEqual }).toEqual({
          falseAlarms: 0,
          missed: 0,
          digestsEqual: true,
        })
        const long = trace.truth
          .flat()
          .filter(({ from, to, isFlap }) => !isFlap && to - from >= 60_000)
        expect(outages).toBe(long.length)
        const wrong = Object.keys(labels).filter((label) => {
          const [real, said] = label.split('>')
          return real !== said
        })
        expect(wrong).toEqual([])
      },
    )
    test.each([
      ['rsmon-raw-10', rsmon10],
      ['majority', majority],
    ] as const)('is what it was for %s', async (name, known) => {
      const trace = await traceOf(fixture)
      const entrant = ENTRANTS.find((one) => one.name === name)
      if (entrant === undefined) throw new Error(`there is no ${name}`)
      const lines = trace.lines.filter(({ isProbe }) => !isProbe)
      const verdicts = liveTrace(
        trace,
        lines,
        entrant.create(trace.topology),
        (line) => line.arrivesAtA,
      )
      const score = scoreOf(
        trace,
        verdicts,
        { probes: 0, results: lines.length },
        { longMs: 60_000 },
      )
      const { falseDowns, missed, outages, labels } = score
      expect({ falseAlarms: falseDowns, missed, outages, labels }).toEqual({
        falseAlarms: known.falseAlarms,
        missed: known.missed,
        outages: known.outages,
        labels: known.labels,
      })
    })
  },
)
