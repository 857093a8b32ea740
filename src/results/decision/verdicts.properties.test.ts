import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  calmResults,
  decisionTopology,
  decisionWorlds,
  engineOf,
  holding,
  kindsOf,
  newest,
  NOW,
} from '../../../test/decision-world.ts'
import { after, instant } from '../../base/instant.ts'
import type { Evidence } from './evidence.ts'
import { recompute } from './recompute.ts'
import type { DecisionTopology } from './topology.ts'

const busyHosts = ({ hosts }: DecisionTopology) =>
  hosts.filter(({ name }) => !name.startsWith('calm')).length

const insideOf = ({ observers, sites, hosts, checks }: DecisionTopology, check: number) => {
  const site = sites[hosts[checks[check]?.host ?? 0]?.site ?? 0]
  return observers.flatMap((one, v) => (one.site === site ? [v] : []))
}

describe('verdicts', () => {
  test('[EV13] invariant 6: a believed OK newer than all failures clears a check within 30 s', () => {
    const cleared = decisionWorlds.chain((world) =>
      fc.record({ world: fc.constant(world), pick: fc.nat() }),
    )
    let wereDown = 0
    fc.assert(
      fc.property(cleared, ({ world, pick }) => {
        const engine = engineOf(world)
        const busy = world.topology.checks.filter(({ host }) => host < busyHosts(world.topology))
        const check = pick % busy.length
        const outside = (world.topology.checks[check]?.observers ?? []).filter(
          (v) => !insideOf(world.topology, check).includes(v),
        )
        const believed = outside.filter(
          (v) => engine.observerHealth(NOW)[v]?.setAside !== 'false-ok',
        )
        const observer = believed[0]
        fc.pre(observer !== undefined && world.topology.checks[check]?.rule === 'evidence')
        if (engine.kindOf(check) === 'down') wereDown++
        const okAt = after(NOW, 1)
        engine.take({ check, observer, at: okAt, tie: 0, class: 'ok', isProbe: false }, okAt)
        for (let ms = 1000; ms <= 30_000; ms += 1000) engine.tick(after(okAt, ms))
        expect(engine.kindOf(check)).toBe('up')
      }),
      { numRuns: 300 },
    )
    expect(wereDown).toBeGreaterThan(0)
  })

  test('[EV11] invariant 7: one site alone makes nothing DOWN while another can be believed', () => {
    const lone = fc.record({
      theta: fc.integer({ min: 1, max: 20 }),
      kinds: fc.array(fc.constantFrom('timeout' as const, 'error' as const), {
        minLength: 4,
        maxLength: 30,
      }),
      others: fc.constantFrom('ok' as const, 'old failure' as const),
    })
    fc.assert(
      fc.property(lone, ({ theta, kinds, others }) => {
        const checks = Array.from({ length: 3 }, () => ({ theta }))
        const topology = decisionTopology({
          observers: ['X1', 'X1', 'X2'],
          hosts: [{ site: 'T0', checks }],
        })
        const failures = kinds.map((kind, index): Evidence => {
          const at = instant(NOW - 20_000 + index * 500)
          return {
            check: index % 3,
            observer: (index >> 1) % 2,
            at,
            tie: index,
            class: kind,
            isProbe: false,
          }
        })
        const other = [0, 1, 2].map((check): Evidence => {
          const isOk = others === 'ok'
          const at = instant(isOk ? NOW - 30_000 : NOW - 60_000)
          return { check, observer: 2, at, tie: 0, class: 'ok', isProbe: false }
        })
        const engine = engineOf(
          { topology, results: [...failures, ...other] },
          { confirm: false, theta },
        )
        expect(kindsOf(engine)).not.toContain('down')
      }),
    )
  })

  test('[EV16] invariant 9: a host that is DOWN gave no sign of life since', () => {
    let hosts = 0
    fc.assert(
      fc.property(decisionWorlds, (world) => {
        const { topology } = world
        const engine = engineOf(world)
        kindsOf(engine)
        const health = engine.observerHealth(NOW)
        for (let check = 0; check < topology.checks.length; check++) {
          const { above } = engine.explain(check, NOW)
          if (above?.scope !== 'host') continue
          hosts++
          const host = topology.checks[check]?.host
          const site = topology.sites[topology.hosts[host ?? 0]?.site ?? 0]
          const alive = newest(world.results).filter((one) => {
            if (topology.checks[one.check]?.host !== host) return false
            const { setAside, sites } = health[one.observer] ?? { setAside: null, sites: [] }
            const falseErrors = sites.find((path) => path.site === site)?.falseErrors ?? 0
            if (setAside === 'false-ok') return false
            return one.class === 'ok' || (one.class === 'error' && falseErrors < 0.1)
          })
          for (const { newest: silence } of above.seenBy)
            expect(alive.filter(({ at }) => at >= silence.at)).toEqual([])
        }
      }),
      { numRuns: 300 },
    )
    expect(hosts).toBeGreaterThan(0)
  })

  test('[EV17] invariant 10: a site that is DOWN has two silent hosts, and no OK from outside since', () => {
    const silent = fc.record({
      silentHosts: fc.integer({ min: 0, max: 4 }),
      observers: fc.constantFrom(
        ['X1', 'X2', 'X3'],
        ['X1', 'X2', 'X3', 'T0'],
        ['X1', 'X1', 'X2', 'T0'],
      ),
      okAgeMs: fc.integer({ min: 0, max: 60_000 }),
      okBy: fc.nat(3),
    })
    fc.assert(
      fc.property(silent, ({ silentHosts, observers, okAgeMs, okBy }) => {
        const hosts = Array.from({ length: 4 }, () => ({ site: 'T0', checks: [{}, {}] }))
        const topology = decisionTopology({ observers, hosts })
        const by = okBy % observers.length
        const isOutside = observers[by] !== 'T0'
        const silence = topology.checks.flatMap(({ host }, check): Evidence[] =>
          host >= silentHosts
            ? []
            : observers.flatMap((site, observer) =>
                site === 'T0'
                  ? []
                  : [0, 1].map((back) => ({
                      check,
                      observer,
                      at: instant(NOW - 30_000 - back * 1000 + check),
                      tie: 1,
                      class: 'timeout' as const,
                      isProbe: false,
                    })),
              ),
        )
        const okAt = instant(NOW - okAgeMs)
        const ok = {
          check: 7,
          observer: by,
          at: okAt,
          tie: 5,
          class: 'ok' as const,
          isProbe: false,
        }
        // The calm hosts of the site were seen last before the silence began.
        const engine = holding(topology, calmResults(topology, NOW - 35_000), silence, [ok])
        kindsOf(engine)
        const downs = topology.checks.flatMap((_, check) => {
          const { above } = engine.explain(check, NOW)
          return above?.scope === 'site' ? [above] : []
        })
        const mayBe = silentHosts >= 2 && !(isOutside && okAt > NOW - 30_000)
        if (downs.length > 0) expect(mayBe).toBe(true)
        if (silentHosts >= 3 && okAt < NOW - 40_000) expect(downs.length).toBeGreaterThan(0)
        for (const { silent: count } of downs) expect(count).toBeGreaterThanOrEqual(2)
      }),
    )
  })

  test('[EV11] invariant 11: raising theta makes nothing DOWN', () => {
    const raised = fc.record({
      world: decisionWorlds,
      by: fc.double({ min: 0.1, max: 10, noNaN: true }),
    })
    fc.assert(
      fc.property(raised, ({ world, by }) => {
        const checks = world.topology.checks.map((check) => ({ ...check, theta: check.theta + by }))
        const higher = engineOf({ ...world, topology: { ...world.topology, checks } })
        const lower = kindsOf(engineOf(world))
        for (const [check, kind] of kindsOf(higher).entries())
          if (kind === 'down') expect(lower[check]).toBe('down')
      }),
    )
  })

  test('[EV4] invariant 12: other numbers for observers and checks change nothing', () => {
    const renamed = decisionWorlds.chain((world) => {
      const { observers, checks } = world.topology
      return fc.record({
        world: fc.constant(world),
        observers: fc.shuffledSubarray([...observers.keys()], { minLength: observers.length }),
        checks: fc.shuffledSubarray([...checks.keys()], { minLength: checks.length }),
      })
    })
    fc.assert(
      fc.property(renamed, ({ world, observers, checks }) => {
        const { topology, results } = world
        const to = (order: readonly number[], number: number) => order.indexOf(number)
        const other: DecisionTopology = {
          ...topology,
          observers: observers.map(
            (v) => topology.observers[v] as DecisionTopology['observers'][0],
          ),
          checks: checks.map((check) => {
            const old = topology.checks[check] as DecisionTopology['checks'][0]
            const seenBy = old.observers.map((v) => to(observers, v)).toSorted((a, b) => a - b)
            return { ...old, observers: seenBy }
          }),
        }
        const moved = [...calmResults(topology), ...results].map((one) => ({
          ...one,
          check: to(checks, one.check),
          observer: to(observers, one.observer),
        }))
        const kinds = kindsOf(holding(other, moved))
        expect(topology.checks.map((_, check) => kinds[to(checks, check)])).toEqual(
          kindsOf(engineOf(world)),
        )
      }),
    )
  })

  test('[EV4] invariant 13: the same an hour or a year later', () => {
    fc.assert(
      fc.property(decisionWorlds, fc.integer({ min: -(2 ** 38), max: 2 ** 38 }), (world, ms) => {
        const now = after(NOW, ms)
        const results = world.results.map((one) => ({ ...one, at: after(one.at, ms) }))
        const engine = engineOf({ ...world, results }, { confirm: false }, now)
        expect(kindsOf(engine, now)).toEqual(kindsOf(engineOf(world)))
        expect(engine.digest(now)).toBe(engineOf(world).digest(NOW))
      }),
    )
  })

  test('[EV22] invariant 17: every DOWN has a cause, a result and a sentence, and follows from them', () => {
    let downs = 0
    fc.assert(
      fc.property(decisionWorlds, (world) => {
        const engine = engineOf(world)
        for (let ms = 0; ms < 200_000; ms += 10_000) engine.tick(after(NOW, ms))
        for (const { to, receipt } of engine.drainChanges()) {
          expect(recompute({ ...receipt, kind: 'unknown', cause: null } as typeof receipt)).toEqual(
            {
              kind: to,
              cause: receipt.cause,
            },
          )
          if (to !== 'down') continue
          downs++
          expect(receipt.cause?.name).toBeTruthy()
          const silent = receipt.above?.seenBy.map(({ newest: one }) => one) ?? []
          expect([...receipt.witnesses, ...silent].length).toBeGreaterThan(0)
          expect(receipt.sentence).toMatch(/^DOWN/)
        }
      }),
      { numRuns: 200 },
    )
    expect(downs).toBeGreaterThan(100)
  })

  test('[EV5] invariant 18: failures that another site has cleared since can as well be left out', () => {
    const cleared = fc.record({
      failures: fc.array(
        fc.record({
          observer: fc.nat(1),
          ageMs: fc.integer({ min: 20_000, max: 200_000 }),
          class: fc.constantFrom('timeout' as const, 'error' as const),
        }),
        { minLength: 1, maxLength: 8 },
      ),
      others: fc.array(
        fc.record({
          observer: fc.integer({ min: 3, max: 4 }),
          ageMs: fc.integer({ min: 0, max: 200_000 }),
          class: fc.constantFrom('ok' as const, 'timeout' as const, 'error' as const),
        }),
        { maxLength: 8 },
      ),
    })
    fc.assert(
      fc.property(cleared, ({ failures, others }) => {
        const topology = decisionTopology({
          observers: ['X1', 'X1', 'X2', 'X3', 'X4'],
          hosts: [{ site: 'T0', checks: [{}] }],
        })
        const result = (one: (typeof failures | typeof others)[number], tie: number): Evidence => ({
          check: 0,
          observer: one.observer,
          at: instant(NOW - one.ageMs),
          tie,
          class: one.class,
          isProbe: false,
        })
        const oks = [90_000, 15_000].map((ageMs, tie): Evidence => ({
          check: 0,
          observer: 2,
          at: instant(NOW - ageMs),
          tie,
          class: 'ok',
          isProbe: false,
        }))
        const rest = [...others.map(result), ...oks]
        const isOutvoted = engineOf({ topology, results: [...rest, ...failures.map(result)] })
          .cellsOf(0, NOW)
          .some(({ relation }) => relation === 'outvoted')
        fc.pre(!isOutvoted)
        const isDown = (results: readonly Evidence[]) =>
          ['down', 'recovering'].includes(kindsOf(engineOf({ topology, results }))[0] ?? '')
        expect(isDown([...rest, ...failures.map(result)])).toBe(isDown(rest))
      }),
    )
  })
})
