import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DecisionDesk, second, type DeskPlan } from '../../../test/decision-desk.ts'
import { decisionWorlds, engineOf, kindsOf, NOW } from '../../../test/decision-world.ts'
import { after } from '../../base/instant.ts'
import type { CheckId } from '../../domain/check-id.ts'
import { DecisionEngine } from './engine.ts'
import type { DecisionTopology } from './topology.ts'

const PLAN: DeskPlan = {
  observers: ['a@X1', 'b@X2', 'c@X3'],
  hosts: { 'web@T0': ['', 'http', 'ssh'], 'db@T0': ['', 'sql', 'ssh', 'disk', 'load'] },
}

/** web!http is down, and nobody was told yet. */
function broken(): DecisionDesk {
  const desk = new DecisionDesk(PLAN).calm(0, 3)
  for (const [n, observer] of ['a', 'b', 'c'].entries())
    desk.sees(observer, 'web!http', 'error', 10 + n)
  return desk
}

/** The same with observers and checks in another order, one of each gone and one new. */
function changed({ observers, sites, hosts, checks }: DecisionTopology): DecisionTopology {
  const next = [{ name: 'new', site: 'X9' }, ...observers.toReversed()]
  const numberOf = (old: number) => next.findIndex(({ name }) => name === observers[old]?.name)
  const first = checks[0] as DecisionTopology['checks'][0]
  return {
    observers: next,
    sites: [...sites, 'T9'],
    hosts,
    checks: [
      { ...first, id: 'web!new' as CheckId, isHostCheck: false, observers: [0, 1, 2, 3] },
      ...checks
        .filter(({ id }) => id !== ('db!load' as CheckId))
        .map((check) => ({
          ...check,
          observers: [0, ...check.observers.map(numberOf)].toSorted((a, b) => a - b),
        })),
    ],
  }
}

describe('[EV26] another topology', () => {
  test('keeps evidence and verdicts by name, and tells nothing twice', () => {
    const { engine } = broken()
    const next = engine.with(changed(engine.topology), second(13))
    const numberOf = (id: string) => next.topology.checks.findIndex((check) => check.id === id)
    expect(next.kindOf(numberOf('web!http'))).toBe('down')
    expect(next.kindOf(numberOf('db!sql'))).toBe('up')
    expect(next.kindOf(numberOf('web!new'))).toBe('unknown')
    for (let s = 13; s < 25; s++) next.tick(second(s))
    expect(next.drainChanges()).toEqual([])
    const { witnesses } = next.explain(numberOf('web!http'), second(25))
    expect(witnesses.map(({ observer }) => observer).toSorted()).toEqual(['a', 'b', 'c'])
    const cells = next.cellsOf(numberOf('web!http'), second(25))
    expect(cells.map((cell) => [cell.observer, cell.class])).toEqual([
      ['new', null],
      ['c', 'error'],
      ['b', 'error'],
      ['a', 'error'],
    ])
  })

  test('what was decided and not told yet is told in the new numbers', () => {
    const desk = broken()
    const { engine } = desk
    desk.sees('a', 'db!sql', 'error', 14)
    for (const observer of [0, 1]) {
      const evidence = { check: desk.check('db!sql'), observer, at: second(15), tie: 1 }
      engine.take({ ...evidence, class: 'error', isProbe: false }, second(15))
    }
    const next = engine.with(changed(engine.topology), second(16))
    const told = next.drainChanges().map(({ check, to }) => [next.topology.checks[check]?.id, to])
    expect(told).toEqual([['db!sql', 'down']])
  })

  test('results of the future wait on, and questions stay spent', () => {
    const desk = broken()
    const { engine } = desk
    const spent = engine.snapshot().tokens
    expect(Math.min(...spent)).toBeLessThan(60)
    const ahead = { check: desk.check('db!sql'), observer: 0, at: second(40), tie: 7 }
    expect(engine.take({ ...ahead, class: 'error', isProbe: false }, second(13))).toBe('future')
    const next = engine.with(changed(engine.topology), second(13))
    const byName = new Map(
      next.topology.observers.map(({ name }, v) => [name, next.snapshot().tokens[v]]),
    )
    expect(['a', 'b', 'c'].map((name) => byName.get(name))).toEqual([...spent])
    const check = next.topology.checks.findIndex(({ id }) => id === ('db!sql' as CheckId))
    next.tick(second(39))
    expect(next.kindOf(check)).toBe('up')
    next.tick(second(40))
    expect(next.kindOf(check)).toBe('suspect')
  })

  test('a new observer is given time before it is silent, a known one is not', () => {
    const desk = new DecisionDesk(PLAN).calm(0, 3)
    const at = 300
    desk.tick(0)
    const next = desk.engine.with(changed(desk.engine.topology), second(at))
    for (let s = at; s <= at + 20; s += 5) next.tick(second(s))
    const silent = next.incidents().filter(({ kind }) => kind === 'silent')
    expect(silent.map(({ observer }) => observer).toSorted()).toEqual(['a', 'b', 'c'])
  })
})

describe('[EV26] a restart', () => {
  test('with a snapshot goes on as if it had not been', () => {
    fc.assert(
      fc.property(decisionWorlds, (world) => {
        const engine = engineOf(world)
        kindsOf(engine)
        engine.drainChanges()
        const restarted = new DecisionEngine(
          world.topology,
          { confirm: false },
          { snapshot: engine.snapshot(), now: NOW },
        )
        restarted.tick(NOW)
        expect(restarted.drainChanges()).toEqual([])
        for (const ms of [0, 30_000, 90_000]) {
          const later = after(NOW, ms)
          expect(restarted.digest(later)).toBe(engine.digest(later))
          expect(kindsOf(restarted, later)).toEqual(kindsOf(engine, later))
        }
      }),
    )
  })
})
