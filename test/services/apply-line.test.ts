import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createMemoryBus } from '../../src/adapters/memory/bus.ts'
import { openDatabase, type Database } from '../../src/adapters/postgres/database.ts'
import { systemClock } from '../../src/adapters/system/clock.ts'
import { silentLog } from '../../src/base/log.ts'
import { ApplyLine } from '../../src/orchestrator/apply-line.ts'
import {
  ApplyImpossible,
  type ApplyLineParts,
  type ApplyWork,
} from '../../src/orchestrator/apply-work.ts'
import { NO_SHARING } from '../../src/orchestrator/plan.ts'
import type { ConfigurationStore } from '../../src/orchestrator/ports.ts'
import { StoreUnavailable } from '../../src/results/ports.ts'
import type { Bus } from '../../src/wire/bus.ts'
import {
  MESSAGE_VERSION,
  planAcknowledgement,
  planDecision,
  planProposal,
  type PlanAcknowledgement,
} from '../../src/wire/subjects.ts'
import { startTestDatabase, type TestDatabase } from './postgres.ts'

/** Apply jobs over a real database, with collectors that do what real ones should not. */

let server: TestDatabase
let database: Database
let store: ConfigurationStore
beforeAll(async () => {
  server = await startTestDatabase()
  database = await openDatabase({
    url: server.url,
    folder: '',
    retention: { resultsDays: 1, seriesDays: 1 },
    clock: systemClock,
    log: silentLog,
  })
  store = database.configuration
}, 60_000)
afterAll(async () => {
  await database?.close()
  await server?.close()
})

let bus: Bus
let active: string
let activated: string[]
let number = 0
beforeEach(() => {
  bus = createMemoryBus()
  active = 'r0'
  activated = []
})

function lineParts(...collectors: string[]): ApplyLineParts {
  const addressees = collectors.map((id) => ({ id, cluster: 'default' }))
  return {
    store,
    hub: 'hub-0',
    bus,
    collectors: { live: () => addressees, members: () => addressees },
    active: () => active,
    clock: systemClock,
    log: silentLog,
    nextId: () => `job-${++number}`,
  }
}

const line = (...collectors: string[]): ApplyLine => new ApplyLine(lineParts(...collectors))

function work(revision: string, more: Partial<ApplyWork> = {}): ApplyWork {
  return {
    kind: 'apply',
    author: 'ann',
    message: `to ${revision}`,
    timeoutMs: 1_000,
    bytes: 0,
    prepare: async () => ({
      revision,
      changed: 1,
      problems: [],
      book: () => ({
        edition: { revision, epoch: 1, hub: 'hub-0' },
        planFor: () => ({ version: MESSAGE_VERSION, revision, checks: [], timePeriods: [] }),
      }),
      activation: () => ({
        epoch: 1,
        hub: 'hub-0',
        sharing: NO_SHARING,
        revision,
        isPinned: false,
        hosts: 1,
        services: 2,
        manifest: [],
        writes: [],
        isSame: revision === active,
      }),
      activate: () => {
        active = revision
        activated.push(revision)
      },
    }),
    ...more,
  }
}

/** Answers proposals with what `answer` says. */
function collector(
  name: string,
  answer: PlanAcknowledgement['answer'] | 'nothing' = { kind: 'staged' },
): { readonly heard: string[] } {
  const heard: string[] = []
  const say = (job: string, given: PlanAcknowledgement['answer']): Promise<void> =>
    bus.publish(planAcknowledgement('hub-0', name), {
      version: MESSAGE_VERSION,
      job,
      collector: name,
      answer: given,
    })
  bus.subscribe(planProposal(name), ({ job, plan }) => {
    heard.push(`proposal ${plan.revision}`)
    return answer === 'nothing' ? undefined : say(job, answer)
  })
  bus.subscribe(planDecision(name), ({ job, decision }) => {
    heard.push(decision)
    return decision === 'activate' ? say(job, { kind: 'active' }) : undefined
  })
  return { heard }
}

async function done(of: ApplyLine, asked: ApplyWork) {
  const { id } = await of.start(asked)
  return of.ended(id)
}

