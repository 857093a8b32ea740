import { X509Certificate } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decode } from '@nats-io/jwt'
import { afterEach, expect, test } from 'vitest'
import { createTestClock } from '../../../../test/test-clock.ts'
import { publicKeyOf } from './signing.ts'
import { openTrust, TrustDamaged } from './trust.ts'

const folders: string[] = []

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'trust-'))
  folders.push(folder)
  return join(folder, 'trust')
}

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
})

const clock = createTestClock()
const DAY_MS = 86_400_000

test('[TR1] the keys are for their user only, and the same at every start', async () => {
  const folder = await emptyFolder()
  const first = await openTrust(folder, clock)
  await first.revoke([publicKeyOf((await first.hubCredentials('hub-a')).seed)])
  await first.certificate('hub-a', ['localhost'])
  const second = await openTrust(folder, clock)
  expect([second.id, second.ca, second.anchors]).toEqual([first.id, first.ca, first.anchors])
  for (const name of await readdir(folder, { recursive: true })) {
    const { mode } = await stat(join(folder, name))
    expect(mode & 0o077, name).toBe(0)
  }
})

test('[TR1] starts at the same time agree on one installation', async () => {
  const folder = await emptyFolder()
  const opened = await Promise.all(Array.from({ length: 5 }, () => openTrust(folder, clock)))
  expect(new Set(opened.map(({ id }) => id)).size).toBe(1)
  expect(await readdir(folder)).toEqual(['installation.json'])
})

test.each(['installation.json', 'revoked.json'])(
  '[TR2] a damaged %s is an error that names it, and stays as it is',
  async (name) => {
    const folder = await emptyFolder()
    const trust = await openTrust(folder, clock)
    await trust.revoke(['UA'])
    const path = join(folder, name)
    await writeFile(path, (await readFile(path, 'utf8')).slice(0, 20))
    await expect(openTrust(folder, clock)).rejects.toThrow(TrustDamaged)
    await expect(openTrust(folder, clock)).rejects.toThrow(path)
    expect(await readFile(path, 'utf8')).toHaveLength(20)
  },
)

test('[TR3] a certificate is for its names and signed by the CA', async () => {
  const trust = await openTrust(await emptyFolder(), clock)
  const names = ['hub.example.org', '192.0.2.1', '2001:db8::5:0:1']
  const { certificate } = await trust.certificate('hub-a', names)
  const issued = new X509Certificate(certificate)
  expect(issued.checkHost('hub.example.org')).toBe('hub.example.org')
  expect(issued.checkIP('192.0.2.1')).toBe('192.0.2.1')
  expect(issued.checkIP('2001:db8::5:0:1')).toBeDefined()
  expect(issued.checkHost('other.example.org')).toBeUndefined()
  expect(issued.ca).toBe(false)
  expect(issued.verify(new X509Certificate(trust.ca).publicKey)).toBe(true)
})

test('[TR3] it is kept while it is good, and made again for other names and before it expires', async () => {
  const own = createTestClock()
  const trust = await openTrust(await emptyFolder(), own)
  const names = ['localhost', '::1', '2001:DB8::1']
  const isNew = async (of: readonly string[]): Promise<boolean> =>
    (await trust.certificate('hub-a', of)).isNew
  expect(await isNew(names)).toBe(true)
  expect(await isNew(names.toReversed())).toBe(false)
  own.step(695 * DAY_MS)
  expect(await isNew(names)).toBe(false)
  own.step(10 * DAY_MS)
  expect(await isNew(names)).toBe(true)
  expect(await isNew([...names, 'hub.example.org'])).toBe(true)
  expect(await isNew(['localhost'])).toBe(true)
})

test('[TR3] a certificate of another CA, and one that was cut short, are made again', async () => {
  const folder = await emptyFolder()
  const trust = await openTrust(folder, clock)
  const other = await openTrust(await emptyFolder(), clock)
  const { certificatePath } = await trust.certificate('hub-a', ['localhost'])
  const { certificate } = await other.certificate('hub-a', ['localhost'])
  await writeFile(certificatePath, certificate)
  expect((await trust.certificate('hub-a', ['localhost'])).isNew).toBe(true)
  await writeFile(certificatePath, (await readFile(certificatePath, 'utf8')).slice(0, 100))
  expect((await trust.certificate('hub-a', ['localhost'])).isNew).toBe(true)
})

test('[TR8] who is shut out stays so for ever, and is not forgotten by a start', async () => {
  const folder = await emptyFolder()
  const trust = await openTrust(folder, clock)
  const keys = await Promise.all(
    ['c1', 'c2', 'c3'].map(async (name) =>
      publicKeyOf((await trust.collectorCredentials({ cluster: 'east', name })).seed),
    ),
  )
  await Promise.all(keys.map((key) => trust.revoke([key])))
  expect(await trust.revoke(keys)).toBe(false)
  const again = await openTrust(folder, clock)
  expect(again.revoked()).toEqual(keys.toSorted())
  const { nats } = decode<{ revocations: Record<string, number> }>(await again.account())
  expect(Object.keys(nats.revocations ?? {}).toSorted()).toEqual(keys.toSorted())
  const aCenturyAhead = (clock.now() + 100 * 365 * DAY_MS) / 1000
  for (const until of Object.values(nats.revocations ?? {}))
    expect(until).toBeGreaterThan(aCenturyAhead)
})
