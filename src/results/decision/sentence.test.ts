import { expect, test } from 'vitest'
import { DecisionDesk, type DeskPlan } from '../../../test/decision-desk.ts'

const FIVE = Array.from({ length: 12 }, (_, n) => `s${n}`)
const PLAN: DeskPlan = {
  observers: ['a@X1', 'b@X2', 'c@X3'],
  hosts: { 'web@T0': ['', ...FIVE], 'db@T0': ['', 'sql'], 'far@T1': ['', ...FIVE] },
}

function desk(plan: Partial<DeskPlan> = {}): DecisionDesk {
  return new DecisionDesk({ ...PLAN, ...plan }, { confirm: false }).calm(0, 3)
}

const said = (at: DecisionDesk, id: string, now: number) => at.explain(id, now).sentence

test('[EV22] one sentence says what is so, and why', () => {
  const one = desk()
  expect(said(one, 'web!s0', 1)).toMatch(/^UP: last OK \d+ s ago from c$/)
  expect(said(new DecisionDesk(PLAN), 'web', 0)).toBe(
    'UNKNOWN: no observer has anything fresh to say; a set aside (silent); b set aside (silent); c set aside (silent)',
  )
  one.sees('a', 'web!s0', 'timeout', 2)
  expect(said(one, 'web!s0', 2)).toBe(
    'SUSPECT: evidence 4.9 of 12.5 [a@X1 timeout +4.9], asking other sites',
  )
  one.sees('b', 'web!s0', 'error', 3).sees('c', 'web!s0', 'error', 4)
  expect(said(one, 'web!s0', 4)).toBe(
    'DOWN: 3 fresh witnesses from 3 sites fail and none was OK since; evidence 19.1 vs 12.5 needed [a@X1 timeout +4.9, b@X2 error +7.1, c@X3 error +7.1]',
  )
  one.sees('a', 'web!s0', 'ok', 10)
  expect(said(one, 'web!s0', 12)).toMatch(
    /^RECOVERING: a saw a first OK 2 s ago, the others failed when they looked last \[/,
  )
})

test('[EV22] the sentence of a host and of a site says who is silent', () => {
  const host = desk()
  for (const [n, id] of ['web', 'web!s0', 'web!s1'].entries())
    for (const [v, observer] of ['a', 'b', 'c'].entries())
      host.sees(observer, id, 'timeout', 1 + n * 3 + v)
  expect(said(host, 'web!s5', 10)).toMatch(
    /^DOWN with host web: 3 of its 13 checks are silent and none answered since; evidence 1\d\.\d \[/,
  )
  for (const [v, observer] of ['a', 'b', 'c'].entries())
    host.sees(observer, 'db', 'timeout', 20 + v).sees(observer, 'db!sql', 'timeout', 20 + v)
  expect(said(host, 'web!s5', 30)).toMatch(
    /^DOWN with site T0: silence from 2 of 2 hosts, seen from outside, no answer since; evidence/,
  )
})

test('[EV22] under another rule it says what that rule looks at', () => {
  const majority = desk({ rule: 'majority' }).sees('a', 'web!s0', 'error', 1)
  expect(said(majority, 'web!s0', 1)).toMatch(/^SUSPECT: 1 observer of 2 that are needed fail/)
  majority.sees('b', 'web!s0', 'error', 2)
  expect(said(majority, 'web!s0', 2)).toMatch(/^DOWN: 2 observers of 3 fail, 2 are needed \[/)
  const penalty = desk({ rule: { penaltyMs: 20_000 } }).sees('a', 'web!s0', 'timeout', 1)
  expect(said(penalty, 'web!s0', 1)).toBe('SUSPECT: silence, and 20 s for an OK to come')
  expect(said(penalty.run(2, 22), 'web!s0', 22)).toBe(
    'DOWN: the newest result is a failure, or silence for more than 20 s',
  )
})