describe('collectors', () => {
  test('[CC2] all stage it, then all follow it', async () => {
    const [one, two] = [collector('one'), collector('two')]
    const job = await done(line('one', 'two'), work('r1'))
    expect(job).toMatchObject({ state: 'active', before: 'r0', revision: 'r1' })
    expect(activated).toEqual(['r1'])
    expect(one.heard).toEqual(['proposal r1', 'activate'])
    expect(two.heard).toEqual(one.heard)
    expect((await store.activeActivation())?.revision).toBe('r1')
    expect(await store.loadJob(job.id)).toEqual(job)
  })
  test('[CC5] one that never answers makes it fail, and is named', async () => {
    const [one] = [collector('one'), collector('mute', 'nothing')]
    const job = await done(line('one', 'mute'), work('r2'))
    expect(job).toMatchObject({ state: 'failed', reason: 'no answer within 1 s from mute' })
    expect(job.collectors.map(({ state }) => state)).toEqual(['staged', 'silent'])
    expect(one.heard).toEqual(['proposal r2', 'withdraw'])
    expect(activated).toEqual([])
    expect((await store.activeActivation())?.revision).toBe('r1')
  })
  test('[CC5] so does one whose bus never takes the message', async () => {
    bus.subscribe(planProposal('stuck'), () => new Promise<void>(() => undefined))
    const job = await done(line('stuck'), work('r2'))
    expect(job).toMatchObject({ state: 'failed', reason: 'no answer within 1 s from stuck' })
  })
  test('[CC4] one that refuses refuses for all', async () => {
    const one = collector('one')
    collector('two', { kind: 'refused', reason: 'no check_tea here' })
    const job = await done(line('one', 'two'), work('r2'))
    expect(job).toMatchObject({
      state: 'refused',
      reason: 'collector two refuses it: no check_tea here',
    })
    expect(one.heard).toEqual(['proposal r2', 'withdraw'])
  })
  test('[CC4] one that throws at the message refuses it', async () => {
    bus.subscribe(planProposal('old'), () => {
      throw new Error('message version 2, 1 is spoken here')
    })
    expect(await done(line('old'), work('r2'))).toMatchObject({
      state: 'refused',
      reason: 'collector old refuses it: message version 2, 1 is spoken here',
    })
  })
  test('[CC6] one that does not confirm is named, and the revision stays', async () => {
    bus.subscribe(planProposal('half'), ({ job }) =>
      bus.publish(planAcknowledgement('hub-0', 'half'), {
        version: MESSAGE_VERSION,
        job,
        collector: 'half',
        answer: { kind: 'staged' },
      }),
    )
    const job = await done(line('half'), work('r3'))
    expect(job).toMatchObject({ state: 'active', reason: 'not confirmed within 1 s by half' })
    expect(activated).toEqual(['r3'])
  })
})

describe('[CC1] the line', () => {
  test('does one job at a time, in order, and the next after one that breaks', async () => {
    const jobs = line()
    let running = 0
    const slow = (revision: string): ApplyWork =>
      work(revision, {
        prepare: async () => {
          expect(++running).toBe(1)
          await new Promise((resolve) => setTimeout(resolve, 5))
          running--
          if (revision === 'r5') throw new ApplyImpossible('failed', 'the compiler: it is tired')
          return work(revision).prepare()
        },
      })
    const started = await Promise.all(['r4', 'r5', 'r6'].map((one) => jobs.start(slow(one))))
    const ended = await Promise.all(started.map(({ id }) => jobs.ended(id)))
    expect(ended.map(({ state, before }) => [state, before])).toEqual([
      ['active', 'r0'],
      ['failed', 'r4'],
      ['active', 'r4'],
    ])
    expect(activated).toEqual(['r4', 'r6'])
  })
  test('refuses at once what does not fit behind what waits', async () => {
    const jobs = line()
    const gate = Promise.withResolvers<void>()
    const held = work('r7', { prepare: () => gate.promise.then(() => work('r7').prepare()) })
    const first = await jobs.start(held)
    const many = await Promise.all(Array.from({ length: 17 }, () => jobs.start(work('r7'))))
    expect(many.filter(({ state }) => state === 'compiling')).toHaveLength(16)
    expect(many.at(-1)).toMatchObject({
      state: 'refused',
      reason: '16 jobs wait already; ask again when they are done',
    })
    gate.resolve()
    expect(await jobs.ended(first.id)).toMatchObject({ state: 'active' })
    await Promise.all(many.map(({ id }) => jobs.ended(id)))
    const huge = await jobs.start(work('r7', { bytes: 200 * 1024 * 1024 }))
    expect(huge.state).toBe('refused')
  })
  test('keeps the last 100 jobs', async () => {
    const jobs = line()
    for (let n = 0; n < 105; n++) await done(jobs, work('r7'))
    const kept = await store.loadJobs()
    expect(kept).toHaveLength(100)
    expect(await jobs.job('job-1', 0)).toBeUndefined()
    expect((await jobs.job(kept[0]?.id as string, 0))?.state).toBe('active')
  })
})

