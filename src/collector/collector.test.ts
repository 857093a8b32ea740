import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { aCheck } from '../../test/checks.ts'
import { createRig, fine, until } from '../../test/collector-rig.ts'
import { prng } from '../base/prng.ts'
import type { CheckResult } from '../domain/check-result.ts'
import type { Check } from '../domain/check.ts'
import { BusUnavailable } from '../wire/bus.ts'
import { MESSAGE_VERSION, plan } from '../wire/subjects.ts'
import { OutboxUnavailable } from './ports.ts'

const many = (count: number, with_: Partial<Check> = {}): Check[] =>
  Array.from({ length: count }, (_, n) => aCheck(`s${n}`, { intervalMs: 100, ...with_ }))

/** By boot, each result the first time it came. */
function firstTaken(taken: readonly CheckResult[]): Map<string, number[]> {
  const seqs = new Map<string, Set<number>>()
  for (const { boot, seq } of taken) seqs.set(boot, (seqs.get(boot) ?? new Set()).add(seq))
  return new Map([...seqs].map(([boot, set]) => [boot, [...set]]))
}

const counting = (to: number): number[] => Array.from({ length: to }, (_, n) => n + 1)

describe('the way of a result', () => {
  test('[OB1, OB3] it is in the outbox before the hub hears of it, and leaves with the watermark', async () => {
    await using rig = await createRig()
    const { collector, outbox } = await rig.start()
    const unkept: number[] = []
    rig.hub.gate = (batch) => {
      const kept = new Set(outbox.read(0, 10_000).map(({ result }) => result.seq))
      unkept.push(...batch.map((result) => result.seq).filter((seq) => !kept.has(seq)))
    }
    await rig.plan(many(20))
    await until(() => rig.hub.taken.length > 100)
    expect(unkept).toEqual([])
    expect(outbox.waiting).toBeGreaterThan(100)
    await rig.plan([])
    await until(() => collector.stats().running === 0)
    await until(() => rig.hub.taken.length === collector.stats().results)
    await rig.hub.confirm()
    await until(() => outbox.waiting === 0)
    const [first] = rig.hub.taken
    expect(first).toMatchObject({ collector: 'test', boot: collector.boot, seq: 1, outcome: fine })
    expect(firstTaken(rig.hub.taken).get(collector.boot)).toEqual(counting(rig.hub.taken.length))
  })

  test('results of a turn go together: batches, not messages', async () => {
    await using rig = await createRig()
    const sizes: number[] = []
    rig.hub.gate = (batch) => void sizes.push(batch.length)
    await rig.start()
    await rig.plan(many(200))
    await until(() => rig.hub.taken.length > 1_000)
    expect(rig.hub.taken.length / sizes.length).toBeGreaterThan(20)
  })

  test('[OB11] when the bus refuses, everything stays and follows in order', async () => {
    await using rig = await createRig()
    const { collector } = await rig.start({ settings: { retryFirstMs: 20, retryMaxMs: 100 } })
    let refused = 0
    rig.hub.gate = () => {
      refused++
      throw new BusUnavailable('away')
    }
    await rig.plan(many(20))
    await until(() => refused >= 3)
    expect(rig.log.warnings.map((line) => line.message)).toEqual([
      'results are not taken: they stay in the outbox',
    ])
    rig.hub.gate = () => undefined
    await until(() => rig.hub.taken.length > 100)
    const { taken } = rig.hub
    expect(firstTaken(taken).get(collector.boot)).toEqual(counting(taken.length))
  })

  test('[OB10] a hub that is slow, refuses and fails at random is never given a later result first', async () => {
    await using rig = await createRig()
    const random = prng(42)
    // Memory holds less than what comes while the hub is slow, so that the outbox is read as well.
    const { collector } = await rig.start({
      settings: { retryFirstMs: 5, retryMaxMs: 20, memoryMax: 40, publishMax: 30 },
    })
    let inHub = 0
    rig.hub.gate = async () => {
      expect(++inHub).toBe(1)
      await new Promise((resolve) => setTimeout(resolve, random() * 60))
      inHub--
      if (random() < 0.3) throw new BusUnavailable('away')
      if (random() < 0.1) throw new Error('a fault of the hub')
    }
    await rig.plan(many(30))
    await until(() => rig.hub.taken.length > 400, 15_000)
    const seqs = firstTaken(rig.hub.taken).get(collector.boot) ?? []
    expect(seqs).toEqual(counting(seqs.length))
    rig.hub.gate = () => undefined
  })

  test('[OB12] what is not confirmed is sent again', async () => {
    await using rig = await createRig()
    const { outbox } = await rig.start({ settings: { resendAfterMs: 60 } })
    await rig.submit(aCheck('a'), aCheck('b'))
    await until(() => rig.hub.taken.length >= 6)
    const seqs = rig.hub.taken.map((result) => result.seq)
    expect(seqs.slice(0, 6)).toEqual([1, 2, 1, 2, 1, 2])
    await rig.hub.confirm()
    await until(() => outbox.waiting === 0)
    const { length } = rig.hub.taken
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(rig.hub.taken).toHaveLength(length)
    await rig.submit(aCheck('c'))
    await until(() => rig.hub.taken.some((result) => result.seq === 3))
    await rig.hub.confirm()
    await until(() => outbox.waiting === 0)
  })

  test('[OB4] after a restart the results of the earlier boot come first', async () => {
    await using rig = await createRig()
    rig.hub.gate = () => {
      throw new BusUnavailable('away')
    }
    const first = await rig.start({ settings: { drainMs: 10 } })
    await rig.submit(...many(5))
    await first.collector.stop()
    rig.hub.gate = () => undefined
    const second = await rig.start()
    await rig.submit(...many(3))
    await until(() => rig.hub.taken.length === 8)
    expect(rig.hub.taken.map(({ boot, seq }) => `${boot} ${seq}`)).toEqual([
      ...counting(5).map((seq) => `${first.collector.boot} ${seq}`),
      ...counting(3).map((seq) => `${second.collector.boot} ${seq}`),
    ])
    await rig.hub.confirm()
    await until(() => second.outbox.waiting === 0)
  })
})

