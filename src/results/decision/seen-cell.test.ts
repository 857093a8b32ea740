import { expect, test } from 'vitest'
import { DecisionDesk, second, type DeskPlan } from '../../../test/decision-desk.ts'

const PLAN: DeskPlan = {
  observers: ['a@X1', 'b@X2', 'c@X3', 'd@X4'],
  hosts: { 'web@T0': ['', ...Array.from({ length: 30 }, (_, n) => `s${n}`)] },
}

function desk(confirm: boolean): DecisionDesk {
  return new DecisionDesk(PLAN, { confirm }).calm(0, 2)
}

function cellOf(at: DecisionDesk, observer: string, now: number, id = 'web!s3') {
  return at.engine.cellsOf(at.check(id), second(now))[at.observer(observer)]
}

test('[EV14] silence waits for the scheduled words of as many sites as would decide it', () => {
  const alone = desk(false)
  const others = ['b', 'c', 'd'].map((observer) => cellOf(alone, observer, 0)?.at ?? 0)
  alone.sees('a', 'web!s3', 'timeout', 5, 15)
  const until = cellOf(alone, 'a', 15)?.penalisedUntil
  const words = others.map((at) => at + 70_000).toSorted((x, y) => x - y)
  // Two more sites are needed beside the one that is silent.
  expect(until).toBe(words[1])
  expect(cellOf(alone, 'b', 15)).toMatchObject({ class: 'ok', penalisedUntil: null, run: 0 })
})

test('[EV14] and no longer than a question takes when others were asked', () => {
  const asking = desk(true)
  // The others have looked at the last check right before.
  asking.sees('a', 'web!s29', 'timeout', 5, 15)
  expect(asking.asks().length).toBeGreaterThan(0)
  expect(cellOf(asking, 'a', 15, 'web!s29')?.penalisedUntil).toBe(second(20))
})

test('[EV14] an answer of the target and silence of what is down wait for nothing', () => {
  const down = desk(false).sees('a', 'web!s3', 'error', 5)
  expect(cellOf(down, 'a', 5)).toMatchObject({ class: 'error', penalisedUntil: null, run: 1 })
  down.sees('b', 'web!s3', 'error', 6).sees('c', 'web!s3', 'timeout', 7)
  expect(down.kindOf('web!s3')).toBe('down')
  expect(cellOf(down, 'c', 7)).toMatchObject({ class: 'timeout', penalisedUntil: null })
})

test('[EV14] silence that is too old waits no more', () => {
  const old = desk(false).sees('a', 'web!s3', 'timeout', 5, 15)
  const freshS = 2.2 * 60 + 10
  expect(cellOf(old, 'a', 5 + freshS)?.penalisedUntil).toBe(second(5 + freshS))
  expect(cellOf(old, 'a', 6 + freshS)).toMatchObject({ isFresh: false, penalisedUntil: null })
})

test('a cell that nobody has filled says so', () => {
  const empty = new DecisionDesk(PLAN)
  expect(cellOf(empty, 'a', 0)).toMatchObject({
    observer: 'a',
    site: 'X1',
    class: null,
    at: null,
    ageMs: null,
    isFresh: false,
    relation: 'none',
  })
})
