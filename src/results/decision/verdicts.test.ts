import { describe, expect, test } from 'vitest'
import { DecisionDesk, second, type DeskPlan } from '../../../test/decision-desk.ts'
import type { DecisionRule } from '../../domain/verdict.ts'
import type { DecisionParameters } from './parameters.ts'

const SERVICES = Array.from({ length: 19 }, (_, n) => `s${n}`)
const FOUR: DeskPlan = {
  observers: ['a@X1', 'b@X2', 'c@X3', 'd@X4'],
  hosts: { 'web@T0': ['', 'http', 'ssh', ...SERVICES] },
}

function desk(
  plan: Partial<DeskPlan> = {},
  parameters: Partial<DecisionParameters> = {},
): DecisionDesk {
  return new DecisionDesk({ ...FOUR, ...plan }, { confirm: false, ...parameters }).calm(0)
}

describe('evidence', () => {
  test('[EV11] two sites that got a bad answer are enough, two silent ones are not', () => {
    const bad = desk().sees('a', 'web!http', 'error', 10)
    expect([bad.kindOf('web!http'), bad.use]).toEqual(['suspect', 'counted'])
    expect(bad.sees('b', 'web!http', 'error', 11).kindOf('web!http')).toBe('down')
    const silent = desk().sees('a', 'web!http', 'timeout', 10).sees('b', 'web!http', 'timeout', 11)
    expect(silent.explain('web!http', 11)).toMatchObject({ kind: 'suspect', needed: 12.5 })
    expect(silent.explain('web!http', 11).evidence).toBeCloseTo(2 * Math.log(0.4 / 0.003), 9)
    expect(silent.sees('c', 'web!http', 'timeout', 12).kindOf('web!http')).toBe('down')
  })

  test('[EV11] a site counts once, with its heaviest witness', () => {
    const shared = desk({ observers: ['a@X1', 'b@X1', 'c@X1', 'd@X4'] })
    for (const [n, observer] of ['a', 'b', 'c'].entries())
      shared.sees(observer, 'web!http', n === 1 ? 'error' : 'timeout', 10 + n)
    expect(shared.explain('web!http', 12).evidence).toBeCloseTo(Math.log(0.6 / 0.0005), 9)
    expect(shared.explain('web!http', 12).witnesses).toHaveLength(3)
  })

  test('[EV11] one site alone is not enough, however much it weighs, while another can look', () => {
    const low = desk({ theta: 5 }).sees('a', 'web!http', 'error', 10)
    expect(low.explain('web!http', 10)).toMatchObject({ kind: 'suspect', needed: 5 })
    expect(low.sees('b', 'web!http', 'timeout', 11).kindOf('web!http')).toBe('down')
  })

  test('[EV11] an OK that began later ends it, one that began earlier does not', () => {
    const back = desk().sees('a', 'web!http', 'error', 10).sees('b', 'web!http', 'error', 11)
    back.sees('c', 'web!http', 'ok', 9, 12)
    expect([back.kindOf('web!http'), back.use]).toEqual(['down', 'counted'])
    expect(back.sees('c', 'web!http', 'ok', 11.5, 13).kindOf('web!http')).toBe('up')
    // A silence that was asked for earlier and came later is older.
    expect(back.sees('d', 'web!http', 'timeout', 10.5, 20).kindOf('web!http')).toBe('up')
  })

  test('[EV11] what is too old counts no more', () => {
    const old = desk({ hosts: { 'web@T0': ['', 'http'] } })
    old.sees('a', 'web!http', 'error', 10).sees('b', 'web!http', 'error', 20)
    expect(old.tick(152).kindOf('web!http')).toBe('down')
    expect(old.tick(153).kindOf('web!http')).toBe('suspect')
    expect(old.run(154, 180).kindOf('web!http')).toBe('unknown')
  })
})

