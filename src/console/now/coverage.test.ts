import { expect, test } from 'vitest'
import { NO_COUNTS } from '../../../test/console-rows.ts'
import { coverageCounts, coverageSentence } from './coverage.ts'

const well = {
  hosts: { ...NO_COUNTS.hosts, up: 2 },
  services: { ...NO_COUNTS.services, ok: 14 },
}

test('[UI8] calm is only said of what has been seen', () => {
  expect(coverageSentence(well, false)).toEqual({
    headline: 'All 14 services OK, 2 hosts UP',
    gaps: '',
    isCalm: true,
  })
  const blind = { ...well, services: { ...well.services, stale: 3, pending: 1 } }
  expect(coverageSentence(blind, false)).toEqual({
    headline: 'No known problem: 14 services OK, 2 hosts UP',
    gaps: '3 stale. 1 pending.',
    isCalm: false,
  })
  expect(coverageCounts(blind)).toBe('14 of 18 services OK · 2 of 2 hosts UP')
})

test('[NW13] with a blind spot nothing is calm', () => {
  expect(coverageSentence(well, true)).toEqual({
    headline: 'No known problem: 14 services OK, 2 hosts UP',
    gaps: '',
    isCalm: false,
  })
})

test('[UI8] nothing seen and nothing configured are not calm', () => {
  const first = { ...NO_COUNTS, services: { ...NO_COUNTS.services, pending: 5 } }
  expect(coverageSentence(first, false)).toMatchObject({
    headline: 'Waiting for the first results',
    isCalm: false,
  })
  expect(coverageSentence(NO_COUNTS, false)).toMatchObject({
    headline: 'Nothing is configured yet',
    isCalm: false,
  })
})
