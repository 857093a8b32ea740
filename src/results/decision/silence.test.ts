import { describe, expect, test } from 'vitest'
import { DecisionDesk, type DeskPlan } from '../../../test/decision-desk.ts'
import type { EvidenceClass } from '../../domain/evidence.ts'

const PLAN: DeskPlan = {
  observers: ['a@X1', 'b@X2', 'c@X3', 'in@T0'],
  hosts: {
    'web@T0': ['', 'http', 'ssh'],
    'db@T0': ['', 'sql'],
    'far@T1': ['', 'http'],
  },
}
const OUTSIDE = ['a', 'b', 'c']

function desk(plan: Partial<DeskPlan> = {}): DecisionDesk {
  return new DecisionDesk({ ...PLAN, ...plan }, { confirm: false }).calm(0)
}

/** All of these observers see all of these checks so, each a little later. */
function allSee(
  world: DecisionDesk,
  observers: readonly string[],
  ids: readonly string[],
  found: EvidenceClass,
  from: number,
): DecisionDesk {
  let at = from
  for (const id of ids)
    for (const observer of observers) world.sees(observer, id, found, (at += 0.1))
  return world
}

const web = { scope: 'host', name: 'web' }
const site = { scope: 'site', name: 'T0' }

describe('a host', () => {
  test('[EV16] is down when two of its checks are silent; the others follow at once', () => {
    const hurt = desk()
    allSee(hurt, OUTSIDE, ['web!http'], 'timeout', 10)
    expect(hurt.explain('web!http', 11).cause).toEqual({ scope: 'service', name: 'web!http' })
    hurt.sees('a', 'web!ssh', 'timeout', 12)
    for (const id of ['web', 'web!http', 'web!ssh'])
      expect(hurt.explain(id, 12)).toMatchObject({ kind: 'down', cause: web })
    expect(hurt.explain('web', 12).sentence).toMatch(
      /^DOWN with host web: 2 of its 3 checks are silent and none answered since; evidence 15\.\d \[a@X1 2 silent \+5\.9/,
    )
    expect(hurt.kindOf('db')).toBe('up')
  })

  test('[EV16] is up as long as something on it answers, however badly', () => {
    const hurt = desk()
    allSee(hurt, OUTSIDE, ['web!http'], 'timeout', 10)
    hurt.sees('a', 'web!ssh', 'error', 11)
    allSee(hurt, OUTSIDE, ['web'], 'timeout', 12)
    expect(hurt.explain('web', 13).cause).toEqual(web)
    expect(hurt.explain('web', 13).above).toBeNull()
    expect(hurt.explain('web!http', 13).cause).toEqual({ scope: 'service', name: 'web!http' })
    hurt.sees('b', 'web!ssh', 'error', 14)
    expect(hurt.tick(15).explain('web!http', 15).above).toBeNull()
  })

  test('[EV16] is not down by what one site sees', () => {
    const lone = desk({ theta: 5 })
    allSee(lone, ['a'], ['web', 'web!http', 'web!ssh'], 'timeout', 10)
    expect(lone.tick(11).kindOf('web!http')).toBe('suspect')
  })

  test('[EV16] of one check is down by that', () => {
    const single = desk({ hosts: { ...PLAN.hosts, 'lamp@T1': [''] } })
    allSee(single, OUTSIDE, ['lamp'], 'timeout', 10)
    expect(single.explain('lamp', 11)).toMatchObject({
      cause: { scope: 'host', name: 'lamp' },
      above: { scope: 'host', silent: 1, of: 1, needed: 1 },
    })
  })

  test('[EV16] comes back with the first OK of any check', () => {
    const hurt = allSee(desk(), OUTSIDE, ['web!http', 'web!ssh'], 'timeout', 10)
    expect(hurt.kindOf('web')).toBe('down')
    hurt.sees('a', 'web', 'ok', 20)
    expect(hurt.kindOf('web')).toBe('up')
    expect(hurt.explain('web!http', 20)).toMatchObject({ above: null, kind: 'down' })
  })
})

describe('a site', () => {
  const outage = (world: DecisionDesk) =>
    allSee(world, OUTSIDE, ['web!http', 'db!sql'], 'timeout', 10)

  test('[EV17] is down when two of its hosts are silent, and it is the cause of all below', () => {
    const hurt = outage(desk())
    for (const id of ['web', 'web!http', 'web!ssh', 'db', 'db!sql'])
      expect(hurt.explain(id, 12)).toMatchObject({ kind: 'down', cause: site })
    expect(hurt.explain('web!ssh', 12).sentence).toMatch(
      /^DOWN with site T0: silence from 2 of 2 hosts, seen from outside, no answer since; evidence/,
    )
    expect(hurt.kindOf('far!http')).toBe('up')
  })

  test('[EV17] what is seen from inside changes nothing', () => {
    const hurt = outage(desk())
    allSee(hurt, ['in'], ['web', 'web!http', 'web!ssh', 'db', 'db!sql'], 'ok', 13)
    expect(hurt.tick(14).explain('web', 14).cause).toEqual(site)
    const silent = desk()
    allSee(silent, ['in', 'a'], ['web!http', 'db!sql'], 'timeout', 10)
    expect(silent.tick(12).explain('web', 12).above).toBeNull()
  })

  test('[EV17] is up again with one OK seen from outside, and its hosts are judged by themselves', () => {
    const hurt = outage(desk()).sees('c', 'db', 'ok', 20)
    expect(hurt.kindOf('db')).toBe('up')
    expect(hurt.explain('web!http', 20).above?.scope).not.toBe('site')
  })

  test('[EV17] of many hosts is down from 15% on', () => {
    const hosts = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`h${n}@T0`, ['']]))
    const large = desk({ hosts })
    allSee(large, OUTSIDE, ['h0', 'h1'], 'timeout', 10)
    expect(large.explain('h0', 11).above?.scope).toBe('host')
    allSee(large, OUTSIDE, ['h2'], 'timeout', 12)
    expect(large.explain('h19', 13)).toMatchObject({ kind: 'down', cause: site })
    expect(large.explain('h19', 13).above).toMatchObject({ silent: 3, of: 20, needed: 3 })
  })

  test('[EV17] without a name is never down', () => {
    const nameless = desk({ hosts: { web: ['', 'http'], db: ['', 'sql'] } })
    allSee(nameless, OUTSIDE, ['web', 'web!http', 'db', 'db!sql'], 'timeout', 10)
    expect(nameless.explain('web', 12).cause).toEqual(web)
    expect(nameless.explain('db!sql', 12).cause).toEqual({ scope: 'host', name: 'db' })
  })
})
