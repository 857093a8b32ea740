import { expect, test } from 'vitest'
import { instant } from '../../base/instant.ts'
import type { CheckId } from '../../domain/check-id.ts'
import type { CheckOutcome } from '../../domain/check-result.ts'
import { MESSAGE_VERSION } from '../../wire/subjects.ts'
import type { WorkOffer } from '../../wire/work.ts'
import { fleetOfChecks } from '../../../test/virtual-cluster.ts'
import type { Finished, Job } from '../ports.ts'
import { Guests } from './guests.ts'

const PLUGIN = {
  kind: 'arguments',
  program: 'check_slow',
  arguments: [],
  environment: {},
  hasRuntimeMacros: true,
} as const
const checks = new Map(fleetOfChecks(3, 0, { command: PLUGIN }).map((check) => [check.id, check]))

const offer = (lease: string, checkId = 'h0'): WorkOffer => ({
  version: MESSAGE_VERSION,
  lease,
  owner: 'east.c1',
  revision: 'r1',
  checkId: checkId as CheckId,
  origin: 'requested',
  dueAt: instant(7_000),
  macros: { HOSTSTATE: 'UP' },
})

function world(places = 8) {
  const started: Job[] = []
  const guests = new Guests({
    id: 'east.x1',
    cluster: 'east',
    executor: { start: (job) => started.length < places && started.push(job) > 0 },
    revision: () => 'r1',
    check: (id) => checks.get(id),
  })
  const endOf = (job: Job | undefined, outcome: CheckOutcome): Finished => {
    if (job === undefined) throw new Error('nothing was started')
    return { job, startedAt: instant(8_000), finishedAt: instant(9_000), outcome }
  }
  return { guests, started, endOf }
}

const FINE = { kind: 'exited', code: 0, output: 'fine', longOutput: '', perfdata: '' } as const

test('[SH10] the check is that of the own plan, runtime macros are those of the owner', () => {
  const { guests, started } = world()
  expect(guests.take(offer('a.1'), 1)).toBeUndefined()
  const [job] = started
  expect(job?.check).toBe(checks.get('h0' as CheckId))
  expect(job).toMatchObject({ origin: 'requested', dueAt: 7_000 })
  expect(job?.macros()).toEqual({ HOSTSTATE: 'UP' })
})

test('[SH7] an offer that comes twice runs once', () => {
  const { guests, started } = world()
  expect([guests.take(offer('a.1'), 2), guests.take(offer('a.1'), 1)]).toEqual([
    undefined,
    undefined,
  ])
  expect(started).toHaveLength(1)
  expect(guests.taken).toBe(1)
})

test('[SH9] without room, and without a place after all, an offer is refused', () => {
  const { guests, started } = world(1)
  expect(guests.take(offer('a.1'), 0)).toBe('no room')
  expect(guests.take(offer('a.1'), 2)).toBeUndefined()
  expect(guests.take(offer('a.2', 'h1'), 1)).toBe('no free slot')
  expect(started).toHaveLength(1)
  expect(guests.running).toBe(1)
})

test('[SH3] the owner is told what came out and how long it took', () => {
  const { guests, started, endOf } = world()
  guests.take(offer('a.1'), 1)
  expect(guests.ended(endOf(started[0], FINE))).toEqual({
    owner: 'east.c1',
    end: {
      version: MESSAGE_VERSION,
      lease: 'a.1',
      member: 'east.x1',
      kind: 'ran',
      startedAt: 8_000,
      finishedAt: 9_000,
      outcome: FINE,
    },
  })
  expect(guests.running).toBe(0)
})

test('[SH4] a plugin that cannot be started here is told as that, not as a result', () => {
  const { guests, started, endOf } = world()
  guests.take(offer('a.1'), 1)
  const outcome = { kind: 'not-started', reason: 'no-such-command', output: 'no file' } as const
  expect(guests.ended(endOf(started[0], outcome))?.end).toMatchObject({
    kind: 'cannot',
    lease: 'a.1',
    reason: 'no file',
  })
})

test('[SH11] what is given back is told once, and what ends of it afterwards is nobody’s result', () => {
  const { guests, started, endOf } = world()
  guests.take(offer('a.1'), 2)
  guests.take(offer('a.2', 'h1'), 1)
  const [first, second] = started
  guests.ended(endOf(first, FINE))
  expect(guests.giveBack().map(({ owner, end }) => [owner, end.lease, end.kind])).toEqual([
    ['east.c1', 'a.2', 'shutting-down'],
  ])
  expect(guests.giveBack()).toEqual([])
  const late = endOf(second, FINE)
  expect(guests.owns(late.job)).toBe(true)
  expect(guests.ended(late)).toBeUndefined()
})
