import { expect, test } from 'vitest'
import { OUTAGES_MAX } from '../../wire/replication.ts'
import { Agreement, disagreementOf, summaryOf, toldOutages } from './agreement.ts'

const outages = (...ids: readonly string[]) => ({ checks: 5_000, ids: ids.toSorted() })

test('[RP13] hubs with the same outages have the same digest, and only those', () => {
  const { digest, ...counts } = summaryOf(outages('web', 'db'))
  expect(counts).toEqual({ checks: 5_000, down: 2 })
  expect(digest).toBe(summaryOf(outages('db', 'web')).digest)
  for (const other of [outages(), outages('web'), outages('web', 'db2')])
    expect(summaryOf(other).digest).not.toBe(digest)
})

test('[RP13] it is noted since when another hub says something else, until it says the same again', () => {
  const agreement = new Agreement()
  const own = () => summaryOf(outages('web'))
  agreement.heard('b', summaryOf(outages('web')), own, 1_000)
  expect(agreement.differsMs('b', 9_000)).toBe(0)
  agreement.heard('b', summaryOf(outages()), own, 10_000)
  agreement.heard('b', summaryOf(outages('db')), own, 12_000)
  expect([agreement.differsMs('b', 12_500), agreement.differsMs('c', 12_500)]).toEqual([2_500, 0])
  agreement.heard('b', summaryOf(outages('web')), own, 14_000)
  agreement.heard('b', summaryOf(outages('db')), own, 15_000)
  expect(agreement.differsMs('b', 16_000)).toBe(1_000)
  agreement.heard('b', { ...own(), checks: 4 }, own, 17_000)
  expect(agreement.differsMs('b', 17_000)).toBe(2_000)
  agreement.heard('b', undefined, own, 18_000)
  expect(agreement.differsMs('b', 19_000)).toBe(0)
})

test('[RP14] the checks that are down at one hub only', () => {
  const theirs = toldOutages(outages('db', 'mail', 'web'))
  expect(disagreementOf(outages('app', 'db'), theirs)).toEqual({
    onlyHere: ['app'],
    onlyThere: ['mail', 'web'],
    isPartial: false,
  })
})

test('[RP14] of too many the first are compared, and none is named that the other did not tell', () => {
  const all = Array.from({ length: OUTAGES_MAX + 500 }, (_, n) => `h${String(n).padStart(5, '0')}`)
  const here = outages(...all.filter((id) => id !== 'h00007'))
  const theirs = toldOutages(outages(...all.filter((id) => id !== 'h00003')))
  expect([theirs.ids.length, theirs.verdicts.down]).toEqual([OUTAGES_MAX, OUTAGES_MAX + 499])
  expect(disagreementOf(here, theirs)).toEqual({
    onlyHere: ['h00003'],
    onlyThere: ['h00007'],
    isPartial: true,
  })
})
