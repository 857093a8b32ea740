import { mkdirSync } from 'node:fs'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PassiveResultInput } from '../../src/wire/api/actions.ts'
import { makePlace, startProgram, type Place, type Program } from '../services/program.ts'
import { buildConsole, builtAssets, builtPage } from './build.ts'
import { launchChromium } from './chromium.ts'
import { DESKTOP, PHONE, picturesOf, SCREENSHOTS } from './pictures.ts'
import { openShop, SHOP, submit } from './shop.ts'

// One story in order: each test goes on where the one before it stopped, as an operator's day does.
let place: Place
let program: Program
let browser: Browser
let page: Page
const faults: string[] = []

const PASSWORD = 'correct horse battery staple'

const row = (id: string): Locator => page.locator(`[role=row][data-id="${id}"]`)
const lane = (title: string): Locator => page.getByRole('button', { name: title })
const http = (code: 0 | 1 | 2 | 3, output: string): PassiveResultInput => ({
  host: 'shop',
  service: 'http',
  code,
  output,
})

const shootBothThemes = (name: string): Promise<void> => picturesOf(page, name)

/** The pointer out of the list, so that it does not hold the order. */
async function stepAside(): Promise<void> {
  await page.mouse.move(DESKTOP.width / 2, 2)
}

async function open(path: string): Promise<void> {
  await page.goto(program.url + path)
  await page.getByText(/^live · /).waitFor()
}

beforeAll(async () => {
  mkdirSync(SCREENSHOTS, { recursive: true })
  place = makePlace(SHOP)
  await buildConsole()
  program = await startProgram(place)
  await openShop(program)
  browser = await launchChromium()
  page = await (await browser.newContext({ viewport: DESKTOP })).newPage()
  page.setDefaultTimeout(30_000)
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => {
    // Chromium reports every refusal of the API itself; the pages are asked for those.
    const isRefusal = message.text().startsWith('Failed to load resource')
    if (message.type() === 'error' && !isRefusal) faults.push(message.text())
  })
})

afterAll(async () => {
  await browser?.close()
  await program?.kill()
  place?.remove()
})

