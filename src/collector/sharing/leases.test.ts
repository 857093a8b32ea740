import { describe, expect, test } from 'vitest'
import { instant } from '../../base/instant.ts'
import { MESSAGE_VERSION } from '../../wire/subjects.ts'
import type { LeaseEnd } from '../../wire/work.ts'
import { fleetOfChecks } from '../../../test/virtual-cluster.ts'
import type { Moment } from '../assignment/moment.ts'
import type { Job } from '../ports.ts'
import { ASK_MS, Leases, MARGIN_MS, type Lease } from './leases.ts'

const TIMEOUT_MS = 5_000
const DEADLINE_MS = ASK_MS + TIMEOUT_MS + MARGIN_MS
const MEMBER = 'east.x1'
const BOOT = 'boot-2'

const jobs: readonly Job[] = fleetOfChecks(10, 0, { timeoutMs: TIMEOUT_MS }).map((check) => ({
  check,
  origin: 'scheduled',
  dueAt: instant(0),
  macros: () => ({}),
}))

/** Our wall clock shows a minute when the monotonic one begins; the member's shows an hour. */
const at = (ms: number): Moment => ({ wall: 60_000 + ms, monotonicMs: ms })

const ran = ({ id }: Lease, tookMs: number, member = MEMBER): LeaseEnd => ({
  version: MESSAGE_VERSION,
  lease: id,
  member,
  kind: 'ran',
  startedAt: instant(3_600_000),
  finishedAt: instant(3_600_000 + tookMs),
  outcome: { kind: 'exited', code: 0, output: '', longOutput: '', perfdata: '' },
})

const everybody = (): boolean => true
const nobody = (): boolean => false

function world() {
  const leases = new Leases('boot-1', () => 4)
  /** Taken as soon as offered. */
  const give = (job: Job, ms: number): Lease => {
    const lease = leases.open(job, at(ms))
    leases.taken(lease.id, MEMBER, BOOT, at(ms))
    return lease
  }
  /** Looked at as often as in a collector that runs. */
  const pass = (
    from: number,
    to: number,
    isHeard: (member: string, boot: string) => boolean,
  ): void => {
    for (let ms = from; ms <= to; ms += 100) leases.look(at(ms), isHeard)
  }
  /** What is started when there is room for so many. */
  const settled = (places: number): readonly Job[] => {
    const started: Job[] = []
    leases.settle((job) => started.length < places && started.push(job) > 0)
    return started
  }
  return { leases, give, pass, settled }
}

const [first, second, third] = jobs as [Job, Job, Job]

describe('the end of a lease', () => {
  test('[SH3] takes the length of the run from the member, its times from our clock', () => {
    const { leases } = world()
    const lease = leases.open(first, at(1_000))
    leases.taken(lease.id, MEMBER, BOOT, at(1_020))
    const finished = leases.ended(ran(lease, 1_500), at(2_600))
    expect(finished).toMatchObject({ job: first, startedAt: 61_010, finishedAt: 62_510 })
  })

  test('[SH3] that comes before it was known who took it began after the offer, and ended by now', () => {
    const { leases } = world()
    const lease = leases.open(first, at(1_000))
    const finished = leases.ended(ran(lease, 300), at(1_400))
    expect(finished).toMatchObject({ startedAt: 61_100, finishedAt: 61_400 })
    expect(leases.taken(lease.id, MEMBER, BOOT, at(1_500))).toBe(false)
    expect(leases.unanswered).toBe(0)
  })

  test('[SH7] counts once, and not from a member that did not take it', () => {
    const { leases, give } = world()
    const lease = give(first, 0)
    expect(leases.ended(ran(lease, 100, 'east.c9'), at(100))).toBeUndefined()
    expect(leases.ended(ran(lease, 100), at(100))).toBeDefined()
    expect(leases.ended(ran(lease, 100), at(110))).toBeUndefined()
    expect(leases.counts).toMatchObject({ lost: 0, late: 0 })
  })

  test('[SH7] that was lost is dropped, and counted once', () => {
    const { leases, give } = world()
    const lease = give(first, 0)
    leases.lose(lease.id)
    expect(leases.ended(ran(lease, 100), at(100))).toBeUndefined()
    expect(leases.ended(ran(lease, 100), at(110))).toBeUndefined()
    expect(leases.counts).toMatchObject({ lost: 1, late: 1 })
  })
})

