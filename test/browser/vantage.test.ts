import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startNetwork, type Network, type TestHub } from '../services/network.ts'
import { buildConsole } from './build.ts'
import { launchChromium } from './chromium.ts'
import { DESKTOP, picturesOf, SCREENSHOTS } from './pictures.ts'

// One story in order: a real hub, three real clusters, and what they see.
const PASSWORD = 'correct horse battery staple'
const CLUSTERS = ['east', 'north', 'west'] as const
const LONG = 'a-very-long-name-of-a-host-that-somebody-in-marketing-chose.example'
const SERVICES = Array.from({ length: 12 }, (_, n) => `s${n}`)

/** The plugins look into the folder of the collector that runs them, so that each can see something else. */
const yaml = `selfMonitoring: false
commands:
  look: { line: "test -e down && echo connection refused && exit 2; test -e 'down-$HOSTNAME$' && echo refused && exit 2; echo 'fine|time=1ms'" }
  up: { line: echo alive }
clusters: { east: { site: Vienna }, north: { site: Linz }, west: { site: Salzburg } }
templates:
  services: { quick: { checkCommand: look, checkInterval: 4s, checkTimeout: 2s } }
  hosts: { seen: { observers: [east, north, west], checkCommand: up, checkInterval: 4s, checkTimeout: 2s } }
hosts:
  shop: { use: seen, site: Graz, services: { ${SERVICES.map((name) => `${name}: { use: quick }`).join(', ')} } }
  mail: { use: seen, site: Klagenfurt, services: { smtp: { use: quick }, imap: { use: quick }, pop: { use: quick } } }
  ${LONG}: { use: seen, site: Graz, services: { http: { use: quick }, ssh: { use: quick } } }
`

let network: Network
let hub: TestHub
let browser: Browser
let page: Page
const faults: string[] = []
const folders = new Map<string, string>()

const sees = (what: string, ...clusters: readonly string[]): void => {
  for (const cluster of clusters) writeFileSync(join(folders.get(cluster) ?? '', what), '')
}
const seesNoMore = (what: string, ...clusters: readonly string[]): void => {
  for (const cluster of clusters) rmSync(join(folders.get(cluster) ?? '', what), { force: true })
}
const line = (name: string): Locator => page.getByRole('row').filter({ hasText: name })
const cells = (name: string, words: string): Locator =>
  line(name).getByRole('button', { name: new RegExp(words) })

async function go(path: string): Promise<void> {
  await page.goto(hub.access().url + path)
  await page.getByText(/^live · /).waitFor()
}

beforeAll(async () => {
  mkdirSync(SCREENSHOTS, { recursive: true })
  await buildConsole()
  network = await startNetwork({
    yaml,
    hubs: ['hub-a'],
    collectors: CLUSTERS.map((cluster) => `${cluster}.c1`),
    prepare(collector, data) {
      folders.set(collector.split('.')[0] ?? '', join(data, 'sight'))
      mkdirSync(join(data, 'sight'))
    },
    workIn: 'sight',
  })
  hub = network.hub('hub-a')
  await hub.sees(3)
  browser = await launchChromium()
  page = await (await browser.newContext({ viewport: DESKTOP })).newPage()
  page.setDefaultTimeout(60_000)
  page.on('pageerror', (error) => faults.push(error.message))
  await page.goto(hub.access().url)
  await page
    .getByLabel('First-run token')
    .fill(/First-run token: (\S+)/.exec(hub.process.text)?.[1] ?? '')
  await page.getByLabel('Name').fill('operator')
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Create the account' }).click()
  await page.getByText(/^live · /).waitFor()
}, 180_000)
afterAll(async () => {
  await browser?.close()
  await network?.stop()
})

test('[UI25] [UI26] all observers agree: a dot for each, and a cell for each target and observer', async () => {
  await go('/vantage')
  await cells('mail / smtp', 'east says ok').waitFor()
  await cells('mail / smtp', 'west says ok, .* ago, after \\d+ ms').waitFor()
  for (const name of CLUSTERS) await page.getByRole('columnheader', { name, exact: true }).waitFor()
  await picturesOf(page, 'vantage-calm')
  await go('/services')
  await page.getByText('all 3 observers say ok').first().waitFor()
})

