import { describe, expect, test } from 'vitest'
import { DecisionDesk, deskTopology, second, type DeskPlan } from '../../../test/decision-desk.ts'
import { DecisionEngine } from './engine.ts'
import type { DecisionTopology } from './topology.ts'

const PLAN: DeskPlan = {
  observers: ['a@X1', 'b@X2', 'c@X3'],
  hosts: { 'web@T0': ['', 'http', 'ssh'], 'db@T1': ['', 'sql'] },
}

/** Down: web!http by itself, host db by silence; a doubt about web!ssh. */
function hurt(): DecisionDesk {
  const desk = new DecisionDesk(PLAN).calm(0)
  desk.sees('a', 'web!http', 'error', 10).sees('b', 'web!http', 'error', 11)
  for (const observer of ['a', 'b', 'c'])
    desk.sees(observer, 'db', 'timeout', 12).sees(observer, 'db!sql', 'timeout', 13)
  return desk.sees('c', 'web!ssh', 'timeout', 14).tick(15)
}

function kindsOf(engine: DecisionEngine) {
  return Object.fromEntries(
    engine.topology.checks.map(({ id }, check) => [
      id,
      [engine.kindOf(check), engine.explain(check, second(15)).cause?.scope ?? null],
    ]),
  )
}

const EXPECTED = {
  web: ['up', null],
  'web!http': ['down', 'service'],
  'web!ssh': ['suspect', null],
  db: ['down', 'host'],
  'db!sql': ['down', 'host'],
}

describe('another topology', () => {
  test('[EV26] keeps evidence and verdicts by name, in whatever order', () => {
    const desk = hurt()
    expect(kindsOf(desk.engine)).toEqual(EXPECTED)
    const other = deskTopology({
      observers: ['d@X4', 'c@X3', 'b@X2', 'a@X1'],
      hosts: {
        'new@T2': [''],
        'db@T1': ['sql', ''],
        'web@T0': ['ssh', '', 'http', 'dns'],
      },
    })
    const next = desk.engine.with(other, second(15))
    expect(kindsOf(next)).toEqual({
      ...EXPECTED,
      new: ['unknown', null],
      'web!dns': ['unknown', null],
    })
    const cells = (engine: DecisionEngine, id: string) =>
      engine
        .cellsOf(
          engine.topology.checks.findIndex((one) => one.id === id),
          second(15),
        )
        .filter(({ observer }) => observer !== 'd')
        .toSorted((a, b) => a.observer.localeCompare(b.observer))
        .map(({ class: found, at, tie, run, relation }) => ({ found, at, tie, run, relation }))
    for (const { id } of desk.engine.topology.checks)
      expect(cells(next, id)).toEqual(cells(desk.engine, id))
  })

  test('[EV26] tells nothing twice, and goes on from there', () => {
    const desk = hurt()
    const next = desk.engine.with(deskTopology(PLAN), second(15))
    next.tick(second(16))
    expect(next.drainChanges()).toEqual([])
    const check = next.topology.checks.findIndex(({ id }) => id === 'web!http')
    for (const [observer, at] of [
      [0, 20],
      [1, 21],
    ] as const)
      next.take(
        { check, observer, at: second(at), tie: 1, class: 'ok', isProbe: false },
        second(at),
      )
    expect(next.drainChanges().map(({ from, to }) => [from, to])).toEqual([['down', 'up']])
  })

  test('[EV26] hands on what was decided and not told', () => {
    const desk = new DecisionDesk(PLAN).calm(0)
    const { engine } = desk
    for (const observer of [0, 1]) {
      const check = desk.check('web!http')
      const at = second(10 + observer)
      engine.take({ check, observer, at, tie: 1, class: 'error', isProbe: false }, at)
    }
    const other: DecisionTopology = deskTopology({ ...PLAN, hosts: { 'web@T0': ['http'] } })
    const told = engine.with(other, second(12)).drainChanges()
    expect(told.map(({ check, to }) => [other.checks[check]?.id, to])).toEqual([
      ['web!http', 'suspect'],
      ['web!http', 'down'],
    ])
  })

  test('[EV26] without an observer or a check forgets what they said', () => {
    const next = hurt().engine.with(
      deskTopology({ observers: ['a@X1', 'c@X3'], hosts: { 'web@T0': ['', 'http'] } }),
      second(15),
    )
    next.tick(second(16))
    expect(next.kindOf(1)).toBe('suspect')
    expect(next.topology.checks).toHaveLength(2)
  })

  test('[EV26] keeps results whose time has not come, and what is known of the observers', () => {
    const desk = hurt().sees('a', 'web', 'error', 40, 15)
    expect(desk.use).toBe('future')
    const next = desk.engine.with(deskTopology(PLAN), second(15))
    expect(next.observerHealth(second(15))).toEqual(desk.engine.observerHealth(second(15)))
    next.tick(second(39))
    expect(next.cellsOf(0, second(39))[0]?.class).toBe('ok')
    next.tick(second(40))
    expect(next.cellsOf(0, second(40))[0]).toMatchObject({ class: 'error', at: second(40) })
  })

  test('[EV20] [EV26] an empty bucket is not filled by it', () => {
    const desk = new DecisionDesk(PLAN, { bucket: 2, tokensPerSecond: 0.001 }).calm(0)
    for (const [n, id] of ['web', 'web!http', 'web!ssh', 'db', 'db!sql'].entries())
      desk.sees('a', id, 'error', 10 + n)
    const asked = desk.engine.drainAsks().length
    expect(asked).toBeGreaterThan(0)
    const next = desk.engine.with(deskTopology(PLAN), second(15))
    expect(asked + next.drainAsks().length).toBeLessThanOrEqual(6)
    expect([...next.snapshot().tokens]).toEqual([...desk.engine.snapshot().tokens])
  })
})

describe('a restart', () => {
  test('[EV26] goes on from a snapshot as if there had been none', () => {
    const desk = hurt()
    const snapshot = structuredClone(desk.engine.snapshot())
    const next = new DecisionEngine(deskTopology(PLAN), {}, { snapshot, now: second(15) })
    expect(kindsOf(next)).toEqual(EXPECTED)
    expect(next.digest(second(15))).toBe(desk.engine.digest(second(15)))
    next.tick(second(16))
    desk.tick(16)
    expect(next.drainChanges()).toEqual([])
    expect(next.digest(second(16))).toBe(desk.engine.digest(second(16)))
  })
})
