import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createWebWorld, startWebApp } from '../../../test/web-world.ts'

const folder = mkdtempSync(join(tmpdir(), 'console-'))
const consoleFolder = join(folder, 'dist')
mkdirSync(join(consoleFolder, 'assets'), { recursive: true })
writeFileSync(join(folder, 'secret.txt'), 'outside')
writeFileSync(join(consoleFolder, 'index.html'), '<!doctype html><title>Parallax</title>')
writeFileSync(join(consoleFolder, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
writeFileSync(join(consoleFolder, '.hidden'), 'hidden')
writeFileSync(
  join(consoleFolder, 'assets', 'main-abc123.js'),
  'export const answer = 42;'.repeat(200),
)
afterAll(() => rmSync(folder, { recursive: true }))

async function served(folderOfConsole = consoleFolder) {
  const world = createWebWorld({ settings: { consoleFolder: folderOfConsole } })
  const { app } = await startWebApp(world)
  const get = (url: string, headers: Record<string, string> = { accept: 'text/html,*/*' }) =>
    app.inject({ url, headers })
  return { world, app, get }
}

test('[WC1] hashed files are kept for ever, the page is asked for again, a missing asset is no page', async () => {
  const { get } = await served()
  const script = await get('/assets/main-abc123.js')
  expect(script.headers).toMatchObject({
    'cache-control': 'public, max-age=31536000, immutable',
    'content-type': 'application/javascript; charset=utf-8',
  })
  const zipped = await get('/assets/main-abc123.js', { 'accept-encoding': 'gzip' })
  expect(zipped.headers['content-encoding']).toBe('gzip')
  const page = await get('/')
  expect(page.body).toContain('<title>Parallax</title>')
  expect(page.headers['cache-control']).toBe('no-cache')
  expect((await get('/favicon.svg')).headers['content-type']).toContain('image/svg+xml')
  const missing = await get('/assets/old-000000.js')
  expect(missing.statusCode).toBe(404)
  expect(missing.json().error.code).toBe('not_found')
})

test('[WC2] addresses of the console get the page, those of the API do not', async () => {
  const { get } = await served()
  for (const url of [
    '/now',
    '/now?state=critical',
    '/hosts/web-01.example.com',
    '/hosts/a/services/b%2Fc',
    '/assets.html/x',
  ]) {
    expect((await get(url)).body).toContain('<title>Parallax</title>')
  }
  for (const url of ['/api/v1/nope', '/api/nope']) expect((await get(url)).statusCode).toBe(404)
  expect((await get('/hosts/web-01', { accept: 'application/json' })).statusCode).toBe(404)
})

test('[WC3] nothing outside the folder can be read', async () => {
  const { get } = await served()
  const addresses = [
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/assets/%2e%2e/%2e%2e/secret.txt',
    '/assets/..%5c..%5csecret.txt',
    '/assets//../../secret.txt',
    '/assets/%252e%252e/%252e%252e/secret.txt',
    `/assets/${folder}/secret.txt`,
    `//${folder}/secret.txt`,
    '/.hidden',
    '/assets/../.hidden',
    '/assets/%00',
    '/assets/main-abc123.js%00.png',
    '/assets/',
    '/assets',
  ]
  for (const url of addresses) {
    for (const accept of ['text/html', '*/*']) {
      const answer = await get(url, { accept })
      expect(answer.statusCode, url).toBeLessThan(500)
      expect(answer.body, url).not.toMatch(/outside|hidden/)
    }
  }
})

test('[WC4] for a terminal, now is a table', async () => {
  const { world, get } = await served()
  const authorization = `Bearer ${await world.token('viewer')}`
  expect((await get('/now', { accept: '*/*' })).statusCode).toBe(401)
  const calm = await get('/now', { accept: '*/*', authorization })
  expect(calm.headers['content-type']).toBe('text/plain; charset=utf-8')
  expect(calm.body).toContain('no problems')
  world.see('host-0!service-1', { state: 'critical', output: 'disk \u001b[31mfull\u0007' })
  world.see('host-1', { state: 'down', output: 'no answer' })
  const table = await get('/now', { accept: '*/*', authorization })
  expect(table.body.split('\n').slice(2)).toEqual([
    'STATE     SINCE                     HOST    SERVICE    OUTPUT',
    'DOWN      2026-03-01T12:00:00.000Z  host-1  -          no answer',
    'CRITICAL  2026-03-01T12:00:00.000Z  host-0  service-1  disk  [31mfull',
    '',
  ])
})

test('[WC5] a console that is not built says how to build it, and is served once it is', async () => {
  const later = join(folder, 'later')
  const { get } = await served(later)
  const page = await get('/now')
  expect(page.statusCode).toBe(503)
  expect(page.body).toContain('npm run prepare')
  expect((await get('/assets/x.js')).statusCode).toBe(404)
  mkdirSync(later)
  writeFileSync(join(later, 'index.html'), 'built')
  expect((await get('/now')).body).toBe('built')
})

test('[WC6] pages may run only what is of this origin', async () => {
  const { get } = await served()
  for (const url of ['/', '/assets/main-abc123.js', '/api/v1/setup', '/api/v1/nope']) {
    const { headers } = await get(url)
    const policy = String(headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self';")
    expect(policy).not.toContain('unsafe')
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    })
  }
})