test('[UI26] [UI27] one observer that cannot reach a target: no alarm, and the cell says so', async () => {
  sees('down-mail', 'west')
  await go('/vantage')
  await cells('mail / smtp', 'west sees an error').waitFor()
  await cells('mail / smtp', 'east says ok').waitFor()
  await picturesOf(page, 'vantage-path')
  await go('/objects/mail!smtp')
  await page.getByRole('heading', { name: 'Why' }).waitFor()
  await page
    .getByText(/^(UP|SUSPECT)/)
    .first()
    .waitFor()
  await page.getByText('Other rules would say', { exact: false }).waitFor()
  expect(await page.getByText(/^DOWN:/).count()).toBe(0)
  seesNoMore('down-mail', 'west')
}, 180_000)

test('[UI26] [UI27] a target that is down: a red row on top, and the panel says why', async () => {
  sees('down-shop', ...CLUSTERS)
  await go('/vantage')
  await line('shop / s0').getByText('DOWN').waitFor()
  await cells('shop / s0', 'north sees an error').waitFor()
  expect(await page.getByRole('row').nth(1).textContent()).toContain('shop')
  await picturesOf(page, 'vantage-down')
  await line('shop / s0').getByRole('button', { name: 'shop / s0' }).click()
  await page.getByText(/DOWN: [23] fresh witnesses from [23] sites fail/).waitFor()
  await page.getByText('rule evidence · evidence', { exact: false }).waitFor()
  const evidence = page.getByRole('table', { name: 'What each observer says' })
  await evidence.getByText('error', { exact: false }).first().waitFor()
  await picturesOf(page, 'explain-down')
  await page.keyboard.press('Escape')
  seesNoMore('down-shop', ...CLUSTERS)
  await line('shop / s0').getByText('DOWN').waitFor({ state: 'hidden' })
}, 180_000)

test('[UI30] a change of the past unfolds why, from its receipt', async () => {
  await go('/objects/shop!s0')
  const down = page.getByRole('row').filter({ hasText: 'hard' }).filter({ hasText: 'refused' })
  const why = down.last().getByRole('button', { name: /^Why, / })
  await why.click()
  await page.getByText(/^DOWN: [23] fresh witnesses from [23] sites fail/).waitFor()
  const witnesses = page.getByRole('list', { name: 'Witnesses' })
  expect(await witnesses.textContent()).toMatch(/(east|north|west) \(site \w+\): error.*weight \+/)
  await witnesses.scrollIntoViewIfNeeded()
  await picturesOf(page, 'explain-past')
  await why.click()
  await witnesses.waitFor({ state: 'hidden' })
}, 120_000)

test('[UI26] an observer that sees everything fail is a stripe, and set aside', async () => {
  sees('down', 'west')
  await go('/vantage')
  await page.getByText('set aside').first().waitFor()
  await cells('mail / smtp', 'east says ok').waitFor()
  await page
    .getByRole('region', { name: 'Incidents of observers' })
    .getByText('west', { exact: false })
    .first()
    .waitFor()
  await picturesOf(page, 'vantage-observer')
  expect(await page.getByRole('row').filter({ hasText: 'DOWN' }).count()).toBe(0)
  await page.getByRole('columnheader', { name: 'west' }).getByRole('button').click()
}, 180_000)

test('[UI28] decided or raw: a line for each check and observer, and its use', async () => {
  await go('/services')
  await page.getByRole('button', { name: 'Raw', exact: true }).click()
  const raw = page.getByRole('table', { name: 'What each observer says' })
  await raw.getByText('set aside').first().waitFor()
  await raw.getByText('connection refused').first().waitFor()
  expect(new URL(page.url()).search).toBe('?form=raw')
  await picturesOf(page, 'services-raw')
  await page.locator('body').press('t')
  await raw.waitFor({ state: 'hidden' })
  seesNoMore('down', 'west')
}, 120_000)

test('[UI29] nothing is observed by several: the page says how to begin', async () => {
  await go('/vantage?q=no-such-thing')
  await page.getByText('Nothing that several clusters observe fits the filter.').waitFor()
  expect(faults).toEqual([])
}, 120_000)
