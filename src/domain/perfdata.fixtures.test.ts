import { describe, expect, test } from 'vitest'
import { fixtureFiles } from '../../test/fixture-files.ts'
import { normalise, type NormalisedPerfdatum } from './normalised-perfdatum.ts'
import { parsePerfdata } from './perfdata.ts'
import type { Perfdatum } from './perfdatum.ts'

interface Case {
  readonly id: string
  readonly input: string
  readonly from: 'both peers' | 'guidelines' | 'peers differ'
  /** Absent where the peers differ. */
  readonly expect?: readonly Perfdatum[]
  readonly normalised?: readonly NormalisedPerfdatum[]
}

const files = fixtureFiles<{ readonly perfdata: readonly Case[] }>('perfdata')

test('there is recorded performance data to read', () => {
  expect(files.flatMap((file) => file.content.perfdata).length).toBeGreaterThan(0)
})

describe.each(files)('$path', ({ content }) => {
  test.each(content.perfdata)('$id $from: $input', (recorded) => {
    const items = parsePerfdata(recorded.input)
    if (recorded.expect !== undefined) expect(items).toEqual(recorded.expect)
    if (recorded.normalised !== undefined) {
      expect(items.map((item) => rounded(normalise(item)))).toEqual(
        recorded.normalised.map(rounded),
      )
    }
    hidesNoNeighbour(recorded.input)
  })
})

/** The product of a number and a factor may differ in its last bit. */
function rounded(item: NormalisedPerfdatum): unknown {
  const round = (value: number | null): number | null =>
    value === null ? null : Number(value.toPrecision(14))
  const { value, warn, crit, min, max } = item
  return {
    ...item,
    value: round(value),
    warn: round(warn),
    crit: round(crit),
    min: round(min),
    max: round(max),
  }
}

function hidesNoNeighbour(input: string): void {
  const before = parsePerfdata(`before=1 ${input}`)
  expect(before[0]).toMatchObject({ label: 'before', value: 1 })
  const behind = parsePerfdata(`${input} 'be hind'=2`).at(-1)
  expect(behind?.value).toBe(2)
  expect(behind?.label.includes('be hind')).toBe(true)
}
