import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { COLLECTOR_FILE } from '../../settings/collector-identity.ts'
import { wantedOf } from './whose.ts'

let joined = ''
let other = ''

beforeAll(() => {
  joined = mkdtempSync(join(tmpdir(), 'drill-'))
  other = mkdtempSync(join(tmpdir(), 'drill-'))
  const links = [{ hubs: ['hub-a'], servers: ['nats://127.0.0.1:4222'] }]
  const identity = { version: 1, cluster: 'east', name: 'c3', links }
  writeFileSync(join(joined, COLLECTOR_FILE), JSON.stringify(identity))
})

afterAll(() => {
  for (const folder of [joined, other]) rmSync(folder, { recursive: true, force: true })
})

const at = (folder: string | undefined) => ({ pid: 4711, watchdog: 0, folder })

test('[DR8] who fails is the collector of the process, not another one', () => {
  expect(wantedOf('collector', undefined, at(joined))).toBe('east.c3')
  expect(wantedOf('collector', 'east.c3', at(joined))).toBe('east.c3')
  expect(() => wantedOf('collector', 'east.c1', at(joined))).toThrow(
    'process 4711 is east.c3, not east.c1',
  )
  expect(() => wantedOf('hub', undefined, at(joined))).toThrow('the collector east.c3, not a hub')
  expect(wantedOf('hub', undefined, at(other))).toBeUndefined()
})

test('[DR8] a process of which nobody can say whose it is needs a name', () => {
  expect(wantedOf('collector', undefined, undefined)).toBeUndefined()
  expect(wantedOf('collector', 'east.c1', undefined)).toBe('east.c1')
  expect(wantedOf('collector', 'east.c1', at(undefined))).toBe('east.c1')
  expect(() => wantedOf('collector', undefined, at(undefined))).toThrow(
    'nobody can say which collector process 4711 is',
  )
  expect(() => wantedOf('collector', 'east.c1', at(other))).toThrow('nobody joined in')
})
