import { describe, expect, test } from 'vitest'
import { DecisionDesk, second, type DeskPlan } from '../../../test/decision-desk.ts'
import type { EvidenceClass } from '../../domain/evidence.ts'
import type { DecisionRule } from '../../domain/verdict.ts'
import type { Receipt } from './receipt.ts'
import { recompute } from './recompute.ts'

const PLAN: DeskPlan = {
  observers: ['a@X1', 'b@X2', 'c@X3', 'd@X4'],
  hosts: { 'web@T0': ['', 'http', 'ssh'], 'db@T0': ['', 'sql'] },
}

function desk(rule: DecisionRule = 'evidence'): DecisionDesk {
  return new DecisionDesk({ ...PLAN, rule }, { confirm: false }).calm(0)
}

/** All observers see it so, one after the other. */
function allSee(world: DecisionDesk, id: string, found: EvidenceClass, from: number): void {
  for (const [n, { name }] of world.engine.topology.observers.entries())
    world.sees(name, id, found, from + n)
}

/** As it comes back from where it was kept. */
function stored(receipt: Receipt): Receipt {
  return JSON.parse(JSON.stringify(receipt)) as Receipt
}

function lastReceipt(world: DecisionDesk, id: string): Receipt {
  const change = world.changes.findLast(({ receipt }) => receipt.checkId === id)
  if (change === undefined) throw new Error(`${id} has no change`)
  return stored(change.receipt)
}

describe('a receipt', () => {
  test('[EV22] names witnesses, weights, results and what was needed', () => {
    const hurt = desk().sees('a', 'web!http', 'error', 10).sees('b', 'web!http', 'error', 11)
    const receipt = lastReceipt(hurt, 'web!http')
    expect(receipt).toMatchObject({
      at: second(11),
      checkId: 'web!http',
      from: 'suspect',
      kind: 'down',
      cause: { scope: 'service', name: 'web!http' },
      rule: 'evidence',
      needed: 12.5,
      fresh: 4,
      eligibleSites: ['X1', 'X2', 'X3', 'X4'],
      okOf: 'd',
      isUnconfirmed: false,
      setAside: [],
      above: null,
    })
    const weight = Math.log(0.6 / 0.0005)
    expect(receipt.witnesses).toMatchObject([
      { observer: 'a', site: 'X1', class: 'error', run: 1, falseRate: 0.0005, at: second(10) },
      { observer: 'b', site: 'X2', class: 'error', run: 1, falseRate: 0.0005, at: second(11) },
    ])
    for (const witness of receipt.witnesses) expect(witness.weight).toBeCloseTo(weight, 9)
    expect(receipt.evidence).toBeCloseTo(2 * weight, 9)
  })

  test('[EV22] computes every kind of verdict again', () => {
    const world = desk()
    allSee(world, 'web!http', 'error', 10)
    world.sees('a', 'web!http', 'ok', 20).sees('b', 'web!http', 'ok', 21)
    for (const id of ['db', 'db!sql', 'web', 'web!ssh']) allSee(world, id, 'timeout', 30)
    world.run(40, 400)
    const kinds = new Set(world.changes.map(({ to }) => to))
    expect(kinds).toEqual(new Set(['up', 'suspect', 'down', 'recovering', 'unknown']))
    const scopes = new Set(world.changes.map(({ receipt }) => receipt.cause?.scope))
    expect(scopes).toEqual(new Set([undefined, 'service', 'host', 'site']))
    for (const { to, receipt } of world.changes)
      expect(recompute(stored(receipt))).toEqual({ kind: to, cause: receipt.cause })
  })

  test.each<DecisionRule>(['any', 'majority', { kOf: 3 }, { penaltyMs: 5_000 }])(
    '[EV22] computes verdicts under the rule %j again',
    (rule) => {
      const world = desk(rule)
      for (const [n, found] of (['timeout', 'error', 'timeout', 'error'] as const).entries()) {
        world.sees(['a', 'b', 'c', 'd'][n] ?? '', 'web!http', found, 10 + 8 * n)
        world.run(11 + 8 * n, 17 + 8 * n)
      }
      allSee(world, 'web!http', 'ok', 60)
      expect(world.changes.map(({ to }) => to)).toContain('down')
      for (const { to, receipt } of world.changes)
        expect(recompute(stored(receipt))).toEqual({ kind: to, cause: receipt.cause })
    },
  )

  test('[EV22] says something else when something else was in it', () => {
    const hurt = desk().sees('a', 'web!http', 'error', 10).sees('b', 'web!http', 'error', 11)
    const receipt = lastReceipt(hurt, 'web!http')
    const [first] = receipt.witnesses
    expect(recompute({ ...receipt, needed: 20 }).kind).toBe('suspect')
    expect(recompute({ ...receipt, witnesses: first === undefined ? [] : [first] }).kind).toBe(
      'suspect',
    )
    const sameSite = receipt.witnesses.map((one) => ({ ...one, site: 'X1' }))
    expect(recompute({ ...receipt, witnesses: sameSite }).kind).toBe('suspect')
    const doubtful = receipt.witnesses.map((one) => ({ ...one, falseRate: 0.9 }))
    expect(recompute({ ...receipt, witnesses: doubtful }).kind).toBe('up')
    expect(recompute({ ...receipt, rule: { kOf: 3 }, needed: 3 }).kind).toBe('suspect')
    expect(recompute({ ...receipt, fresh: 0, witnesses: [] }).kind).toBe('unknown')
  })

  test('[EV22] of a host holds whose silence it was', () => {
    const world = desk()
    for (const id of ['web!http', 'web!ssh']) allSee(world, id, 'timeout', 10)
    const receipt = lastReceipt(world, 'web')
    expect(receipt.above).toMatchObject({ scope: 'host', name: 'web', silent: 2, of: 3, needed: 2 })
    expect(receipt.above?.seenBy.map(({ observer, count }) => [observer, count])).toContainEqual([
      'a',
      2,
    ])
    const { above } = receipt
    if (above === null) throw new Error('nothing is down above it')
    expect(recompute({ ...receipt, above: { ...above, silent: 1 } }).kind).toBe('up')
    expect(recompute({ ...receipt, above: { ...above, seenBy: [] } }).kind).toBe('up')
  })
})