describe('an outbox that cannot write', () => {
  test('[OB13] passive results are refused, those of checks are sent and kept until it can', async () => {
    await using rig = await createRig()
    const { collector, outbox } = await rig.start()
    await rig.submit(aCheck('before'))
    // Another writer that does not let go: a real failure of the file, as a full disk is.
    const lock = new DatabaseSync(rig.path)
    lock.exec('begin immediate')
    await expect(rig.submit(aCheck('refused'))).rejects.toThrow(OutboxUnavailable)
    await rig.plan(many(5))
    await until(() => rig.hub.taken.length > 30)
    expect(collector.stats()).toMatchObject({ isDegraded: true })
    expect(outbox.waiting).toBe(1)
    expect(collector.stats().outboxWaiting).toBeGreaterThan(20)
    lock.exec('rollback')
    lock.close()
    await until(() => !collector.stats().isDegraded)
    await rig.submit(aCheck('after'))
    await rig.plan([])
    await until(() => collector.stats().running === 0)
    await rig.submit(aCheck('last'))
    const kept = outbox.read(0, 10_000).map(({ result }) => result)
    expect(kept.filter((result) => result.checkId === 'h!refused')).toEqual([])
    await until(() => firstTaken(rig.hub.taken).get(collector.boot)?.length === kept.length)
    expect(firstTaken(rig.hub.taken).get(collector.boot)).toEqual(kept.map((result) => result.seq))
    expect(rig.log.errors.map((line) => line.message)).toEqual([
      'the outbox is unavailable: results are kept in memory, passive ones are refused',
    ])
    expect(collector.stats().lost).toBe(0)
  })

  test('[OB13] memory is bounded: the oldest are lost and counted', async () => {
    await using rig = await createRig()
    const { collector } = await rig.start({ settings: { memoryMax: 50, drainMs: 10 } })
    rig.hub.gate = () => {
      throw new BusUnavailable('away')
    }
    const lock = new DatabaseSync(rig.path)
    lock.exec('begin immediate')
    await rig.plan(many(50))
    await until(() => collector.stats().lost > 100)
    expect(collector.stats().outboxWaiting).toBe(50)
    lock.exec('rollback')
    lock.close()
  })
})

