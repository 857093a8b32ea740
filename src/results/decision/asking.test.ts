import { describe, expect, test } from 'vitest'
import { DecisionDesk, second, type DeskPlan } from '../../../test/decision-desk.ts'
import { isElected } from './election.ts'
import type { DecisionParameters } from './parameters.ts'
import { TokenBuckets } from './token-buckets.ts'

const FOUR: DeskPlan = {
  observers: ['a@X1', 'b@X2', 'c@X3', 'in@T0'],
  hosts: { 'web@T0': ['', 'http', 'ssh'] },
}

function desk(parameters: Partial<DecisionParameters> = {}, plan: DeskPlan = FOUR): DecisionDesk {
  const calm = new DecisionDesk(plan, parameters).calm(0)
  expect(calm.asks()).toEqual([])
  return calm
}

function observersOf(asks: readonly string[]): readonly string[] {
  return asks.map((ask) => ask.split(' ')[0] ?? '').toSorted()
}

describe('a failure that is not decided', () => {
  test('[EV18] an error asks two other sites at once: silence of both would decide it', () => {
    expect(desk().sees('a', 'web!http', 'error', 10).asks()).toEqual([
      'b web!http suspect',
      'c web!http suspect',
    ])
  })

  test('[EV18] once it is nearly decided one site is enough, the one inside too', () => {
    const hurt = desk().sees('a', 'web!http', 'error', 10)
    hurt.asks()
    hurt.sees('a', 'web!http', 'error', 15)
    expect(observersOf(hurt.asks())).toHaveLength(1)
  })

  test('[EV18] silence asks two sites outside, and for the host as well', () => {
    expect(desk().sees('a', 'web!http', 'timeout', 10).asks()).toEqual([
      'b web!http suspect',
      'b web host-alive',
      'c web!http suspect',
      'c web host-alive',
    ])
  })

  test('[EV18] the answers that are asked for decide it', () => {
    const hurt = desk().sees('a', 'web!http', 'error', 10)
    const [observer = ''] = observersOf(hurt.asks())
    expect(hurt.kindOf('web!http')).toBe('suspect')
    hurt.sees(observer, 'web!http', 'error', 10.2)
    expect(hurt.kindOf('web!http')).toBe('down')
  })

  test('[EV18] asks again after 2.5 s, after three rounds ever more slowly, up to 40 s', () => {
    const hurt = desk().sees('a', 'web!http', 'timeout', 10)
    const rounds = [10]
    hurt.asks()
    for (let now = 11; now <= 160; now++) {
      // Nobody answers, and the failure stays fresh.
      if (now % 20 === 0) hurt.sees('a', 'web!http', 'timeout', now)
      if (
        hurt
          .tick(now)
          .asks()
          .some((ask) => ask.endsWith('suspect'))
      )
        rounds.push(now)
    }
    const pauses = rounds.slice(1).map((now, n) => now - (rounds[n] ?? 0))
    expect(pauses.slice(0, 7)).toEqual([3, 3, 3, 5, 10, 20, 40])
    expect(Math.max(...pauses)).toBe(40)
  })

  test('[EV18] one that weighs little, and a passive engine, ask nobody', () => {
    expect(desk({ askFrom: 8 }).sees('a', 'web!http', 'error', 10).asks()).toEqual([])
    expect(desk({ confirm: false }).sees('a', 'web!http', 'error', 10).run(10, 30).asks()).toEqual(
      [],
    )
  })

  test('[EV18] under a rule that counts, as many are asked as are missing', () => {
    const counted = desk({}, { ...FOUR, rule: { kOf: 3 } })
    expect(observersOf(counted.sees('a', 'web!http', 'error', 10).asks())).toHaveLength(2)
  })

  test('[EV18] a question has the shorter of both timeouts', () => {
    const [short] = desk({ confirmTimeoutMs: 3_000 })
      .sees('a', 'web!http', 'error', 10)
      .engine.drainAsks()
    const [long] = desk({ confirmTimeoutMs: 30_000 })
      .sees('a', 'web!http', 'error', 10)
      .engine.drainAsks()
    expect([short?.timeoutMs, long?.timeoutMs]).toEqual([3_000, 10_000])
  })
})

