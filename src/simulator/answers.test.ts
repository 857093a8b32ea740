import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { Answers } from './answers.ts'

test('answers come in the order of their arrival, and of those that come at once the first that was asked for', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 60 }), (times) => {
      const answers = new Answers()
      const base = {
        observer: 0,
        check: 0,
        seen: 0,
        startedAt: 0,
        tookMs: 0,
        isProbe: true,
      } as const
      for (const [seq, arrivesAt] of times.entries()) answers.add({ ...base, seq, arrivesAt })
      const taken: (readonly [number, number])[] = []
      while (Number.isFinite(answers.nextAt)) {
        const { arrivesAt, seq } = answers.take() ?? { arrivesAt: -1, seq: -1 }
        taken.push([arrivesAt, seq])
      }
      const wanted = times
        .map((at, seq) => [at, seq] as const)
        .toSorted((a, b) => a[0] - b[0] || a[1] - b[1])
      expect(taken).toEqual(wanted)
      expect(answers.take()).toBeUndefined()
    }),
  )
})
