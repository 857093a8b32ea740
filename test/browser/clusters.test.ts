import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { UNWRITTEN, type Cluster } from '../../src/domain/cluster.ts'
import { hashPassword } from '../../src/web/auth/passwords.ts'
import { Refused } from '../../src/wire/bus.ts'
import { orderTo, type Beat, type Order } from '../../src/wire/cluster.ts'
import { MESSAGE_VERSION } from '../../src/wire/subjects.ts'
import { beatOf } from '../beats.ts'
import { fleetOf } from '../fleet-of.ts'
import { createWebWorld, startWebServer, type WebWorld } from '../web-world.ts'
import { buildConsole } from './build.ts'
import { launchChromium } from './chromium.ts'
import { DESKTOP, PHONE, picturesOf, SCREENSHOTS } from './pictures.ts'

// One story in order, in front of a real web server that hears the collectors which the test plays.
const folder = mkdtempSync(join(tmpdir(), 'clusters-console-'))
const PASSWORD = 'correct horse battery staple'
const faults: string[] = []
const orders: (Order['want'] & { readonly id: string })[] = []
/** What each collector says of itself, twice a second. */
const said = new Map<string, Partial<Beat>>()
let world: WebWorld
let server: Awaited<ReturnType<typeof startWebServer>>
let browser: Browser
let page: Page
let beating: NodeJS.Timeout
let beats = 0

const written = (name: string, more: Partial<Cluster> = {}): [string, Cluster] => [
  name,
  { ...UNWRITTEN, name, alias: name, ...more },
]
const EAST = written('east', {
  alias: 'Data centre east',
  site: 'Linz',
  notes: 'Two racks, one uplink.',
})
const hosts = fleetOf({
  hosts: 24,
  servicesPerHost: 3,
  clusters: Object.fromEntries(
    Array.from({ length: 24 }, (_, i) => [`host-${i}`, i < 16 ? 'east' : 'west']),
  ),
})
const fleet = { ...hosts, clusters: new Map([EAST, written('north'), written('west')]) }

const PEER = {
  name: 'hub-b',
  isReachable: false,
  program: '1.2.2',
  startedAt: '2026-03-01T11:00:00.000Z',
  revision: 'r0',
  epoch: 3,
  database: 'ok',
  hosts: 24,
  services: 72,
  resultsPerSecond: 2,
}

const LOAD = { slots: 128, running: 12, waiting: 0, lateP99Ms: 41, loopLagMs: 1 }
const out = (hub: string, more: Partial<Beat['outboxes'][number]> = {}) => ({
  hub,
  waiting: 0,
  bytes: 0,
  lost: 0,
  oldestAgeMs: 0,
  isConnected: true,
  ...more,
})
const clock = (hub: string, offsetMs: number, errorMs = 0.4) => ({
  hub,
  offsetMs,
  errorMs,
  ageMs: 12_000,
})

const C1: Partial<Beat> = {
  program: '1.2.3',
  hosts: 8,
  checks: 32,
  load: LOAD,
  memoryBytes: 96_000_000,
  outboxes: [out('hub-a', { waiting: 3, oldestAgeMs: 400 }), out('hub-b')],
  clocks: [clock('hub-a', 0.82), clock('hub-b', -1.3)],
}
const C2: Partial<Beat> = {
  ...C1,
  hosts: 8,
  weight: 2,
  revision: 'r0',
  load: { ...LOAD, running: 126, waiting: 41, lateP99Ms: 2_300 },
  outboxes: [
    out('hub-a'),
    out('hub-b', { waiting: 48_211, oldestAgeMs: 753_000, isConnected: false, lost: 120 }),
  ],
  clocks: [clock('hub-a', 3_600_012, 4)],
}

function beatAll(): void {
  beats++
  for (const [id, more] of said) world.roster.hear(beatOf(id, beats, more), `beat.${id}`)
}

/** Takes orders as `then` says, and says so in its next beat. */
function obey(id: string, then: (want: Order['want']) => Beat['standing']): void {
  world.bus.answer(orderTo(id), ({ want }) => {
    const standing = then(want)
    orders.push({ ...want, id })
    said.set(id, { ...said.get(id), standing })
    beatAll()
    return { version: MESSAGE_VERSION, standing }
  })
}

const row = (id: string): Locator => page.locator(`[data-id="${id}"]`)
const dialog = (): Locator => page.getByRole('dialog')