describe('a sentence', () => {
  test('[EV22] of a DOWN names witnesses with class, run and weight', () => {
    const hurt = desk()
    hurt.sees('a', 'web!http', 'error', 10).sees('b', 'web!http', 'timeout', 11)
    expect(lastReceipt(hurt, 'web!http').sentence).toBe(
      'SUSPECT: evidence 7.1 of 12.5 [a@X1 error +7.1], asking other sites',
    )
    hurt.sees('a', 'web!http', 'error', 14)
    expect(lastReceipt(hurt, 'web!http').sentence).toBe(
      'DOWN: 2 fresh witnesses from 2 sites fail and none was OK since; evidence 13.0 vs 12.5 needed [a@X1 error x2 +8.1, b@X2 timeout +4.9]',
    )
  })

  test('[EV22] of an UP says whose OK it was, and when', () => {
    const well = desk()
    expect(well.explain('web', 0).sentence).toMatch(/^UP: last OK \d+ s ago from d$/)
    well.sees('b', 'web', 'ok', 5)
    expect(well.explain('web', 5 + 3599).sentence).toMatch(/^UP: last OK 3599 s ago from b;/)
    expect(well.explain('web', 5 + 3600).sentence).toMatch(
      /^UP: last OK at 2027-01-15T08:00:05\.000Z from b;/,
    )
  })

  test('[EV22] of the fixed penalty says how long', () => {
    const fixed = desk({ penaltyMs: 8_000 }).sees('a', 'web', 'timeout', 10)
    expect(lastReceipt(fixed, 'web').sentence).toBe('SUSPECT: silence, and 8 s for an OK to come')
    fixed.run(11, 18)
    expect(lastReceipt(fixed, 'web').sentence).toBe(
      'DOWN: the newest result is a failure, or silence for more than 8 s',
    )
  })
})
