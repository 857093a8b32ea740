import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { ObjectDetail, ObjectList } from '../../src/wire/api/objects.ts'
import { eventually, makePlace, startProgram } from './program.ts'

const places: { remove(): void }[] = []
afterAll(() => places.forEach((place) => place.remove()))

function keep(yaml: string) {
  const made = makePlace(yaml)
  places.push(made)
  return made
}

test('the starter configuration shows real states of this machine within seconds', async () => {
  const starter = readFileSync(
    join(import.meta.dirname, '../../src/configuration/starter/parallax.yaml'),
    'utf8',
  )
  const program = await startProgram(keep(starter))
  try {
    const services = await eventually(async () => {
      const { items } = await program.api<ObjectList>('/api/v1/services?limit=1000')
      return items.length > 0 && items.every((row) => row.state !== 'pending') ? items : undefined
    }, 60_000)
    expect(services.length).toBeGreaterThanOrEqual(6)
    expect(services.find((row) => row.service === 'load')?.state).toBe('ok')
    const { tookMs, status } = await program.stop()
    expect(status).toBe(0)
    expect(tookMs).toBeLessThan(10_000)
  } finally {
    await program.kill()
  }
})

const base = (more: string): string => `
commands:
  say: { line: echo $ARG1$ }
hosts:
  h: { address: 127.0.0.1, checkCommand: passive }
services:
  a: { host: h, checkInterval: 2s, checkCommand: say!one }
${more}`

test('a change while it runs keeps the phase and the state of each unchanged check', async () => {
  const here = keep(base(''))
  const program = await startProgram(here)
  try {
    const a = async (): Promise<ObjectDetail> => program.api<ObjectDetail>('/api/v1/objects/h!a')
    const before = await eventually(async () => ((await a()).state === 'ok' ? a() : undefined))
    writeFileSync(here.config, base('  b: { host: h, checkInterval: 2s, checkCommand: say!two }\n'))
    await program.api('/api/v1/configuration/reload', { method: 'POST', body: '{}' })
    expect(await a()).toMatchObject({ state: 'ok', lastChangeAt: before.lastChangeAt })
    const after = await eventually(async () => {
      const now = await a()
      return now.lastCheckAt !== before.lastCheckAt ? now : undefined
    })
    const gapMs = Date.parse(after.lastCheckAt as string) - Date.parse(before.lastCheckAt as string)
    const off = gapMs % 2000
    expect(Math.min(off, 2000 - off)).toBeLessThan(300)
    await eventually(async () =>
      (await program.api<ObjectDetail>('/api/v1/objects/h!b')).state === 'ok' ? true : undefined,
    )
  } finally {
    await program.kill()
  }
})

test('a broken change is refused with its places, and what runs goes on', async () => {
  const here = keep(base(''))
  const program = await startProgram(here)
  try {
    writeFileSync(here.config, base('  b: { host: nowhere, checkComand: say }\n'))
    await expect(
      program.api('/api/v1/configuration/reload', { method: 'POST', body: '{}' }),
    ).rejects.toThrow(/parallax\.yaml:8:/)
    expect(await program.api<ObjectDetail>('/api/v1/objects/h!a')).toMatchObject({ service: 'a' })
  } finally {
    await program.kill()
  }
})
