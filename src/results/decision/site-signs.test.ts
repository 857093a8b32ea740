import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { deskTopology, second } from '../../../test/decision-desk.ts'
import { DecisionEngine } from './engine.ts'
import { DEFAULT_PARAMETERS } from './parameters.ts'
import { createParts } from './parts.ts'
import { assessSite } from './silence.ts'

const HOSTS = 10
const TOPOLOGY = deskTopology({
  observers: ['a@X1', 'b@X2', 'c@X3', 'in@T0'],
  hosts: Object.fromEntries(
    Array.from({ length: HOSTS }, (_, n) => [`h${n}@T${n < 7 ? 0 : 1}`, ['', 'ssh']]),
  ),
})
const NOW = second(200)

test('[EV17] what cannot be down is told without a look at all of it, and never wrongly', () => {
  const aResult = fc.record({
    check: fc.integer({ min: 0, max: 2 * HOSTS - 1 }),
    observer: fc.integer({ min: 0, max: 3 }),
    at: fc.integer({ min: 0, max: 190 }),
    class: fc.constantFrom('ok', 'timeout', 'timeout', 'timeout', 'timeout', 'error', 'unknown'),
  })
  const seen = { skipped: 0, silent: 0 }
  fc.assert(
    fc.property(fc.array(aResult, { maxLength: 120 }), (results) => {
      const engine = new DecisionEngine(TOPOLOGY, { confirm: false })
      for (const [n, { at, ...one }] of results.entries())
        engine.take({ ...one, at: second(at), tie: n, isProbe: false } as const, NOW)
      // Signs of a restart, made of the registers alone, and those that came one by one.
      const snapshot = engine.snapshot()
      const { of, signs } = createParts(TOPOLOGY, DEFAULT_PARAMETERS, { snapshot, now: NOW })
      for (const site of TOPOLOGY.sites.keys()) {
        const { silent, silentNeeded } = assessSite(of, site, NOW)
        const maySilence = signs.areSilent(site, silentNeeded)
        if (silent >= silentNeeded) {
          seen.silent++
          expect(maySilence).toBe(true)
        } else if (!maySilence) seen.skipped++
      }
      engine.tick(NOW)
      const again = new DecisionEngine(TOPOLOGY, { confirm: false }, { snapshot, now: NOW })
      again.tick(NOW)
      for (const check of TOPOLOGY.checks.keys())
        expect(again.explain(check, NOW).above?.scope).toBe(engine.explain(check, NOW).above?.scope)
    }),
    { numRuns: 300 },
  )
  expect(seen.silent).toBeGreaterThan(10)
  expect(seen.skipped).toBeGreaterThan(10)
})