describe('one site that can be used', () => {
  test('[EV12] three failures in a row, unconfirmed', () => {
    const lone = new DecisionDesk({ ...FOUR, observers: ['a@X1', 'b@X1'] }, { confirm: false })
    lone.calm(0).sees('a', 'web!http', 'timeout', 60).sees('a', 'web!http', 'timeout', 120)
    expect(lone.tick(140).kindOf('web!http')).toBe('suspect')
    lone.sees('b', 'web!http', 'timeout', 170).sees('a', 'web!http', 'timeout', 180)
    expect(lone.explain('web!http', 180)).toMatchObject({ kind: 'down', isUnconfirmed: true })
    expect(lone.explain('web!http', 180).sentence).toMatch(
      /^DOWN \(unconfirmed\): the only observer that can be used failed 3 times; evidence 6\.5 vs 12\.5/,
    )
  })

  test('[EV12] not when somebody who is set aside sees it well, nor with a failure of no weight', () => {
    const lone = new DecisionDesk({ ...FOUR, observers: ['a@X1', 'b@X1'] }, { confirm: false })
    lone.calm(0)
    for (const at of [60, 120, 180]) lone.sees('a', 'web!http', 'timeout', at)
    lone.sees('b', 'web!http', 'ok', 59, 185)
    expect(lone.tick(190).kindOf('web!http')).toBe('suspect')
    const heavy = new DecisionDesk({ ...FOUR, observers: ['a@X1', 'b@X1'] }, { askFrom: 7 })
    heavy.calm(0)
    for (const at of [60, 120, 180]) heavy.sees('a', 'web!http', 'timeout', at)
    expect(heavy.tick(210).kindOf('web!http')).toBe('suspect')
  })

  test('invariant 11: [EV12] a higher theta does not make an unconfirmed DOWN of less than that', () => {
    const hurt = (theta: number) => {
      // a is contradicted so often here that its failures weigh nothing, but not elsewhere; b is set aside.
      const hosts = {
        'web@T0': ['', 'http', ...SERVICES],
        'db@T1': ['', ...SERVICES, 'x1', 'x2', 'x3', 'x4'],
      }
      const lone = desk({ theta, observers: ['a@X1', 'b@X2', 'c@X3', 'd@X3'], hosts })
      for (const [n, name] of SERVICES.entries()) {
        for (const id of [`web!${name}`, `db!${name}`]) {
          const isOfA = id.startsWith('web') && n < 13
          if (isOfA || id.startsWith('db')) {
            lone.sees(isOfA ? 'a' : 'b', id, 'timeout', 1 + n / 100)
            lone.sees(isOfA ? 'b' : 'a', id, 'ok', 2 + n / 100)
          }
        }
      }
      for (const at of [20, 80, 140]) {
        lone.sees('a', 'web!http', 'timeout', at).sees('b', 'web!http', 'error', at + 1)
      }
      lone.tick(150)
      return lone.explain('web!http', 150)
    }
    const low = hurt(3)
    const high = hurt(12)
    for (const { eligibleSites, witnesses } of [low, high]) {
      expect(eligibleSites).toEqual(['X1'])
      expect(witnesses.map(({ observer, weight }) => [observer, weight > 0])).toEqual([
        ['a', false],
        ['b', true],
      ])
    }
    expect([low.kind, high.kind]).toEqual(['down', 'down'])
  })
})

describe('coming back', () => {
  const down = () => {
    const all = desk()
    for (const [n, observer] of ['a', 'b', 'c', 'd'].entries())
      all.sees(observer, 'web!http', 'error', 10 + n)
    return all
  }

  test('[EV13] a first OK is RECOVERING, a second site makes it UP', () => {
    const back = down().sees('a', 'web!http', 'ok', 20)
    expect(back.kindOf('web!http')).toBe('recovering')
    expect(back.explain('web!http', 22)).toMatchObject({ okOf: 'a', okAt: second(20) })
    expect(back.explain('web!http', 22).sentence).toMatch(
      /^RECOVERING: a saw a first OK 2 s ago, the others failed when they looked last/,
    )
    expect(back.sees('b', 'web!http', 'ok', 22).kindOf('web!http')).toBe('up')
  })

  test('[EV13] for 30 s at most', () => {
    const back = down().sees('a', 'web!http', 'ok', 20)
    expect(back.run(21, 49).kindOf('web!http')).toBe('recovering')
    expect(back.tick(50).kindOf('web!http')).toBe('up')
  })

  test('[EV13] an OK of one that was fine before needs nobody else', () => {
    const three = desk()
    for (const observer of ['a', 'b', 'c']) three.sees(observer, 'web!http', 'error', 10)
    expect(three.sees('d', 'web!http', 'ok', 20).kindOf('web!http')).toBe('up')
  })
})