describe('a lease is lost', () => {
  test('[SH5] at its deadline, not before', () => {
    const { leases, give, pass } = world()
    give(first, 0)
    pass(0, DEADLINE_MS - 100, everybody)
    expect(leases.counts.lost).toBe(0)
    pass(DEADLINE_MS, DEADLINE_MS, everybody)
    expect({ ...leases.counts, homeless: leases.homeless }).toMatchObject({ lost: 1, homeless: 1 })
  })

  test('[SH5] when its member is gone or was started anew', () => {
    for (const isHeard of [nobody, (member: string, boot: string) => boot === `${member} anew`]) {
      const { leases, give, pass } = world()
      give(first, 0)
      pass(0, DEADLINE_MS / 2, isHeard)
      expect(leases.counts.lost).toBe(1)
    }
  })

  test('[SH5] when its member stops', () => {
    const { leases, give } = world()
    const { id } = give(first, 0)
    const from = { version: MESSAGE_VERSION, lease: id, member: MEMBER } as const
    expect(leases.ended({ ...from, kind: 'shutting-down', reason: '' }, at(100))).toBeUndefined()
    expect(leases.counts.lost).toBe(1)
  })

  test('[SH8] not while its owner stood still: the end that came meanwhile counts', () => {
    const { leases, give, pass } = world()
    const lease = give(first, 0)
    pass(0, 200, everybody)
    const stoodStillMs = 3 * DEADLINE_MS
    pass(stoodStillMs, stoodStillMs + 1_000, everybody)
    expect(leases.counts.lost).toBe(0)
    expect(leases.ended(ran(lease, 1_000), at(stoodStillMs + 1_000))).toBeDefined()
  })

  test('[SH8] but the deadline is there again when its owner goes on', () => {
    const { leases, give, pass } = world()
    give(first, 0)
    pass(0, 200, everybody)
    pass(20_000, 20_000 + DEADLINE_MS, everybody)
    expect(leases.counts.lost).toBe(1)
  })
})

describe('an execution that came back', () => {
  test('[SH6] is offered once more, and kept after the second loss', () => {
    const { leases, give, settled } = world()
    leases.lose(give(first, 0).id)
    const again = leases.reopen(at(10))
    expect(again?.job).toBe(first)
    expect(leases.homeless).toBe(0)
    leases.lose(again?.id ?? '')
    expect(leases.reopen(at(20))).toBeUndefined()
    expect(settled(1)).toEqual([first])
    expect(leases.counts.lost).toBe(2)
  })

  test('[SH4] of an offer that nobody took is offered again, as often as it takes', () => {
    const { leases } = world()
    let lease: Lease | undefined = leases.open(first, at(0))
    for (let turn = 1; turn < 10; turn++) {
      leases.refused(lease?.id ?? '')
      lease = leases.reopen(at(turn))
      expect(lease?.job).toBe(first)
    }
    expect(leases.counts).toMatchObject({ refused: 9, lost: 0 })
  })

  test('[SH4] because the plugin cannot be started there is run at home, and not offered again', () => {
    const { leases, give, settled } = world()
    const from = { version: MESSAGE_VERSION, lease: give(first, 0).id, member: MEMBER } as const
    expect(leases.ended({ ...from, kind: 'cannot', reason: 'no file' }, at(100))).toBeUndefined()
    expect(leases.counts).toMatchObject({ refused: 1, lost: 0 })
    expect(leases.reopen(at(110))).toBeUndefined()
    expect(settled(1)).toEqual([first])
    expect(leases.homeless).toBe(0)
  })

  test('[SH6] is started here in its turn, those without a place wait on', () => {
    const { leases, give, settled } = world()
    for (const lease of [first, second, third].map((job) => give(job, 0))) leases.lose(lease.id)
    expect(settled(2)).toEqual([first, second])
    expect(leases.homeless).toBe(1)
    expect(settled(0)).toEqual([])
    expect(settled(5)).toEqual([third])
    expect(leases.homeless).toBe(0)
  })

  test('[SH2] counts in what may be away', () => {
    const { leases, give } = world()
    expect(leases.hasRoom).toBe(true)
    const away = jobs.slice(0, 4).map((job) => give(job, 0))
    expect(leases.hasRoom).toBe(false)
    for (const { id } of away) leases.lose(id)
    const { hasRoom, handedOut, homeless } = leases
    expect({ hasRoom, handedOut, homeless }).toEqual({ hasRoom: false, handedOut: 0, homeless: 4 })
  })
})