test('[UI23] what a browser loads first is small, and nothing is inlined or from elsewhere', () => {
  const sum = (name: RegExp, isInitial: boolean): number =>
    builtAssets()
      .filter((asset) => name.test(asset.name) && asset.isInitial === isInitial)
      .reduce((bytes, asset) => bytes + asset.gzipBytes, 0)
  const figures = {
    js: sum(/\.js$/, true),
    css: sum(/\.css$/, true),
    graphs: sum(/^graph-.*\.js$/, false),
    clusters: sum(/^clusters-.*\.js$/, false),
  }
  console.log('gzipped bytes:', figures)
  expect(figures.js).toBeGreaterThan(10_000)
  expect(figures.js).toBeLessThan(190 * 1024)
  expect(figures.css).toBeLessThan(15 * 1024)
  expect(figures.graphs).toBeGreaterThan(10_000)
  expect(figures.graphs).toBeLessThan(30 * 1024)
  expect(figures.clusters).toBeGreaterThan(1_000)
  expect(figures.clusters).toBeLessThan(15 * 1024)
  const html = builtPage()
  expect(html).not.toMatch(/<style|\son\w+=|<script(?![^>]*\bsrc=)/)
  expect(html.match(/(?:src|href)="[^"]+"/g)?.every((link) => /="\/assets\//.test(link))).toBe(true)
})

test('[UI21] the first run makes the first administrator, and says plainly what is wrong', async () => {
  await page.goto(program.url)
  await page.getByRole('heading', { name: 'First sign-in' }).waitFor()
  expect(new URL(page.url()).pathname).toBe('/setup')
  await shootBothThemes('first-run')
  const submitForm = page.getByRole('button', { name: 'Create the account' })
  await page.getByLabel('First-run token').fill('wrong')
  await page.getByLabel('Name').fill('operator')
  await page.getByLabel('Password').fill('too short')
  await submitForm.click()
  await page.getByText('The password is too short: 3 more characters.').waitFor()
  await page.getByLabel('Password').fill(PASSWORD)
  await submitForm.click()
  await page.getByRole('alert').filter({ hasText: 'token' }).waitFor()
  await page.getByLabel('First-run token').fill(program.setupToken ?? '')
  await submitForm.click()
  await page.getByText(/^live · /).waitFor()
  expect(new URL(page.url()).pathname).toBe('/')
})

test('[UI8] nothing wrong is said with its coverage', async () => {
  await page.getByText('All 5 services OK, 2 hosts UP').waitFor()
  await page.getByText(/Oldest evidence \d+ (s|min)/).waitFor()
  await shootBothThemes('now-calm')
})

test('[UI20] a service goes CRITICAL and its row appears without a reload, in under a second', async () => {
  await stepAside()
  await page.evaluate('window.sameDocument = true')
  const seen = row('shop!http').waitFor()
  await submit(program, [
    http(
      2,
      'HTTP CRITICAL: 503 Service Unavailable|time=3.2s;1;3;0 size=412B;;;0\nshop-1: refused',
    ),
  ])
  const answeredAt = performance.now()
  await seen
  const tookMs = performance.now() - answeredAt
  console.log(`row seen ${tookMs.toFixed(0)} ms after the answer`)
  expect(tookMs).toBeLessThan(1_000)
  expect(await row('shop!http').textContent()).toContain('CRITICAL')
  await page.getByRole('button', { name: '1 CRIT' }).waitFor()
  expect(await page.evaluate('window.sameDocument')).toBe(true)
  expect(await page.title()).toBe('■ 1 Parallax')
})

test('[UI11] its page says what it is, what it said, measured and went through', async () => {
  await row('shop!http').click()
  const panel = page.getByRole('complementary', { name: 'Details' })
  await panel.getByText(/^CRITICAL since .* \(hard, attempt 1\/1\)$/).waitFor()
  await page.getByRole('link', { name: 'Open as a page' }).click()
  await page.getByRole('heading', { level: 1, name: 'http' }).waitFor()
  expect(decodeURIComponent(new URL(page.url()).pathname)).toBe('/objects/shop!http')
  await page.getByText('HTTP CRITICAL: 503 Service Unavailable').first().waitFor()
  await page.getByText('shop-1: refused').waitFor()
  await page.getByRole('img', { name: /^The last 24 hours: .*CRITICAL/ }).waitFor()
  await page.getByRole('img', { name: /^time: now 3.2 s, between 200 ms and 3.2 s$/ }).waitFor()
  expect(await page.locator('canvas').count()).toBe(2)
  const history = page.getByRole('table')
  await history.getByRole('row').filter({ hasText: 'CRITICAL' }).waitFor()
  await page.keyboard.press('t')
  await history.getByText('counted').first().waitFor()
  await page.getByText('Call the web team first.').waitFor()
})

test('[UI9] a host lists its services', async () => {
  await page.getByRole('link', { name: 'shop' }).first().click()
  await page.getByRole('heading', { name: 'Services (3)' }).waitFor()
  const names = await page.locator('section li').allTextContents()
  expect(names.map((name) => /alive|http|tls/.exec(name)?.[0])).toEqual(['alive', 'http', 'tls'])
})

test('a recheck is followed until its result is here', async () => {
  await open('/objects/shop!alive')
  await page.getByRole('button', { name: 'Recheck now' }).click()
  await page.getByRole('button', { name: 'Checked' }).waitFor()
  await page.getByText('Recheck of shop / alive done').waitFor({ state: 'attached' })
})

test('[UI5] the order is held for the one who works in the list', async () => {
  await open('/')
  await row('shop!http').hover()
  await submit(program, [{ host: 'db', service: 'lag', code: 1, output: 'lag 312 s' }])
  const waiting = page.getByRole('button', { name: /1 new — press/ })
  await waiting.waitFor()
  expect(await row('db!lag').count()).toBe(0)
  await submit(program, [http(2, 'HTTP CRITICAL: still 503')])
  await row('shop!http').getByText('still 503').waitFor()
  await page.keyboard.press('.')
  await row('db!lag').waitFor()
  await waiting.waitFor({ state: 'detached' })
})

test('[UI19] the list is worked with the keyboard alone', async () => {
  await open('/')
  await stepAside()
  await row('db!lag').waitFor()
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  expect(await page.evaluate('document.activeElement.dataset.id')).toBe('db!lag')
  await page.keyboard.press('k')
  await page.keyboard.press('Enter')
  await page.getByRole('complementary').getByRole('heading', { name: 'http' }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('complementary').waitFor({ state: 'detached' })
  await page.keyboard.press('/')
  expect(await page.evaluate('document.activeElement.id')).toBe('filter')
  await page.keyboard.type('lag')
  await row('shop!http').waitFor({ state: 'detached' })
  await page.keyboard.press('Escape')
  await row('shop!http').waitFor()
  await page.keyboard.press('Escape')
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keys' }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  await page.keyboard.press('g')
  await page.keyboard.press('s')
  await page.getByText('All hosts and services').first().waitFor()
  await page.keyboard.press('g')
  await page.keyboard.press('n')
  await lane('Unhandled problems').waitFor()
})

test('[UI7] a filter that hides all says so and can be cleared', async () => {
  await open('/?q=nothing-like-it')
  await page.getByText('0 of 2 match the filter').waitFor()
  await page.getByRole('button', { name: 'Clear the filter and show the 2' }).click()
  await row('shop!http').waitFor()
  await page.getByRole('button', { name: '1 WARN' }).click()
  await row('shop!http').waitFor({ state: 'detached' })
  expect(new URL(page.url()).search).toBe('?state=warning')
  await page.getByRole('button', { name: '1 WARN' }).click()
  await row('shop!http').waitFor()
})

test('[UI24] on a phone rows are cards and nothing scrolls sideways', async () => {
  await submit(program, [
    { host: 'db', service: 'disk /', code: 2, output: 'DISK CRITICAL|/=95GB;80;90;0;100' },
  ])
  await page.setViewportSize(PHONE)
  for (const path of [
    '/',
    '/services',
    '/clusters',
    '/status',
    '/objects/shop!http',
    '/objects/db',
  ]) {
    await open(path)
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.width)
  }
  await open('/')
  await row('shop!http').click()
  await page.getByRole('heading', { level: 1, name: 'http' }).waitFor()
  await page.setViewportSize(DESKTOP)
})

test('[UI22] axe finds nothing serious, in both themes and widths; the screens are kept as pictures', async () => {
  for (const [name, path, ready] of [
    ['now', '/', 'shop'],
    ['panel', '/?open=shop%21http', 'Measurements'],
    ['object', '/objects/shop!http', 'Measurements'],
    ['host', '/objects/shop', 'Services (3)'],
    ['services', '/services', 'disk /'],
    ['clusters-alone', '/clusters', 'is in the process of this hub'],
    ['status', '/status', 'Database'],
  ] as const) {
    await open(path)
    await page.getByText(ready).first().waitFor()
    if (ready === 'Measurements') await page.locator('canvas').first().waitFor()
    await shootBothThemes(name)
  }
})

test('[UI20] its recovery moves it to the recently recovered', async () => {
  await open('/')
  await stepAside()
  await row('shop!http').waitFor()
  await submit(program, [http(0, 'HTTP OK|time=0.2s;1;3;0 size=4120B;;;0')])
  await lane('Recently recovered 1').waitFor()
  expect(await row('shop!http').textContent()).toContain('OK')
})

test('[UI18] signing out ends the session, and signing in leads back', async () => {
  await page.getByRole('button', { name: 'Account: operator' }).click()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await shootBothThemes('sign-in')
  await page.goto(`${program.url}/services?q=disk`)
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await page.getByLabel('Name').fill('operator')
  await page.getByLabel('Password').fill('not this one at all')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('alert').filter({ hasText: 'do not belong together' }).waitFor()
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await row('db!disk /').waitFor()
  expect(await page.getByRole('searchbox').inputValue()).toBe('disk')
})

test('[UI6] while the hub is away it says so; when it is back everything goes on by itself', async () => {
  await open('/')
  await row('db!disk /').waitFor()
  const { port } = new URL(program.url)
  await program.stop()
  await page.getByText(/^Live updates stopped \d+ s ago/).waitFor()
  await page.getByText(/^stopped · /).waitFor()
  program = await startProgram(place, ['--listen', `127.0.0.1:${port}`])
  await page.getByText(/^live · /).waitFor({ timeout: 30_000 })
  await stepAside()
  await submit(program, [
    { host: 'shop', service: 'tls', code: 2, output: 'TLS CRITICAL - expired' },
  ])
  await row('shop!tls').waitFor()
})

test('no page broke a rule of its own: no script error, no breach of the content policy', () => {
  expect(faults).toEqual([])
})