async function open(path: string): Promise<void> {
  await page.goto(server.url + path)
  await page.getByText(/^live · /).waitFor()
}

async function signIn(username: string): Promise<void> {
  await page.goto(`${server.url}/sign-in`)
  await page.getByLabel('Name').fill(username)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText(/^live · /).waitFor()
}

beforeAll(async () => {
  mkdirSync(SCREENSHOTS, { recursive: true })
  await buildConsole(folder)
  world = createWebWorld({
    isRealTime: true,
    fleet,
    peers: [PEER],
    settings: { consoleFolder: folder },
  })
  for (const { id } of fleet.hosts.values()) world.see(id, { state: 'up' })
  for (const { id } of fleet.services.values()) world.see(id, { state: 'ok' })
  const passwordHash = await hashPassword(PASSWORD)
  for (const role of ['operator', 'viewer'] as const)
    await world.accounts.createAccount({ username: role, passwordHash, role }, false)
  server = await startWebServer(world)
  world.roster.expect(['west.c1', 'west.c2'])
  said.set('east.c1', C1)
  said.set('east.c2', C2)
  said.set('west.c1', { ...C1, hosts: 8 })
  beatAll()
  beating = setInterval(beatAll, 500)
  browser = await launchChromium()
  page = await (await browser.newContext({ viewport: DESKTOP })).newPage()
  page.setDefaultTimeout(30_000)
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => {
    const isRefusal = message.text().startsWith('Failed to load resource')
    if (message.type() === 'error' && !isRefusal) faults.push(message.text())
  })
  await signIn('operator')
})

afterAll(async () => {
  clearInterval(beating)
  await browser?.close()
  await server?.close()
  rmSync(folder, { recursive: true })
})

test('[NW14] clusters with their collectors, those first that need somebody', async () => {
  await page.keyboard.press('g')
  await page.keyboard.press('c')
  await page.getByRole('heading', { level: 1, name: 'Clusters and collectors' }).waitFor()
  expect(new URL(page.url()).pathname).toBe('/clusters')
  const names = await page.getByRole('heading', { level: 2 }).allTextContents()
  expect(names).toEqual(['east', 'north', 'west', 'Hubs'])
  const c1 = (await row('east.c1').textContent()) ?? ''
  for (const fact of [
    'live',
    '12 of 128',
    '41 ms',
    'hub-a 3',
    'hub-a +820 µs',
    '±400 µs',
    'current',
  ])
    expect(c1).toContain(fact)
  const c2 = (await row('east.c2').textContent()) ?? ''
  for (const fact of [
    'weight 2',
    '126 of 128',
    '41 waiting',
    'behind',
    'hub away',
    '120 lost',
    'oldest 12 min',
  ])
    expect(c2).toContain(fact)
  const hubs = await page.getByRole('listitem').filter({ hasText: 'hub-b' }).last().textContent()
  expect(hubs).toContain('away')
})

test('[NW17] a clock that is an hour off is marked, one that is right is not', async () => {
  expect(await row('east.c2').textContent()).toContain('+60 min±4 msoff')
  expect(await row('east.c1').textContent()).not.toContain('off')
})

test('[NW16] a cluster without collectors says how to join one', async () => {
  const north = page.getByRole('region', { name: 'north' })
  await north.getByText('parallax collector token --cluster north').waitFor()
  await north.getByText('parallax collector join TOKEN').waitFor()
})

test('[NW14] what changes is seen without a reload', async () => {
  await page.evaluate('window.sameDocument = true')
  said.set('east.c1', { ...C1, load: { ...LOAD, running: 77 } })
  await row('east.c1').getByText('77 of 128').waitFor({ timeout: 5_000 })
  said.set('east.c1', C1)
  expect(await page.evaluate('window.sameDocument')).toBe(true)
})

