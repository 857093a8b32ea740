import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DecisionDesk, second, type DeskPlan } from '../../../test/decision-desk.ts'
import { DEFAULT_PARAMETERS } from './parameters.ts'
import { CLASS } from './registers.ts'
import { weightOf } from './witnesses.ts'

const MANY: DeskPlan = {
  observers: ['a@X1', 'b@X2', 'c@X3'],
  hosts: {
    'web@T0': ['', ...Array.from({ length: 19 }, (_, n) => `s${n}`)],
    'db@T1': ['', ...Array.from({ length: 19 }, (_, n) => `s${n}`)],
  },
}

/** Observer a fails on so many checks of the host that others see well. */
function contradicted(checks: number, host = 'web'): DecisionDesk {
  const desk = new DecisionDesk(MANY, { confirm: false }).calm(0)
  for (let n = 0; n < checks; n++) {
    desk.sees('a', `${host}!s${n}`, 'timeout', 10 + n)
    desk.sees('b', `${host}!s${n}`, 'ok', 10.5 + n)
  }
  return desk
}

function healthOf(desk: DecisionDesk) {
  const [a] = desk.engine.observerHealth(second(30))
  if (a === undefined) throw new Error('nobody is there')
  return a
}

describe('how often an observer is wrong', () => {
  test('[EV8] never below the floor', () => {
    expect(healthOf(contradicted(0)).sites).toEqual([
      { site: 'T0', results: 20, contradicted: 0, falseTimeouts: 0.003, falseErrors: 0.0005 },
      { site: 'T1', results: 20, contradicted: 0, falseTimeouts: 0.003, falseErrors: 0.0005 },
    ])
  })

  test('[EV8] counted by site and by class, and shrunk', () => {
    const overall = (6 + 50 * 0.003) / (40 + 50)
    const [here, there] = healthOf(contradicted(6)).sites
    expect(here).toMatchObject({ site: 'T0', results: 20, contradicted: 6, falseErrors: 0.0005 })
    expect(here?.falseTimeouts).toBeCloseTo((6 + 15 * overall) / (20 + 15), 12)
    expect(there?.falseTimeouts).toBeCloseTo((0 + 15 * overall) / (20 + 15), 12)
  })

  test('[EV8] it is forgiven when its newest results are right', () => {
    const desk = contradicted(6)
    for (let n = 0; n < 6; n++) desk.sees('a', `web!s${n}`, 'ok', 28)
    expect(healthOf(desk)).toMatchObject({ contradicted: 0, badShare: 0 })
  })
})

describe('what its failures weigh', () => {
  const weigh = (kind: number, q: number, run: number) =>
    Number(weightOf(kind, q, run, DEFAULT_PARAMETERS).toFixed(1))

  test('[EV9] of a good one, more when it repeats them', () => {
    expect([1, 2, 3, 4].map((run) => weigh(CLASS.timeout, 0.003, run))).toEqual([
      4.9, 5.9, 6.5, 6.5,
    ])
    expect([1, 2, 3, 4].map((run) => weigh(CLASS.error, 0.0005, run))).toEqual([7.1, 8.1, 8.7, 8.7])
  })

  test('[EV9] of one that is often wrong less, and repeating does not help', () => {
    expect([1, 2, 3].map((run) => weigh(CLASS.timeout, 0.1, run))).toEqual([1.4, 1.4, 1.4])
    expect([0.39, 0.4, 0.9].map((q) => weigh(CLASS.timeout, q, 3))).toEqual([0, 0, 0])
    expect([CLASS.ok, CLASS.unknown].map((kind) => weigh(kind, 0.003, 1))).toEqual([0, 0])
  })

  test('invariant 8: [EV9] a failure of an observer that is wrong as often weighs exactly nothing', () => {
    const probability = fc.double({ min: 1e-6, max: 1, noNaN: true })
    fc.assert(
      fc.property(
        fc.constantFrom(CLASS.timeout, CLASS.error),
        fc.tuple(probability, probability, probability),
        fc.integer({ min: 1, max: 4 }),
        (kind, [q, p, q0], run) => {
          const parameters = { pTimeout: p, pError: p, q0Timeout: q0, q0Error: q0 }
          const weight = weightOf(kind, q, run, { ...DEFAULT_PARAMETERS, ...parameters })
          if (q >= p) expect(weight).toBe(0)
          else expect(weight).toBeGreaterThan(0)
        },
      ),
      { numRuns: 1000 },
    )
  })
})

