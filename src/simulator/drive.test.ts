import { describe, expect, test } from 'vitest'
import type { Contestant, Question, Report, Verdicts } from './contestant.ts'
import { Drive, live } from './drive.ts'
import { arrivalsOf } from './trace/arrivals.ts'
import { World } from './world/world.ts'

const HOUR_MS = 3_600_000

/** Notes all that happens to it, and asks once. */
class Witness implements Contestant {
  readonly seen: { readonly report: Report; readonly now: number }[] = []
  readonly ticks: number[] = []
  questions: Question[] = []
  take(report: Report, now: number): void {
    this.seen.push({ report, now })
  }
  tick(now: number): void {
    this.ticks.push(now)
    if (now === 600_000)
      this.questions = [0, 1, 2].map((observer) => ({
        observer,
        check: 0,
        delayMs: 0,
        timeoutMs: 5_000,
      }))
  }
  drainQuestions(): readonly Question[] {
    return this.questions.splice(0)
  }
  close(): Verdicts {
    return { changes: [], incidents: undefined, pages: 0, blamesByHostCheck: false }
  }
}

const world = new World({ observers: 3, seed: 4, durationMs: HOUR_MS, siteSizes: [4, 3] })

describe('a hub in the time of a world', () => {
  const witness = new Witness()
  const drive = new Drive(world, witness)
  for (const window of arrivalsOf(world, 0)) live([drive], [window])

  test('ticks every second to the end', () => {
    expect(witness.ticks).toEqual(Array.from({ length: 3601 }, (_, second) => second * 1000))
  })
  test('[SI4] gets messages in the order of their arrival: some late, some twice, some never', () => {
    const times = witness.seen.map(({ now }) => now)
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    const results = witness.seen.filter(({ report }) => report.seen !== 3 && !report.isProbe)
    const scheduled = 3 * world.topology.checks.length * 60
    const single = new Set(
      results.map(({ report: one }) => `${one.observer} ${one.check} ${one.seq}`),
    )
    expect(results.length).toBeGreaterThan(single.size)
    expect(single.size).toBeLessThan(scheduled)
    expect(single.size).toBeGreaterThan(scheduled * 0.98)
    const begins = results.map(({ report }) => report.at)
    expect(begins).not.toEqual(begins.toSorted((a, b) => a - b))
  })
  test('[SI5] gets the answers of the world to its questions', () => {
    const answers = witness.seen.filter(({ report }) => report.isProbe)
    expect(answers).toHaveLength(3)
    expect(drive.spent.probes).toBe(3)
    for (const { report, now } of answers) {
      expect(now).toBeGreaterThan(600_000)
      expect(now).toBeLessThan(620_000)
      const startedAt = report.at - world.correctedErrorMs(report.observer, report.at)
      expect(world.probe(report.observer, 0, startedAt, 5_000).seen).toBe(report.seen)
    }
  })
  test('[SI4] another hub gets the same results at other times', () => {
    const other = new Witness()
    const otherDrive = new Drive(world, other, { hub: 1 })
    for (const window of arrivalsOf(world, 1)) live([otherDrive], [window])
    const keys = (of: Witness) =>
      new Set(
        of.seen.map(({ report: one }) => `${one.observer} ${one.check} ${one.at} ${one.seen}`),
      )
    const [own, others] = [keys(witness), keys(other)]
    const both = [...own].filter((key) => others.has(key))
    expect(both.length).toBeGreaterThan(own.size * 0.95)
    expect(other.seen.map(({ now }) => now)).not.toEqual(witness.seen.map(({ now }) => now))
  })
})

test('[SI10] one that hears only one observer hears nothing else', () => {
  const witness = new Witness()
  const drive = new Drive(world, witness, { only: 1 })
  for (const window of arrivalsOf(world, 0)) live([drive], [window])
  expect(new Set(witness.seen.map(({ report }) => report.observer))).toEqual(new Set([1]))
})