test('[NW15] an order is given after its consequences were read', async () => {
  obey('east.c1', ({ kind }) => (kind === 'drain' ? 'leaving' : 'active'))
  await page.getByRole('button', { name: 'Manage east.c1' }).click()
  await dialog()
    .getByText(/^Hands its 8 hosts over to east\.c2 without a gap/)
    .waitFor()
  await picturesOf(page, 'clusters-order')
  await dialog().getByLabel('Change the weight').check()
  await dialog().getByLabel('Weight', { exact: true }).fill('3')
  await dialog()
    .getByText(/^It gets about 60 % of the hosts of east instead of 33 %/)
    .waitFor()
  await dialog().getByLabel('Drain').check()
  await dialog().getByRole('button', { name: 'Drain' }).click()
  await page.getByText('east.c1 is leaving').waitFor()
  await dialog().waitFor({ state: 'detached' })
  await row('east.c1').getByText('leaving').waitFor()
  expect(orders).toEqual([{ id: 'east.c1', kind: 'drain' }])
})

test('[NW15] the dialog is worked with the keyboard, and Esc gives no order', async () => {
  await page.getByRole('button', { name: 'Manage east.c1' }).focus()
  await page.keyboard.press('Enter')
  await dialog()
    .getByText(/^Takes part again in a few seconds/)
    .waitFor()
  await page.keyboard.press('Escape')
  await dialog().waitFor({ state: 'detached' })
  expect(orders).toHaveLength(1)
  await page.keyboard.press('Enter')
  await dialog().waitFor()
  await page.keyboard.press('Enter')
  await page.getByText('east.c1 is active').waitFor()
  expect(orders.at(-1)).toEqual({ id: 'east.c1', kind: 'uncordon' })
})

test('[NW15] what the collector refuses is said in the dialog', async () => {
  obey('west.c1', () => {
    throw new Refused('nobody could take its hosts over')
  })
  await page.getByRole('button', { name: 'Manage west.c1' }).click()
  await dialog().getByText('There is nobody to hand over to').waitFor()
  await dialog().getByRole('button', { name: 'Drain' }).click()
  await dialog()
    .getByRole('alert')
    .filter({ hasText: 'nobody could take its hosts over' })
    .waitFor()
  await dialog().getByLabel('Cordon').check()
  await dialog().getByText('the 8 hosts of west will not be checked by anybody').waitFor()
  await dialog().getByRole('button', { name: 'Cancel' }).click()
  await dialog().waitFor({ state: 'detached' })
})

test('[NW13] while all is seen, Now is calm; a lost cluster is one blind spot, and then it is not', async () => {
  await open('/')
  await page.getByText('All 72 services OK, 24 hosts UP').waitFor()
  expect(await page.getByText('Blind spots').count()).toBe(0)
  said.delete('west.c1')
  await page.getByText('Nobody checks the 8 hosts of cluster west').waitFor()
  expect(await page.getByRole('region', { name: 'Blind spots' }).count()).toBe(0)
  const spots = page.getByRole('alert', { name: 'Blind spots' })
  expect(await spots.getByRole('listitem').count()).toBe(1)
  expect(await spots.textContent()).toMatch(/since \d\d:\d\d.*its 2 collectors are lost/)
  await page.getByText('No known problem: 72 services OK, 24 hosts UP').waitFor()
  await picturesOf(page, 'now-blind')
  await spots.getByRole('link').click()
  await page.getByRole('heading', { level: 1, name: 'Clusters and collectors' }).waitFor()
  await page.getByRole('alert', { name: 'Blind spots' }).waitFor()
  const names = await page.getByRole('heading', { level: 2 }).allTextContents()
  expect(names).toEqual([expect.stringContaining('Blind spots'), 'west', 'east', 'north', 'Hubs'])
  // What it does now nobody knows.
  expect(await row('west.c1').textContent()).toMatch(/lostfor \d+ s–––/)
  expect(await row('west.c2').textContent()).toContain('not heard since this hub started')
})

test('[UI22] [UI24] axe finds nothing serious on it, and nothing scrolls sideways on a phone', async () => {
  await picturesOf(page, 'clusters')
  await page.setViewportSize(PHONE)
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.width)
  const main = page.locator('#main > div').first()
  const [content, shown] = await main.evaluate((element) => [
    element.scrollWidth,
    element.clientWidth,
  ])
  expect(content).toBe(shown)
  await page.setViewportSize(DESKTOP)
})

test('[NW15] a viewer sees everything and has no orders', async () => {
  await page.getByRole('button', { name: 'Account: operator' }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await signIn('viewer')
  await open('/clusters')
  await row('east.c1').waitFor()
  expect(await page.getByRole('button', { name: /^Manage/ }).count()).toBe(0)
})

test('no page broke a rule of its own', () => {
  expect(faults).toEqual([])
})