describe('who is set aside', () => {
  test('[EV10] one that is contradicted on 30% of what it watches', () => {
    expect(healthOf(contradicted(11)).setAside).toBeNull()
    const desk = contradicted(12)
    expect(healthOf(desk)).toMatchObject({ badShare: 0.3, setAside: 'contradicted' })
    expect(desk.explain('db', 30).setAside).toEqual([
      { observer: 'a', reason: 'contradicted', share: 0.3 },
    ])
  })

  test('[EV10] one that cannot look', () => {
    const desk = contradicted(0)
    for (let n = 0; n < 12; n++) desk.sees('a', `web!s${n}`, 'unknown', 10)
    expect(healthOf(desk)).toMatchObject({ badShare: 0.3, setAside: 'contradicted' })
  })

  test('[EV10] of fewer than ten results nothing is said', () => {
    const few = new DecisionDesk({ ...MANY, hosts: { 'web@T0': ['', 's1', 's2'] } }).calm(0)
    for (const id of ['web', 'web!s1', 'web!s2']) {
      few.sees('a', id, 'timeout', 10)
      few.sees('b', id, 'ok', 11)
    }
    expect(healthOf(few)).toMatchObject({ badShare: 1, setAside: null })
  })

  test('[EV10] one that says nothing for 45 s, or for long when it has little to do', () => {
    const busy = contradicted(0)
    expect(busy.engine.observerHealth(second(40))[0]?.setAside).toBeNull()
    expect(busy.engine.observerHealth(second(46))[0]?.setAside).toBe('silent')
    const idle = new DecisionDesk({ ...MANY, hosts: { 'web@T0': [''] } }).sees('a', 'web', 'ok', 0)
    expect(idle.engine.observerHealth(second(142))[0]?.setAside).toBeNull()
    expect(idle.engine.observerHealth(second(143))[0]?.setAside).toBe('silent')
  })

  test('[EV7] one whose OKs are outvoted three times: they clear nothing', () => {
    const desk = new DecisionDesk(MANY, { confirm: false }).calm(0)
    const fail = (id: string, at: number): void => {
      desk.sees('b', id, 'error', at).sees('c', id, 'timeout', at + 0.5)
    }
    for (const n of [0, 1, 2]) {
      fail(`web!s${n}`, 10)
      desk.sees('a', `web!s${n}`, 'ok', 15)
      expect(healthOf(desk).setAside).toBeNull()
      fail(`web!s${n}`, 20)
    }
    expect(healthOf(desk).setAside).toBe('false-ok')
    fail('web!s3', 22)
    expect(desk.sees('a', 'web!s3', 'ok', 25).use).toBe('set-aside')
    // Nobody has failed again after that OK, and it is no OK all the same.
    expect(desk.tick(26).explain('web!s3', 26)).toMatchObject({ kind: 'suspect', okOf: 'c' })
    expect(desk.explain('web!s3', 26).sentence).toContain(
      'a set aside (says OK where two other sites keep failing)',
    )
  })

  test('invariant 15: [EV6] one that always says OK does not hide what a strong side keeps seeing', () => {
    const aLie = fc.record({
      others: fc.integer({ min: 2, max: 4 }),
      errors: fc.integer({ min: 0, max: 4 }),
      okAt: fc.integer({ min: 1, max: 50 }),
      more: fc.array(fc.integer({ min: 1, max: 118 }), { maxLength: 3 }),
    })
    fc.assert(
      fc.property(aLie, ({ others, errors, okAt, more }) => {
        const names = Array.from({ length: others }, (_, v) => `v${v}`)
        const plan = { ...MANY, observers: ['a@Y', ...names.map((name) => `${name}@${name}`)] }
        const desk = new DecisionDesk(plan, { confirm: false }).calm(0)
        for (const at of [0, 60]) {
          for (const [v, name] of names.entries()) {
            const found = v < Math.max(errors, others === 2 ? 1 : 0) ? 'error' : 'timeout'
            desk.sees(name, 'web!s0', found, at + 0.1 * (v + 1), 120)
          }
        }
        for (const at of new Set([okAt, ...more.filter((one) => one < 60)]))
          desk.sees('a', 'web!s0', 'ok', at, 120)
        expect(desk.tick(120).kindOf('web!s0')).toBe('down')
      }),
    )
  })
})
