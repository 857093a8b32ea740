import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { recompute } from '../../src/results/decision/recompute.ts'
import type { CollectorRow } from '../../src/wire/api/network.ts'
import { runParallax } from './command-line.ts'
import type { TestHub } from './network.ts'
import { eventually } from './program.ts'
import {
  CLUSTERS,
  QUICK,
  SLOW,
  SLOW_SERVICES,
  startThreeClusters,
  STEPPED,
  type ThreeClusters,
} from './three-clusters.ts'
import {
  alarmsSince,
  downFor,
  equalDigest,
  explanationOf,
  incidentOf,
  incidentsSince,
  observersOf,
  receiptsSince,
  reportsOf,
  verdict,
} from './truth-story.ts'

const HOUR_S = 3_600
const OVERLOADED = 'west'
const OFTEN = [...QUICK.plain, ...QUICK.hill].flatMap((host) => [host, `${host}!http`])
const SERVICES = SLOW_SERVICES.map((service) => `${SLOW}!${service}`)
const EACH_MINUTE = [SLOW, ...SERVICES]
const ALL = [...OFTEN, ...EACH_MINUTE]
/** From the stop of a target that is checked each minute to its verdict. */
const DOWN_WITHIN_MS = 15_000

let world: ThreeClusters
let hubs: readonly TestHub[]
let startedAt = 0

beforeAll(async () => {
  world = await startThreeClusters()
  hubs = world.network.hubs
  await Promise.all(hubs.map((hub) => hub.sees(CLUSTERS.length)))
  startedAt = Date.now()
  await expectUp(OFTEN, 60_000)
}, 180_000)
// One that failed leaves the next a world that works.
afterEach(() => world.mend())
afterAll(() => world?.stop())

/** What nobody was told of, on no hub. */
async function expectNoAlarm(from: number): Promise<void> {
  for (const hub of hubs) expect(await alarmsSince(hub, from), hub.name).toEqual([])
}

async function expectUp(ids: readonly string[], limitMs = 30_000): Promise<void> {
  await Promise.all(hubs.flatMap((hub) => ids.map((id) => verdict(hub, id, 'up', limitMs))))
}

/** Every observer has seen each of them, so that each has its say. */
async function expectSeenByAll(ids: readonly string[]): Promise<void> {
  for (const hub of hubs)
    for (const id of ids)
      await eventually(
        async () => {
          const { items } = await reportsOf(hub, id)
          return items.every(({ class: said }) => said === 'ok') ? true : undefined
        },
        90_000,
        `${hub.name} has heard of ${id} from all`,
      )
}

