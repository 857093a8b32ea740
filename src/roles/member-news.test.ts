import { expect, test } from 'vitest'
import { createTestClock } from '../../test/test-clock.ts'
import { createTestLog } from '../../test/test-log.ts'
import { instant } from '../base/instant.ts'
import type { Member, MemberHealth } from '../orchestrator/roster.ts'
import { tellMemberNews } from './member-news.ts'

test('[SW13] who is lost is said once, with others of that second; being late is nothing', () => {
  const clock = createTestClock()
  const log = createTestLog()
  const there: string[] = []
  const members = new Map<string, MemberHealth>([
    ['east.c1', 'live'],
    ['east.c2', 'live'],
    ['east.c3', 'late'],
  ])
  const roster = { members: () => [...members].map(memberOf) }
  const info = (message: string, fields = {}): void => void there.push(JSON.stringify(fields))
  const end = tellMemberNews({ roster, clock, log: { ...log, info } })
  expect(there).toEqual([JSON.stringify({ count: 2, collectors: 'east.c1, east.c2' })])

  members.set('east.c1', 'late')
  clock.pass(2_000)
  members.set('east.c1', 'live')
  clock.pass(2_000)
  expect(log.warnings).toEqual([])
  expect(there).toHaveLength(1)

  members.set('east.c1', 'lost').set('east.c3', 'lost')
  clock.pass(5_000)
  expect(log.warnings).toEqual([
    { message: 'collectors are lost', fields: { count: 2, collectors: 'east.c1, east.c3' } },
  ])

  members.set('east.c1', 'late')
  clock.pass(1_000)
  members.set('east.c1', 'live')
  clock.pass(1_000)
  expect(there.at(-1)).toBe(JSON.stringify({ count: 1, collectors: 'east.c1' }))
  end()
  members.set('east.c2', 'lost')
  clock.pass(5_000)
  expect(log.warnings).toHaveLength(1)
})

function memberOf([id, health]: [string, MemberHealth]): Member {
  const since = instant(0)
  return { id, cluster: 'east', name: id, health, since } as Member
}
