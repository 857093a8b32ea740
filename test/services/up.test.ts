import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { ObjectDetail, ObjectList } from '../../src/wire/api/objects.ts'
import { eventually, makePlace, startProgram } from './program.ts'

const bin = join(import.meta.dirname, '..', '..', 'bin', 'parallax')
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
    expect(services.find((row) => row.service === 'load')?.output).toMatch(
      /^LOAD \w+ - .*load average/,
    )
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

/** When the newest run was due, whatever it was late, to 100 ms. */
function slotOf({ lastCheckAt, executionMs, latencyMs }: ObjectDetail): number {
  return Math.round((Date.parse(lastCheckAt as string) - executionMs - latencyMs) / 100) * 100
}

test('a change while it runs keeps the phase and the state of each unchanged check', async () => {
  const here = keep(base(''))
  const program = await startProgram(here)
  try {
    const a = async (): Promise<ObjectDetail> => program.api<ObjectDetail>('/api/v1/objects/h!a')
    const changed = async (from: ObjectDetail): Promise<ObjectDetail> =>
      eventually(async () => {
        const now = await a()
        return now.lastCheckAt === from.lastCheckAt ? undefined : now
      })
    // The first run of a new check comes soon, the next ones in their slots.
    const before = await changed(await changed(await a()))
    writeFileSync(here.config, base('  b: { host: h, checkInterval: 2s, checkCommand: say!two }\n'))
    await program.api('/api/v1/configuration/reload', { method: 'POST', body: '{}' })
    expect(await a()).toMatchObject({ state: 'ok', lastChangeAt: before.lastChangeAt })
    const after = await changed(before)
    expect((slotOf(after) - slotOf(before)) % 2000).toBe(0)
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

test('a SIGHUP while it starts does not end it, and is heard', async () => {
  const place = keep(base(''))
  const child = spawn(
    process.execPath,
    [bin, 'up', '--config', place.config, '--data', place.data, '--listen', '127.0.0.1:0'],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let text = ''
  const gone = once(child, 'exit')
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      const before = text
      text += chunk.toString()
      const hasBegun = (said: string): boolean => said.includes('starting the embedded database')
      if (hasBegun(text) && !hasBegun(before)) child.kill('SIGHUP')
    })
  try {
    await eventually(async () => {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`it ended:\n${text}`)
      return text.includes('Console: ') && text.includes('a new configuration is active')
        ? text
        : undefined
    }, 60_000)
  } finally {
    child.kill('SIGTERM')
    await gone
  }
})
