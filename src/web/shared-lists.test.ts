import { expect, test } from 'vitest'
import { createSharedWorld } from '../../test/shared-world.ts'
import { NOON, startWebApp } from '../../test/web-world.ts'
import type { CheckOutcome } from '../domain/check-result.ts'
import { objectDetail, objectList } from '../wire/api/objects.ts'
import { snapshot, snapshotLength, snapshotRow } from '../wire/api/snapshot.ts'
import { rawReports, vantageMatrix } from '../wire/api/truth.ts'

const OK: CheckOutcome = { kind: 'exited', code: 0, output: 'fine', longOutput: '', perfdata: '' }
const REFUSED: CheckOutcome = { ...OK, code: 2, output: 'refused' }
const BLIND: CheckOutcome = { ...OK, code: 3, output: 'no resolver' }
const SILENT: CheckOutcome = { kind: 'timed-out', afterMs: 10_000, output: '(timed out)' }
const HTTP = 'host-0!service-0'
const DNS = 'host-1!service-0'

/** All see all well; then one sees `host-1!service-0` refused and two `host-0!service-0`. */
async function doubtful() {
  const { world, see, observers } = createSharedWorld()
  for (const [place, observer] of observers.entries())
    for (const id of ['host-0', 'host-1', HTTP, DNS]) see(id, observer, OK, 30_000 - place * 1_000)
  see(DNS, 'west', REFUSED, 10_000)
  see(HTTP, 'east', REFUSED, 9_000)
  see(HTTP, 'north', REFUSED, 8_000)
  see('host-2', 'default', OK, 7_000)
  const web = await startWebApp(world)
  const token = await world.token('viewer')
  const get = async (url: string) => (await web.call(token, 'GET', `/api/v1/${url}`)).body
  return { see, get, call: web.call, token }
}

test('[RR1, RR5] rows and the snapshot say the verdict and the letters, and that one observer has none', async () => {
  const { get } = await doubtful()
  const { items } = objectList.parse(await get('services'))
  const observers = ['east', 'north', 'west']
  expect(items.map(({ id, verdict, seenBy }) => [id, verdict, seenBy])).toEqual([
    [HTTP, 'down', { observers, marks: 'ffo' }],
    [DNS, 'suspect', { observers, marks: 'oof' }],
    ['host-2!service-0', null, null],
  ])
  const taken = snapshot.parse(await get('snapshot'))
  const rows = Array.from({ length: snapshotLength(taken) }, (_, row) => snapshotRow(taken, row))
  for (const { id, verdict, seenBy } of items)
    expect(rows.find((row) => row.id === id)).toMatchObject({ verdict, seenBy })
  expect(taken.observerSets).toEqual(['east,north,west'])
})

test('[RR10] the state of a suspected check keeps its name', async () => {
  const { get } = await doubtful()
  const suspect = { type: 'soft', verdict: 'suspect', rule: 'evidence' }
  const detail = objectDetail.parse(await get(`objects/${encodeURIComponent(DNS)}`))
  expect(detail).toMatchObject(suspect)
  expect(['warning', 'critical']).toContain(detail.state)
})

test('[RR6] the matrix has targets worst first, and the newest word of each observer', async () => {
  const { get } = await doubtful()
  const { observers, rows, total } = vantageMatrix.parse(await get('matrix'))
  expect(observers.map(({ name, setAside }) => [name, setAside])).toEqual([
    ['east', null],
    ['north', null],
    ['west', null],
  ])
  expect(total).toBe(4)
  expect(rows.map(({ id, verdict }) => [id, verdict])).toEqual([
    [HTTP, 'down'],
    [DNS, 'suspect'],
    ['host-0', 'up'],
    ['host-1', 'up'],
  ])
  expect(rows[1]?.cells.map((cell) => cell?.class)).toEqual(['ok', 'ok', 'error'])
  expect(rows[1]?.cells[2]).toMatchObject({
    at: new Date(NOON - 10_000).toISOString(),
    latencyMs: 100,
    isFresh: true,
  })
})

test('[RR7] it is filtered as other lists are, and comes in pages', async () => {
  const { get, call, token } = await doubtful()
  const ids = async (query: string) =>
    vantageMatrix.parse(await get(`matrix?${query}`)).rows.map(({ id }) => id)
  expect(await ids('verdict=suspect')).toEqual([DNS])
  expect(await ids('host=host-1')).toEqual([DNS, 'host-1'])
  expect(await ids('q=refused&verdict=down,suspect')).toEqual([HTTP, DNS])
  expect([await ids('limit=3'), await ids('limit=3&page=2'), await ids('page=9')]).toEqual([
    [HTTP, DNS, 'host-0'],
    ['host-1'],
    [],
  ])
  const services = objectList.parse(await get('services?verdict=suspect'))
  expect(services.items.map(({ id }) => id)).toEqual([DNS])
  expect((await call(token, 'GET', '/api/v1/matrix?limit=501')).status).toBe(400)
})

test('[RR8, RR9] raw reports have one item for each check and observer, with what is made of it', async () => {
  const { see, get } = await doubtful()
  see('host-1', 'north', SILENT, 5_000)
  see('host-1', 'west', { ...BLIND, output: 'x'.repeat(5_000) }, 4_000)
  see('host-1', 'east', OK, -60_000)
  const page = async (query: string) => rawReports.parse(await get(`reports?${query}`))
  const { items, total, nextPage } = await page('kind=hosts&host=host-1')
  expect([total, nextPage]).toEqual([1, null])
  expect(items.map(({ observer, class: said, use }) => [observer, said, use])).toEqual([
    ['east', 'ok', 'clock-suspect'],
    ['north', 'timeout', 'penalised'],
    ['west', 'unknown', 'no-vote'],
  ])
  expect(items[1]).toMatchObject({ state: 'down', latencyMs: 100, output: '(timed out)' })
  expect(Date.parse(items[1]?.penalisedUntil ?? '')).toBeGreaterThan(NOON)
  expect(items[2]?.output).toBe('x'.repeat(1_024))

  see('host-1', 'east', OK, 1_000)
  see('host-1', 'north', OK, 500, true)
  const uses = (await page('kind=hosts&host=host-1')).items.map(({ use }) => use)
  expect(uses).toEqual(['counted', 'clock-suspect', 'no-vote'])
  const first = await page('limit=2')
  expect([first.items.length, first.total, first.nextPage]).toEqual([6, 4, 2])
})
