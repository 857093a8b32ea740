import { fc, test as property } from '@fast-check/vitest'
import { expect, test } from 'vitest'
import { instant } from '../../base/instant.ts'
import { mergeEnrolments } from './merge.ts'
import type { EnrolledCollector } from './ports.ts'

function collector(publicKey: string, joinedAt: number, revokedAt?: number): EnrolledCollector {
  return {
    id: 'east.c1',
    cluster: 'east',
    name: 'c1',
    publicKey,
    joinedAt: instant(joinedAt),
    joinedBy: 'root',
    revokedAt: revokedAt === undefined ? undefined : instant(revokedAt),
  }
}

test('[TR25] who joined elsewhere is known here, and who was shut out there is shut out here', () => {
  const joined = collector('UA', 1)
  const gone = collector('UA', 1, 5)
  expect(mergeEnrolments([], [joined])).toEqual({ changed: [joined], shutOut: [] })
  expect(mergeEnrolments([joined], [gone])).toEqual({ changed: [gone], shutOut: [] })
  expect(mergeEnrolments([gone], [joined])).toEqual({ changed: [], shutOut: [] })
})

test('[TR25] of two machines that two hubs let in under one name the later one has it', () => {
  const [first, second] = [collector('UB', 1), collector('UA', 2)]
  expect(mergeEnrolments([first], [second])).toEqual({ changed: [second], shutOut: ['UB'] })
  expect(mergeEnrolments([second], [first])).toEqual({ changed: [], shutOut: ['UB'] })
  const tie = collector('UC', 2)
  expect(mergeEnrolments([second], [tie]).changed).toEqual([tie])
  expect(mergeEnrolments([tie], [second]).changed).toEqual([])
})

/** A key joins once. */
const KEYS = [
  ['UA', 1],
  ['UB', 2],
  ['UC', 2],
] as const
const some = fc
  .array(
    fc.tuple(
      fc.constantFrom(...KEYS),
      fc.option(fc.integer({ min: 4, max: 5 }), { nil: undefined }),
    ),
    { maxLength: 6 },
  )
  .map((rows) => rows.map(([[key, at], revoked]) => collector(key, at, revoked)))

property.prop([some])('[TR25] hubs that heard the same in any order agree', (heard) => {
  const holder = (order: readonly EnrolledCollector[]) =>
    order.reduce<EnrolledCollector | undefined>(
      (mine, other) =>
        mergeEnrolments(mine === undefined ? [] : [mine], [other]).changed[0] ?? mine,
      undefined,
    )
  const forwards = holder(heard)
  const backwards = holder(heard.toReversed())
  const seen = (of: EnrolledCollector | undefined) => [of?.publicKey, of?.revokedAt === undefined]
  expect(seen(forwards)).toEqual(seen(backwards))
})