describe('other reasons to ask', () => {
  test('[EV19] a probe that still waits is a reason, and no evidence', () => {
    const waiting = desk().hint('a', 'web!http', 10, 13)
    const asks = waiting.asks()
    expect(asks.filter((ask) => ask.endsWith('hint'))).toHaveLength(3)
    expect(asks.filter((ask) => ask.endsWith('host-alive'))).toHaveLength(1)
    expect(observersOf(asks)).not.toContain('a')
    expect(waiting.kindOf('web!http')).toBe('up')
    expect(waiting.hint('b', 'web!http', 10, 14).asks()).toEqual([])
    expect(desk({ hints: false }).hint('a', 'web!http', 10, 13).asks()).toEqual([])
  })

  test('[EV19] one OK against failures of two sites makes these look again', () => {
    const contested = desk()
      .sees('a', 'web!http', 'timeout', 10)
      .sees('b', 'web!http', 'timeout', 10.5)
    contested.asks()
    const asks = contested.sees('c', 'web!http', 'ok', 11).asks()
    expect(asks).toEqual(['a web!http contested', 'b web!http contested'])
    expect(contested.sees('in', 'web!http', 'ok', 12).asks()).toEqual([])
  })

  test('[EV19] the first OK of what was down asks two other sites', () => {
    const back = desk()
    for (const [n, observer] of ['a', 'b', 'c', 'in'].entries())
      back.sees(observer, 'web!http', 'error', 10 + n)
    expect(back.kindOf('web!http')).toBe('down')
    back.asks()
    const asks = back.sees('a', 'web!http', 'ok', 20).asks()
    expect(back.kindOf('web!http')).toBe('recovering')
    expect(asks).toHaveLength(2)
    expect(asks.every((ask) => ask.endsWith('recovery') && !ask.startsWith('a'))).toBe(true)
  })

  test('[EV19] a host that comes back makes its other checks be looked at', () => {
    const host = desk({}, { ...FOUR, hosts: { 'web@T0': ['', 'http', 'ssh', 'dns'] } })
    for (const [n, observer] of ['a', 'b', 'c'].entries()) {
      for (const [m, id] of ['web', 'web!http', 'web!ssh'].entries())
        host.sees(observer, id, 'timeout', 10 + 3 * n + m)
    }
    expect(host.explain('web!dns', 20).cause).toEqual({ scope: 'host', name: 'web' })
    host.asks()
    const asks = host.sees('a', 'web!dns', 'ok', 25).asks()
    const checks = asks.filter((ask) => ask.endsWith('recovery')).map((ask) => ask.split(' ')[1])
    expect(new Set(checks)).toEqual(new Set(['web', 'web!http', 'web!ssh']))
    expect(host.kindOf('web!dns')).toBe('up')
  })
})

describe('how much is asked', () => {
  test('[EV20] a bucket is emptied at once and filled steadily', () => {
    const buckets = new TokenBuckets(new Float64Array([2, 2]), 2, 0.5)
    buckets.fill(1_000)
    expect([buckets.take(0), buckets.take(0), buckets.take(0), buckets.take(1)]).toEqual([
      true,
      true,
      false,
      true,
    ])
    buckets.fill(2_900)
    expect(buckets.take(0)).toBe(false)
    buckets.fill(3_000)
    expect(buckets.take(0)).toBe(true)
    buckets.fill(2_000)
    expect(buckets.take(0)).toBe(false)
    buckets.fill(1_000_000)
    expect([...buckets.left()]).toEqual([2, 2])
  })

  test('[EV20] an observer whose bucket is empty is not asked', () => {
    const poor = desk({ bucket: 1, tokensPerSecond: 0.001 })
    const asks = [
      ...poor.sees('a', 'web!http', 'error', 10).asks(),
      ...poor.sees('a', 'web!ssh', 'error', 11).asks(),
      ...poor.sees('a', 'web', 'error', 12).asks(),
      ...poor.run(13, 60).asks(),
    ]
    // Each of the others once, and when all of them are used up, the one that failed.
    expect(new Set(observersOf(asks)).size).toBe(asks.length)
    expect(asks.length).toBeLessThanOrEqual(4)
  })
})