test('[CC7] a job that was cut off is closed by the next start, one that was stored is active', async () => {
  const gate = Promise.withResolvers<never>()
  gate.promise.catch(() => undefined)
  const cut = await line().start(work('r8', { prepare: () => gate.promise }))
  collector('one', 'nothing')
  const staging = await line('one').start(work('r8', { timeoutMs: 600_000 }))
  const deadline = performance.now() + 5_000
  while ((await store.loadJob(staging.id))?.state !== 'staging') {
    expect(performance.now()).toBeLessThan(deadline)
  }
  const stored = { ...staging, id: 'job-stored', state: 'active' as const }
  await store.saveJob(stored)

  const next = line()
  const closed = await next.restore()
  expect(closed.map(({ id, state, reason }) => [id, state, reason])).toEqual(
    expect.arrayContaining([
      [cut.id, 'failed', 'the hub ended before it was compiled; nothing was changed'],
      [staging.id, 'failed', 'the hub ended while collectors looked at it; nothing was changed'],
      ['job-stored', 'active', 'the hub ended before all collectors had confirmed it'],
    ]),
  )
  expect(await next.restore()).toEqual([])
})

describe('[CC15] history', () => {
  test('has no entry for what changes nothing, and keeps the last 200', async () => {
    const jobs = line()
    await done(jobs, work('same'))
    const before = await store.revisions(1000, undefined)
    await done(jobs, work('same'))
    expect(await store.revisions(1000, undefined)).toEqual(before)
    await store.saveTexts([{ hash: 'old', body: Buffer.from('x') }])
    for (let n = 0; n < 205; n++) {
      active = ''
      await done(jobs, work(`n${n}`))
    }
    await store.trim()
    const kept = await store.revisions(1000, undefined)
    expect(kept).toHaveLength(200)
    expect(kept[0]?.revision).toBe('n204')
    expect(await store.missingTexts(['old'])).toEqual(['old'])
    const [page] = await store.revisions(1, kept[0]?.number)
    expect(page?.revision).toBe('n203')
  }, 60_000)
})

describe('[CC8] while the database is away', () => {
  test('a commit that it did not finish changed nothing', async () => {
    const other = new Client({ connectionString: server.url })
    await other.connect()
    await other.query('BEGIN; LOCK TABLE configuration_activation')
    const jobs = line()
    const { id } = await jobs.start(work('cut'))
    const blocked = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE application_name = 'parallax-configuration' AND wait_event_type = 'Lock'`
    const deadline = performance.now() + 10_000
    while ((await other.query(blocked)).rowCount === 0)
      expect(performance.now()).toBeLessThan(deadline)
    await other.query('ROLLBACK')
    await other.end()
    const job = await jobs.ended(id)
    expect(job).toMatchObject({ state: 'failed' })
    expect(job.reason).toMatch(/^the database is away: /)
    expect(activated).toEqual([])
    expect((await store.activeActivation())?.revision).not.toBe('cut')
  }, 30_000)
  test('a commit whose answer was lost is found out', async () => {
    const lost: ConfigurationStore = {
      ...store,
      activate: async (activation) => {
        await store.activate(activation)
        throw new StoreUnavailable('Connection terminated')
      },
    }
    const jobs = new ApplyLine({ ...lineParts(), store: lost })
    expect(await done(jobs, work('found'))).toMatchObject({ state: 'active' })
    expect(activated).toEqual(['found'])
  })
  test('nothing is begun, and what was begun changes nothing', async () => {
    const jobs = line()
    const gate = Promise.withResolvers<void>()
    const held = work('r9', { prepare: () => gate.promise.then(() => work('r9').prepare()) })
    const { id } = await jobs.start(held)
    await server.stop()
    gate.resolve()
    expect(await jobs.ended(id)).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(/^the database is away: /) as string,
    })
    expect(activated).toEqual([])
    await expect(jobs.start(work('r9'))).rejects.toThrow(
      expect.objectContaining({ name: 'StoreUnavailable' }),
    )
  }, 60_000)
})
