import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { createMemoryBus } from '../../src/adapters/memory/bus.ts'
import { openDatabase, type Database } from '../../src/adapters/postgres/database.ts'
import { systemClock } from '../../src/adapters/system/clock.ts'
import { silentLog } from '../../src/base/log.ts'
import { clusterPlans, NO_SHARING, type Sharing } from '../../src/orchestrator/plan.ts'
import type { Addressee } from '../../src/orchestrator/ports.ts'
import { createFleetIndex } from '../../src/results/fleet-index.ts'
import type { Desk } from '../../src/roles/desk/desk.ts'
import { startDesk } from '../../src/roles/desk/start-desk.ts'
import { startConfiguration } from '../../src/roles/desk/start.ts'
import { periodTest } from '../../src/roles/periods.ts'
import { Undoing } from '../../src/roles/undoing.ts'
import type { Bus } from '../../src/wire/bus.ts'
import { helloTo } from '../../src/wire/cluster.ts'
import { MESSAGE_VERSION, plan as planTo, type Plan } from '../../src/wire/subjects.ts'
import { startTestDatabase, type TestDatabase } from './postgres.ts'

/** The configuration of a hub over its restarts, as one collector of the east hears of it. */

const HUB = 'hub-a'
const EAST = { id: 'east.c1', cluster: 'east' }
const SITE = `
clusters: { east: }
hosts:
  a: { cluster: east, checkCommand: { builtin: ping } }
  b: { checkCommand: { builtin: ping } }
`

let server: TestDatabase
let folder: string
let bus: Bus
let heard: Plan[]
let sharing: Sharing
let live: Addressee[]
const running: Undoing[] = []
beforeAll(async () => {
  server = await startTestDatabase()
}, 60_000)
afterAll(() => server?.close())
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parallax-epochs-'))
  writeFileSync(join(folder, 'site.yaml'), SITE)
  bus = createMemoryBus()
  heard = []
  sharing = NO_SHARING
  live = []
  bus.subscribe(planTo(EAST.id), (plan) => void heard.push(plan))
})
afterEach(async () => {
  for (const undoing of running.splice(0)) await undoing.run()
  await bus.close()
  rmSync(folder, { recursive: true })
})

interface RunningHub {
  readonly desk: Desk
  stop(): Promise<void>
}

async function startHub(): Promise<RunningHub> {
  const undoing = new Undoing()
  running.push(undoing)
  const database: Database = await openDatabase({
    url: server.url,
    folder: '',
    retention: { resultsDays: 1, seriesDays: 1 },
    clock: systemClock,
    log: silentLog,
  })
  undoing.add(() => database.close())
  const store = database.configuration
  const compilerSettings = { path: folder, url: 'http://127.0.0.1:1', environment: {} }
  const parts = { hub: HUB, cut: clusterPlans, log: silentLog }
  const start = await startConfiguration(store, compilerSettings, parts)
  const { fleet } = start.active
  const desk = await startDesk(
    {
      ...parts,
      start,
      compilerSettings,
      store,
      index: createFleetIndex(
        fleet,
        systemClock.now(),
        periodTest(() => fleet),
      ),
      bus,
      collectors: { live: () => live, members: () => [EAST] },
      sharing: () => sharing,
      clock: systemClock,
    },
    undoing,
  )
  return { desk, stop: () => undoing.run() }
}

/** What the collector is given when it comes without a plan. */
async function given(): Promise<Plan | undefined> {
  const hello = { version: MESSAGE_VERSION, collector: EAST.id, boot: 'b', program: '1' } as const
  const asked = { ...hello, revision: '', epoch: 0 }
  return (await bus.request(helloTo(HUB, EAST.id), asked, 1_000)).plan
}

test('[PN4] [PN5] epochs go on over restarts, and what members share stays with its epoch', async () => {
  const first = await startHub()
  const begun = await given()
  expect(begun).toMatchObject({ epoch: 1, hub: HUB, cluster: { name: 'east', costs: {} } })
  expect(begun?.checks.map(({ id }) => id)).toEqual(['a'])

  sharing = { costs: { a: 7, b: 1 }, revoked: ['east.c9', 'default.c1'] }
  live = [EAST]
  await first.desk.renewPlans()
  const renewed = { epoch: 2, cluster: { costs: { a: 7 }, revoked: ['east.c9'] } }
  await expect.poll(() => heard.at(-1)).toMatchObject(renewed)
  expect(await given()).toMatchObject({ ...renewed, revision: begun?.revision })
  live = []
  await first.stop()

  // Measured anew, but not within this epoch.
  sharing = { costs: { a: 99 }, revoked: [] }
  const second = await startHub()
  expect(await given()).toMatchObject(renewed)
  writeFileSync(join(folder, 'site.yaml'), `${SITE}  c: { cluster: east }\n`)
  expect(await second.desk.reload('test')).toMatchObject({ kind: 'active' })
  expect(await given()).toMatchObject({ epoch: 3, cluster: { costs: { a: 99 } } })
  await second.stop()

  writeFileSync(join(folder, 'site.yaml'), SITE)
  await startHub()
  expect(await given()).toMatchObject({ epoch: 4, revision: begun?.revision })
}, 60_000)