describe('what else may be', () => {
  test('[EV14] nothing fresh is UNKNOWN, and so is a check at which nobody could look', () => {
    const idle = new DecisionDesk({ ...FOUR, hosts: { 'web@T0': [''] } })
    expect(idle.kindOf('web')).toBe('unknown')
    expect(idle.sees('a', 'web', 'ok', 0).kindOf('web')).toBe('up')
    expect(idle.explain('web', 3).sentence).toMatch(/^UP: last OK 3 s ago from a;/)
    expect(idle.run(1, 142).kindOf('web')).toBe('up')
    expect(idle.run(143, 160).kindOf('web')).toBe('unknown')
    idle.sees('a', 'web', 'unknown', 161).sees('b', 'web', 'unknown', 162)
    expect([idle.kindOf('web'), idle.use]).toEqual(['unknown', 'no-vote'])
    expect(idle.explain('web', 163).sentence).toMatch(
      /^UNKNOWN: 2 observers could not look, and no other has anything fresh to say/,
    )
  })

  test('[EV14] silence waits for so many sites as are needed, and says until when', () => {
    const silent = desk().sees('a', 'web!http', 'timeout', 10)
    expect(silent.use).toBe('penalised')
    const [a, b] = silent.engine.cellsOf(silent.check('web!http'), second(11))
    expect(b?.penalisedUntil).toBeNull()
    // Two more sites must speak: the second of them does so within its interval and timeout.
    expect(a?.penalisedUntil).toBeGreaterThan(second(11))
    expect(a?.penalisedUntil).toBeLessThanOrEqual(second(10 + 70))
    const asked = desk({}, { confirm: true }).sees('a', 'web!http', 'timeout', 10)
    const [own] = asked.engine.cellsOf(asked.check('web!http'), second(11))
    expect(own?.penalisedUntil).toBe(second(15))
    silent.sees('b', 'web!http', 'error', 12).sees('c', 'web!http', 'error', 13)
    expect(
      silent.engine.cellsOf(silent.check('web!http'), second(14))[0]?.penalisedUntil,
    ).toBeNull()
  })

  test('[EV14] what a result was used for', () => {
    const used = desk()
    const check = used.check('web!http')
    const one = { check, observer: 0, at: second(10), tie: 7, class: 'ok', isProbe: false } as const
    expect(used.engine.take(one, second(10))).toBe('counted')
    expect(used.engine.take(one, second(11))).toBe('duplicate')
    expect(used.engine.take({ ...one, at: second(9) }, second(11))).toBe('late')
    expect(used.engine.take({ ...one, at: second(12) }, second(11))).toBe('future')
    expect(used.engine.take({ ...one, at: second(11), class: 'unknown' }, second(11))).toBe(
      'no-vote',
    )
  })

  test('invariant 5: [EV9] [EV14] a failure that weighed nothing is a doubt again once its observer is believed', () => {
    const sick = desk()
    for (const [n, name] of SERVICES.entries()) {
      sick.sees('a', `web!${name}`, 'timeout', 1 + n / 100)
      sick.sees('b', `web!${name}`, 'ok', 2 + n / 100)
    }
    expect(sick.sees('a', 'web!http', 'timeout', 10).use).toBe('set-aside')
    expect(sick.run(10, 30).kindOf('web!http')).toBe('up')
    for (const [n, name] of SERVICES.entries()) sick.sees('a', `web!${name}`, 'ok', 40 + n / 100)
    expect(sick.run(41, 55).kindOf('web!http')).toBe('suspect')
  })
})

describe('other rules', () => {
  const under = (rule: DecisionRule) => desk({ rule })

  test('[EV15] any: one is enough, and silence is like an error', () => {
    const any = under('any').sees('a', 'web!http', 'timeout', 10)
    expect(any.explain('web!http', 10)).toMatchObject({ kind: 'down', evidence: 1, needed: 1 })
    expect(any.sees('b', 'web!http', 'ok', 11).kindOf('web!http')).toBe('down')
    expect(any.sees('a', 'web!http', 'ok', 12).kindOf('web!http')).toBe('up')
  })

  test('[EV15] majority: more than half of those with something fresh', () => {
    const most = under('majority').sees('a', 'web!http', 'error', 10)
    most.sees('b', 'web!http', 'error', 11)
    expect(most.kindOf('web!http')).toBe('suspect')
    expect(most.sees('c', 'web!http', 'timeout', 12).kindOf('web!http')).toBe('down')
    expect(most.explain('web!http', 12).sentence).toMatch(
      /^DOWN: 3 observers of 4 fail, 3 are needed \[a@X1 error/,
    )
    // Who could not look does not count.
    expect(most.sees('d', 'web!http', 'unknown', 13).explain('web!http', 13).needed).toBe(2)
  })

  test('[EV15] k of n: so many', () => {
    const two = under({ kOf: 2 }).sees('a', 'web!http', 'timeout', 10)
    expect(two.explain('web!http', 10).sentence).toMatch(
      /^SUSPECT: 1 observer of 2 that are needed fail/,
    )
    expect(two.sees('b', 'web!http', 'timeout', 11).kindOf('web!http')).toBe('down')
  })

  test('[EV15] fixed penalty: an error at once, silence when no OK came for so long', () => {
    const fixed = under({ penaltyMs: 10_000 }).sees('a', 'web!http', 'timeout', 10)
    expect(fixed.run(10, 19).kindOf('web!http')).toBe('suspect')
    expect(fixed.tick(20).kindOf('web!http')).toBe('down')
    expect(fixed.sees('b', 'web!http', 'ok', 21).kindOf('web!http')).toBe('up')
    expect(fixed.sees('a', 'web!http', 'error', 22).kindOf('web!http')).toBe('down')
    const saved = under({ penaltyMs: 10_000 }).sees('a', 'web!http', 'timeout', 10)
    saved.sees('b', 'web!http', 'ok', 15)
    expect(saved.run(15, 30).kindOf('web!http')).toBe('up')
  })

  test('[EV15] nothing is inherited, and every rule can be asked about', () => {
    const all = under('majority')
    for (const id of ['web', 'web!ssh'])
      for (const observer of ['a', 'b', 'c', 'd']) all.sees(observer, id, 'timeout', 10)
    expect(all.kindOf('web!http')).toBe('up')
    expect(all.explain('web', 11).cause).toEqual({ scope: 'host', name: 'web' })
    const asked = desk().sees('a', 'web!http', 'timeout', 10)
    const kindUnder = (rule: DecisionRule) =>
      asked.engine.kindUnder(asked.check('web!http'), rule, second(25))
    expect(
      (['evidence', 'any', 'majority', { kOf: 2 }, { penaltyMs: 10_000 }] as const).map(kindUnder),
    ).toEqual(['suspect', 'down', 'suspect', 'suspect', 'down'])
  })
})