describe('requests and plans', () => {
  test('[SC13] a recheck runs at once and its result says so', async () => {
    await using rig = await createRig()
    await rig.start()
    const check = aCheck('s', { intervalMs: 3_600_000 })
    await rig.plan([check])
    const askedAt = performance.now()
    await rig.recheck(check, aCheck('unknown'))
    const first = await until(() => rig.hub.taken[0])
    expect(performance.now() - askedAt).toBeLessThan(1_000)
    expect(first).toMatchObject({ origin: 'requested', checkId: check.id })
  })

  test('[SC16] what runs when it leaves the plan is still reported', async () => {
    await using rig = await createRig()
    const { jobs } = await rig.start({ durationMs: 150 })
    await rig.plan([aCheck('s', { intervalMs: 200 })])
    await until(() => jobs.length === 1)
    await rig.plan([])
    await until(() => rig.hub.taken.length === 1)
    expect(jobs).toHaveLength(1)
  })

  test('a plan of another version is refused, and its sender hears it', async () => {
    await using rig = await createRig()
    await rig.start()
    const other = { version: 2, revision: 'r', checks: [], timePeriods: [] }
    await expect(rig.bus.publish(plan('test'), other as never)).rejects.toThrow('message version 2')
    expect(MESSAGE_VERSION).toBe(1)
  })

  test('a plan that cannot be run is refused, and the one before goes on', async () => {
    await using rig = await createRig()
    const { collector } = await rig.start()
    await rig.plan(many(3))
    await expect(rig.plan(many(5, { intervalMs: 0 }))).rejects.toThrow('h!s0: intervals of 0')
    expect(collector.stats().checks).toBe(3)
    await until(() => rig.hub.taken.length > 10)
  })

  test('commands that ask get the macros of their own last run', async () => {
    await using rig = await createRig()
    const critical = { ...fine, code: 2, output: 'broken', perfdata: 'a=1' } as const
    const seen: Readonly<Record<string, string>>[] = []
    const { jobs } = await rig.start({
      outcomeOf: ({ check, macros }) => {
        if (check.serviceName === undefined) return fine
        seen.push(macros())
        return critical
      },
    })
    const environment = {}
    const command = { kind: 'shell-line', line: 'x', hasRuntimeMacros: true, environment } as const
    const pace = { intervalMs: 80, retryIntervalMs: 80, maxAttempts: 3 }
    await rig.plan([aCheck('', pace), aCheck('asks', { ...pace, command })])
    const asking = () => jobs.filter((job) => job.check.serviceName === 'asks')
    await until(() => seen.length >= 5)
    await until(() => asking().at(-1)?.macros()['HOSTSTATE'] === 'UP')
    expect(asking().at(-1)?.macros()).toMatchObject({
      HOSTSTATE: 'UP',
      HOSTSTATEID: '0',
      TIMET: expect.stringMatching(/^\d{10}$/) as string,
      SHORTDATETIME: expect.stringMatching(/^\d\d-\d\d-\d{4} \d\d:\d\d:\d\d$/) as string,
      LONGDATETIME: expect.stringMatching(/^\w{3} \w{3} \d+ \d\d:\d\d:\d\d \S+ \d{4}$/) as string,
    })
    expect(seen.some((values) => values['SERVICESTATE'] === 'PENDING')).toBe(true)
    expect(seen.find((values) => values['SERVICESTATE'] === 'CRITICAL')).toMatchObject({
      SERVICEOUTPUT: 'broken',
      SERVICEPERFDATA: 'a=1',
      SERVICESTATEID: '2',
    })
    expect(
      seen.map((values) => `${values['SERVICEATTEMPT']} ${values['SERVICESTATETYPE']}`),
    ).toEqual(expect.arrayContaining(['1 HARD', '2 SOFT', '3 HARD']))
  })
})

describe('the end', () => {
  test('stopping waits for what runs, and its results are kept and sent', async () => {
    await using rig = await createRig()
    const { collector, jobs } = await rig.start({ durationMs: 300 })
    await rig.plan(many(10, { intervalMs: 1_000 }))
    await until(() => jobs.length === 10)
    await collector.stop()
    await collector.ended
    expect(rig.hub.taken).toHaveLength(10)
    const outbox = rig.open()
    expect(outbox.waiting).toBe(10)
    outbox.close()
  })

  test('stopping does not wait for ever', async () => {
    await using rig = await createRig()
    const { collector, jobs } = await rig.start({
      durationMs: 60_000,
      settings: { stopWithinMs: 50, drainMs: 50 },
    })
    await rig.plan(many(3))
    await until(() => jobs.length === 3)
    rig.hub.gate = () => new Promise(() => undefined)
    const began = performance.now()
    await collector.stop()
    expect(performance.now() - began).toBeLessThan(2_000)
  })

  test('a loop that dies ends the collector loudly', async () => {
    await using rig = await createRig()
    const { collector } = await rig.start({
      outcomeOf: () => {
        throw new Error('a bug of ours')
      },
    })
    const ended = expect(collector.ended).rejects.toThrow('a bug of ours')
    await rig.plan(many(1))
    await ended
    expect(await collector.stop()).toBeUndefined()
  })
})