describe('an observer that is set aside', () => {
  const MANY: DeskPlan = {
    observers: ['a@X1', 'b@X2', 'c@X3'],
    hosts: { 'web@T0': ['', ...Array.from({ length: 19 }, (_, n) => `s${n}`)] },
  }

  /** Observer a fails on half of what the others see well. */
  function overloaded(): DecisionDesk {
    const many = desk({}, MANY)
    for (let n = 0; n < 10; n++) {
      many.sees('a', `web!s${n}`, 'timeout', 10 + n)
      many.sees('b', `web!s${n}`, 'ok', 10.5 + n)
    }
    many.asks()
    expect(many.engine.observerHealth(second(20))[0]?.setAside).toBe('contradicted')
    return many
  }

  test('[EV20] its failures and its waiting make nobody be asked, an OK does', () => {
    const many = overloaded()
    const asks = [
      ...many.sees('a', 'web!s10', 'timeout', 40).asks(),
      ...many.sees('a', 'web!s11', 'error', 41).asks(),
      ...many.hint('a', 'web!s12', 40, 43).asks(),
      ...many.run(44, 50).asks(),
    ]
    expect(asks).toEqual([])
    many.sees('b', 'web!s13', 'error', 50).sees('c', 'web!s13', 'error', 51)
    many.asks()
    expect(many.sees('a', 'web!s13', 'ok', 52).asks()).not.toEqual([])
  })

  test('[EV20] it is asked itself only when there is nobody else', () => {
    const many = overloaded()
    const asks = many.sees('b', 'web!s14', 'error', 50).asks()
    expect(observersOf(asks)).toEqual(['a', 'c'])
    expect(observersOf(many.sees('c', 'web!s15', 'error', 50).asks())[0]).toBe('a')
  })
})

describe('several hubs', () => {
  const hubs = ['hub-a', 'hub-b']
  const ids = ['web', 'web!http', 'web!ssh']

  test('[EV21] each check is one hub to ask about', () => {
    for (const id of Array.from({ length: 200 }, (_, n) => `host-${n}!ssh`))
      expect(hubs.filter((hub) => isElected({ hub, hubs }, id))).toHaveLength(1)
    const shares = hubs.map(
      (hub) =>
        Array.from({ length: 1000 }, (_, n) => n).filter((n) => isElected({ hub, hubs }, `h${n}`))
          .length,
    )
    expect(Math.min(...shares)).toBeGreaterThan(400)
    expect(isElected(undefined, 'web')).toBe(true)
    expect(isElected({ hub: 'hub-a', hubs: ['hub-a'] }, 'web')).toBe(true)
  })

  test.each(ids)('[EV21] about %s the other one asks after 2 s without news', (id) => {
    const [first = '', last = ''] = hubs.toSorted((hub) => (isElected({ hub, hubs }, id) ? -1 : 1))
    const elected = desk({ election: { hub: first, hubs } })
    expect(elected.sees('a', id, 'error', 10).asks()).toHaveLength(2)
    const other = desk({ election: { hub: last, hubs } }).sees('a', id, 'error', 10)
    expect(other.run(10, 11).asks()).toEqual([])
    expect(other.tick(12).asks().length).toBeGreaterThan(0)
    const told = desk({ election: { hub: last, hubs } }).sees('a', id, 'error', 10)
    told.sees('b', id, 'ok', 10.5)
    expect(told.run(11, 13).asks()).toEqual([])
  })
})
