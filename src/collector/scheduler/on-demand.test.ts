import { describe, expect, test } from 'vitest'
import { aCheck } from '../../../test/checks.ts'
import { createVirtualCollector } from '../../../test/virtual-collector.ts'
import { instant } from '../../base/instant.ts'

const NOON = Date.parse('2027-06-01T12:00:00Z')
const always = new Map<string, never>()
const DAY_MS = 86_400_000
const asked = aCheck('asked', { isOnDemand: true })
const plain = aCheck('asked')
const other = aCheck('other')

function collectorAt(codeOf?: () => 0 | 2) {
  const collector = createVirtualCollector({
    startAt: NOON,
    durationMs: () => 100,
    ...(codeOf === undefined ? {} : { codeOf }),
  })
  const ran = (origin?: string) =>
    collector.runs.filter(
      (run) => run.id === asked.id && (origin === undefined || run.origin === origin),
    ).length
  const { scheduler, runs } = collector
  const pass = (ms: number): void => collector.pass(ms)
  return { scheduler, runs, pass, ran, now: () => collector.now }
}

describe('[CF26] a check without active checks', () => {
  test('is never due', () => {
    const { scheduler, pass, ran, runs } = collectorAt()
    scheduler.apply([asked, other], always, instant(NOON))
    pass(DAY_MS)
    expect(ran()).toBe(0)
    expect(runs.length).toBeGreaterThan(1_000)
  })
  test('runs once for each time that somebody asks, whatever it finds', () => {
    const { scheduler, pass, ran, now } = collectorAt(() => 2)
    scheduler.apply([asked], always, instant(NOON))
    for (const count of [1, 2, 3]) {
      expect(scheduler.recheck([asked.id], now())).toBe(1)
      pass(3_600_000)
      expect(ran('requested')).toBe(count)
    }
    expect(ran()).toBe(3)
  })
  test('asked again while it runs, it runs once more', () => {
    const { scheduler, pass, ran, now } = collectorAt()
    scheduler.apply([asked], always, instant(NOON))
    scheduler.recheck([asked.id], now())
    pass(50)
    scheduler.recheck([asked.id], now())
    pass(DAY_MS)
    expect(ran()).toBe(2)
  })
  test('an apply that switches the schedule off ends it, one that switches it on begins it', () => {
    const { scheduler, pass, ran, now } = collectorAt()
    scheduler.apply([plain], always, instant(NOON))
    pass(3_600_000)
    const before = ran()
    expect(before).toBeGreaterThan(55)
    scheduler.apply([asked], always, now())
    pass(3_600_000)
    expect(ran()).toBe(before)
    scheduler.apply([plain], always, now())
    pass(3_600_000)
    expect(ran() - before).toBeGreaterThan(55)
    expect(ran() - before).toBeLessThan(65)
  })
  test('switched off while it runs, it ends its run and no more', () => {
    const { scheduler, pass, ran, now } = collectorAt(() => 2)
    scheduler.apply([plain], always, instant(NOON))
    scheduler.recheck([plain.id], now())
    pass(50)
    const running = ran()
    expect(scheduler.running).toBe(1)
    scheduler.apply([asked], always, now())
    pass(DAY_MS)
    expect(ran()).toBe(running)
    expect(scheduler.running).toBe(0)
  })
  test('asked for and switched on before it ran, it runs and stays in its schedule', () => {
    const { scheduler, pass, ran, now } = collectorAt()
    scheduler.apply([asked], always, instant(NOON))
    scheduler.recheck([asked.id], now())
    scheduler.apply([plain], always, now())
    pass(600_000)
    expect(ran()).toBeGreaterThanOrEqual(10)
    expect(ran()).toBeLessThanOrEqual(12)
  })
  test('a passive check that is asked for is not accepted', () => {
    const { scheduler, now } = collectorAt()
    const passive = aCheck('trap', { command: { kind: 'passive' } })
    scheduler.apply([passive], always, instant(NOON))
    expect(scheduler.recheck([passive.id], now())).toBe(0)
  })
})
