import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  calmResults,
  decisionWorlds,
  engineOf,
  heldBy,
  holding,
  kindsOf,
  newest,
  NOW,
  START,
} from '../../../test/decision-world.ts'
import { after, instant } from '../../base/instant.ts'
import { DecisionEngine } from './engine.ts'
import type { Evidence } from './evidence.ts'
import { CLASS_NAMES, KEPT } from './registers.ts'

describe('evidence', () => {
  test('[EV1, EV4] invariant 1: order, repetition and batches change nothing', () => {
    const shuffled = decisionWorlds.chain((world) =>
      fc.record({
        world: fc.constant(world),
        order: fc.shuffledSubarray([...world.results, ...world.results.slice(0, 20)], {
          minLength: world.results.length + Math.min(20, world.results.length),
        }),
        ticks: fc.array(fc.nat(60), { maxLength: 4 }),
      }),
    )
    fc.assert(
      fc.property(shuffled, ({ world, order, ticks }) => {
        const other = new DecisionEngine(world.topology)
        for (const [index, evidence] of order.entries()) {
          other.take(evidence, NOW)
          if (ticks.includes(index)) other.tick(NOW)
        }
        for (const evidence of calmResults(world.topology)) other.take(evidence, NOW)
        other.tick(NOW)
        const engine = engineOf(world)
        expect(other.digest(NOW)).toBe(engine.digest(NOW))
        expect(kindsOf(other)).toEqual(kindsOf(engine))
      }),
    )
  })

  test('[EV4] invariant 2: hubs that give each other what they hold agree, whoever begins', () => {
    const split = decisionWorlds.chain((world) =>
      fc.record({ world: fc.constant(world), cuts: fc.tuple(fc.nat(80), fc.nat(80)) }),
    )
    fc.assert(
      fc.property(split, ({ world: { topology, results }, cuts }) => {
        const [from, to] = cuts.toSorted((a, b) => a - b) as [number, number]
        const a = heldBy(holding(topology, calmResults(topology), results.slice(0, to)))
        const b = heldBy(holding(topology, results.slice(from)))
        const c = heldBy(
          holding(
            topology,
            results.filter((_, index) => index % 3 === 0),
          ),
        )
        const merged = (...sets: readonly (readonly Evidence[])[]) => holding(topology, ...sets)
        const ab = merged(a, b).digest(NOW)
        expect(merged(b, a).digest(NOW)).toBe(ab)
        expect(heldBy(merged(a, a))).toEqual(a)
        const left = merged(heldBy(merged(a, b)), c)
        expect(heldBy(left)).toEqual(heldBy(merged(a, heldBy(merged(b, c)))))
        expect(left.digest(NOW)).toBe(merged(c, b, a).digest(NOW))
      }),
      { numRuns: 50 },
    )
  })

  test('[EV2] invariant 3: what is older than the four that are kept changes no verdict', () => {
    const late = decisionWorlds.chain((world) =>
      fc.record({
        world: fc.constant(world),
        extra: fc.array(fc.record({ cell: fc.nat(), class: fc.constantFrom(...CLASS_NAMES) }), {
          minLength: 1,
          maxLength: 10,
        }),
      }),
    )
    let tried = 0
    fc.assert(
      fc.property(late, ({ world, extra }) => {
        const engine = engineOf(world)
        const before = [engine.digest(NOW), kindsOf(engine)]
        engine.drainChanges()
        const cells = new Map<string, Evidence[]>()
        for (const one of newest(world.results))
          cells.set(`${one.check} ${one.observer}`, [
            ...(cells.get(`${one.check} ${one.observer}`) ?? []),
            one,
          ])
        const full = [...cells.values()].filter((list) => list.length === KEPT)
        for (const { cell, class: kind } of extra) {
          const oldest = full[cell % Math.max(1, full.length)]?.at(-1)
          if (oldest === undefined) continue
          const older = { ...oldest, at: after(oldest.at, -1), class: kind, tie: 99 }
          expect(engine.take(older, NOW)).toBe('late')
          tried++
        }
        expect([engine.digest(NOW), kindsOf(engine)]).toEqual(before)
        expect(engine.drainChanges()).toEqual([])
      }),
    )
    expect(tried).toBeGreaterThan(0)
  })

  test('[EV3] invariant 4: the future waits, and keeps nothing out', () => {
    const ahead = decisionWorlds.chain((world) =>
      fc.record({
        world: fc.constant(world),
        future: fc.array(
          fc.record({ of: fc.nat(), aheadMs: fc.integer({ min: 300, max: 60_000 }) }),
          { minLength: 1, maxLength: 8 },
        ),
        farMs: fc.integer({ min: 1, max: 2 ** 45 }),
      }),
    )
    fc.assert(
      fc.property(ahead, ({ world, future, farMs }) => {
        const engine = engineOf(world)
        const early = future.map(({ of, aheadMs }): Evidence => {
          const like = world.results[of % world.results.length] as Evidence
          return { ...like, at: after(NOW, aheadMs) }
        })
        const before = engine.digest(NOW)
        const first = world.results[0] as Evidence
        const far = { ...first, at: after(NOW, 100_000 + farMs) }
        for (const evidence of [far, ...early]) expect(engine.take(evidence, NOW)).toBe('future')
        engine.tick(NOW)
        expect(engine.digest(NOW)).toBe(before)
        const due = after(NOW, 60_000)
        engine.tick(due)
        const onTime = engineOf(world)
        for (const evidence of early) onTime.take(evidence, due)
        expect(engine.digest(due)).toBe(onTime.digest(due))
        const next = { ...first, at: due, tie: 99, class: 'ok' as const }
        expect(['counted', 'set-aside']).toContain(engine.take(next, due))
      }),
    )
  })

  test('[EV14] invariant 5: what stands is what the registers say', () => {
    const met = new Set<string>()
    fc.assert(
      fc.property(decisionWorlds, ({ topology, results }) => {
        const lived = new DecisionEngine(topology)
        let second = START
        for (const evidence of [...calmResults(topology), ...results].toSorted(
          (a, b) => a.at - b.at,
        )) {
          for (; second <= evidence.at; second += 1000) lived.tick(instant(second))
          lived.take(evidence, evidence.at)
        }
        for (; second <= NOW; second += 1000) lived.tick(instant(second))
        const end = after(NOW, 20_000)
        for (const kind of kindsOf(lived, end)) met.add(kind)
        expect(kindsOf(lived, end)).toEqual(kindsOf(holding(topology, heldBy(lived)), end))
        expect(lived.digest(end)).toBe(holding(topology, heldBy(lived)).digest(end))
      }),
      { numRuns: 60 },
    )
    expect([...met]).toEqual(expect.arrayContaining(['up', 'suspect', 'down', 'unknown']))
  })
})