describe('three clusters watch the same targets, for two hubs', () => {
  test('[EV11, EV24] one that does not reach a target any more makes no alarm, and one incident of its way', async () => {
    const from = Date.now()
    world.ground.block('east', 'web')
    for (const hub of hubs)
      await incidentOf(hub, { observer: 'east', subject: 'web' }, { from, limitMs: 60_000 })
    for (const hub of hubs)
      expect((await incidentsSince(hub, from)).map(({ text }) => text)).toEqual([
        'east does not reach host web, others do',
      ])
    world.ground.unblock('east', 'web')
    await expectUp(ALL)
    await expectNoAlarm(from)
  }, 120_000)

  test('[EV11, EV18] a server that ends is DOWN within 15 s, checked each minute, and the sentence says who saw it', async () => {
    await expectSeenByAll(EACH_MINUTE)
    const from = Date.now()
    await world.killServer()
    for (const { hub, found, tookMs } of await downOnAll(EACH_MINUTE, 'service', from)) {
      expect(tookMs, found.sentence).toBeLessThan(DOWN_WITHIN_MS)
      expect(found.sentence).toMatch(/^DOWN: [23] fresh witnesses from [23] sites fail/)
      expect(found.cause?.name).toBe(found.id)
      const said = await explained(hub, found.id)
      expect(said).toContain('DOWN: ')
    }
    await world.startServer()
    await expectUp(EACH_MINUTE, 60_000)
  }, 240_000)

  test('[EV16, EV18] a machine that is switched off is DOWN within 15 s, with all that is on it', async () => {
    await expectSeenByAll(EACH_MINUTE)
    const from = Date.now()
    world.ground.powerOff(SLOW)
    for (const { hub, found, tookMs } of await downOnAll([SLOW], 'host', from)) {
      expect(tookMs, found.sentence).toBeLessThan(DOWN_WITHIN_MS)
      expect(found.sentence).toMatch(
        /^DOWN(: [23] fresh witnesses from [23] sites fail| with host shop: )/,
      )
      expect(await explained(hub, SLOW)).toContain('DOWN')
      for (const id of SERVICES) {
        const { cause, sentence } = await downFor(hub, [id], { scope: 'host', limitMs: 30_000 })
        expect(cause?.name).toBe(SLOW)
        expect(sentence).toMatch(/^DOWN with host shop: [2-7] of its 7 checks are silent/)
        expect(await explained(hub, id)).toContain('DOWN with host shop')
      }
    }
    world.ground.powerOn(SLOW)
    await expectUp(EACH_MINUTE, 60_000)
  }, 240_000)

  test('[EV10, EV23] one that is stopped and then overloaded is one problem, and everything stays green', async () => {
    const from = Date.now()
    const { process } = world.network.collector(`${OVERLOADED}.c1`)
    await process.signal('SIGSTOP')
    for (const hub of hubs) await setAside(hub, 'silent', 150_000)
    for (const hub of hubs)
      await incidentOf(hub, { observer: OVERLOADED }, { from, limitMs: 150_000 })
    await process.signal('SIGCONT')
    world.overload(OVERLOADED)
    for (const hub of hubs) await setAside(hub, 'contradicted', 90_000)
    for (const hub of hubs) {
      const found = await incidentsSince(hub, from)
      expect(found.map(({ observer, subject }) => [observer, subject])).toEqual([
        [OVERLOADED, null],
      ])
    }
    world.relieve(OVERLOADED)
    for (const hub of hubs) await setAside(hub, null, 60_000)
    await expectUp(ALL)
    await expectNoAlarm(from)
  }, 300_000)

  test('[CK6, CK9, EV23] one whose clock is set an hour ahead is named, and nothing else happens', async () => {
    const from = Date.now()
    world.stepClock(HOUR_S)
    for (const hub of hubs) await seesOffset(hub, HOUR_S)
    for (const hub of hubs) {
      const what = { kind: 'clock', observer: STEPPED }
      const { text } = await incidentOf(hub, what, { from, limitMs: 60_000 })
      expect(text).toMatch(/^the clock of north\.c1 is 3\d{3} s ahead: the times .* are corrected$/)
      await countsResultsOf(hub, STEPPED, from)
    }
    world.stepClock(0)
    for (const hub of hubs) await seesOffset(hub, 0)
    await expectUp(ALL)
    await expectNoAlarm(from)
  }, 240_000)

  test('[EV4, RP14] both hubs come to the same digest', async () => {
    const { checks } = await equalDigest(hubs, 60_000)
    expect(checks).toBe(ALL.length)
    for (const hub of hubs)
      expect(await parallax(hub, ['hub', 'compare'])).toMatch(/\nhub-[ab] +the same +/)
  }, 90_000)

  test('[EV22, SV11] each verdict of this story follows from its stored receipt alone', async () => {
    for (const hub of hubs) {
      const receipts = await receiptsSince(hub, startedAt)
      expect(new Set(receipts.map(({ kind }) => kind))).toContain('down')
      for (const receipt of receipts) {
        const { kind, cause, sentence, checkId } = receipt
        expect(recompute(receipt), sentence).toEqual({ kind, cause })
        const at = new Date(receipt.at + 1).toISOString()
        // A check can change twice in one millisecond: either is a right answer then.
        const atOnce = receipts.filter((one) => one.at === receipt.at && one.checkId === checkId)
        const then = await explanationOf(hub, checkId, at)
        expect(atOnce.map((one) => [one.kind, one.cause, one.sentence])).toContainEqual([
          then.kind,
          then.cause,
          then.sentence,
        ])
      }
    }
  }, 60_000)

  test('deciding the story again from what each hub stored finds its outages', async () => {
    const from = new Date(startedAt).toISOString()
    for (const hub of hubs) {
      const receipts = await receiptsSince(hub, startedAt)
      const down = new Set(
        receipts.flatMap(({ kind, checkId }) => (kind === 'down' ? checkId : [])),
      )
      const said = await parallax(hub, ['replay', '--from', from, '--to', '0s', '-o', 'json', '-q'])
      const replayed = JSON.parse(said) as Replayed
      expect(replayed.receipts.total).toBeGreaterThanOrEqual(receipts.length)
      expect(replayed.receipts.reproduced).toBe(replayed.receipts.total)
      expect(new Set(replayed.outages.map(({ id }) => id))).toEqual(down)
    }
  }, 120_000)
})

interface Replayed {
  readonly receipts: { readonly total: number; readonly reproduced: number }
  readonly outages: readonly { readonly id: string }[]
}

/** Of each hub: the first of these that it calls DOWN for this cause, and how long after the stop it did. */
function downOnAll(ids: readonly string[], scope: 'service' | 'host', from: number) {
  return Promise.all(
    hubs.map(async (hub) => {
      const found = await downFor(hub, ids, { scope, limitMs: 60_000 })
      return { hub, found, tookMs: Date.now() - from }
    }),
  )
}

/** What `parallax explain` prints. */
const explained = (hub: TestHub, id: string): Promise<string> =>
  parallax(hub, ['explain', id.replace('!', '/')])

async function parallax(hub: TestHub, args: readonly string[]): Promise<string> {
  const place = { ...hub.access(), folder: world.network.folder }
  const { status, stdout, stderr } = await runParallax(place, args, '')
  expect(stderr).toBe('')
  expect(status).toBe(0)
  return stdout
}

/** Results that began after that, with their right time, count as those of any other. */
async function countsResultsOf(hub: TestHub, cluster: string, from: number): Promise<void> {
  for (const id of OFTEN)
    await eventually(
      async () => {
        const { items } = await reportsOf(hub, id)
        return items.find(
          ({ observer, at, isFresh }) =>
            observer === cluster && isFresh && at !== null && Date.parse(at) > from,
        )
      },
      60_000,
      `${hub.name} counts what ${cluster} says of ${id}`,
    )
}

function setAside(hub: TestHub, reason: string | null, limitMs: number): Promise<unknown> {
  return eventually(
    async () => {
      const { items } = await observersOf(hub)
      return items.find(
        ({ observer, setAside: said }) => observer === OVERLOADED && said === reason,
      )
    },
    limitMs,
    `${hub.name} sets ${OVERLOADED} aside as ${reason}`,
  )
}

/** Until the hub knows that the clock of this cluster is so far from its own. */
function seesOffset(hub: TestHub, seconds: number): Promise<unknown> {
  return eventually(
    async () => {
      const { clocks } = await hub.api<CollectorRow>(`/api/v1/collectors/${STEPPED}.c1`)
      return clocks.find(({ offsetMs }) => Math.abs(Math.abs(offsetMs) - seconds * 1000) < 5_000)
    },
    60_000,
    `${hub.name} sees a clock that is ${seconds} s off`,
  )
}
