import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { fleetOf } from '../../test/fleet-of.ts'
import { createMemoryBus } from '../adapters/memory/bus.ts'
import { systemClock } from '../adapters/system/clock.ts'
import { isoOf } from '../base/instant.ts'
import { silentLog } from '../base/log.ts'
import { collectorRowOf } from '../orchestrator/network.ts'
import { wholePlan } from '../orchestrator/plan.ts'
import { VERSION } from '../settings/program.ts'
import { collectorRow } from '../wire/api/network.ts'
import { Refused } from '../wire/bus.ts'
import { plan } from '../wire/subjects.ts'
import { startCollectorParts } from './collector-parts.ts'
import { reachLocal } from './collector-reach.ts'
import { Undoing } from './undoing.ts'

const undoing = new Undoing()
afterEach(() => undoing.run())

/** A real collector of one process, which follows a plan of three hosts. */
async function local() {
  const data = mkdtempSync(join(tmpdir(), 'local-reach-'))
  undoing.add(() => rmSync(data, { recursive: true }))
  const bus = createMemoryBus()
  const size = { outboxBytesMax: 10_000_000, outboxAgeMaxMs: 3_600_000 }
  const running = await startCollectorParts(
    {
      settings: { data, ...size, pluginSlots: 8, builtinSlots: 16 },
      environment: {},
      clock: systemClock,
      log: silentLog,
      name: 'local',
      hubs: ['local'],
      bus,
      self: { status: () => undefined, parts: () => undefined },
    },
    undoing,
  )
  const fleet = fleetOf({ hosts: 3, servicesPerHost: 2, check: { intervalMs: 3_600_000 } })
  const edition = { revision: 'r7', epoch: 7, hub: 'local' }
  await bus.publish(
    plan('local'),
    wholePlan(fleet, edition, { costs: {}, revoked: [] }).planFor(''),
  )
  return reachLocal({ bus, name: 'local', running, clock: systemClock, fleet: () => fleet })
}

test('[NW6] the collector of this process is one row with its real numbers', async () => {
  const before = systemClock.now()
  const reach = await local()
  const [member, ...others] = reach.members()
  expect(others).toEqual([])
  if (member === undefined) throw new Error('there is no member')
  const row = collectorRow.parse(collectorRowOf(member, 'r7'))
  expect(row).toMatchObject({
    id: 'local',
    health: 'live',
    standing: 'active',
    role: 'full',
    weight: 1,
    program: VERSION,
    revision: 'r7',
    epoch: 7,
    isCurrent: true,
    hosts: 3,
    checks: 9,
    load: { slots: 24 },
    outboxes: [{ hub: 'local', lost: 0 }],
    clocks: [],
  })
  expect(row.memoryBytes).toBeGreaterThan(10_000_000)
  expect(row.since >= isoOf(before)).toBe(true)
  // Since the start, not since somebody looked.
  await systemClock.sleep(5)
  expect(reach.members()[0]?.since).toBe(member.since)
  expect(reach.status().executor).toMatchObject({ slots: 24 })
})

test('[NW6] it takes no orders: nobody would check in its place', async () => {
  const reach = await local()
  await expect(reach.order('local', { kind: 'drain' }, 'ada')).rejects.toThrow(Refused)
})
