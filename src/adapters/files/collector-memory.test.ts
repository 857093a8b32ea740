import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createTestLog } from '../../../test/test-log.ts'
import { FIRST_START, rememberedOf } from '../../collector/assignment/memory.ts'
import { openCollectorMemory } from './collector-memory.ts'

let folder = ''
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'memory-'))))
afterEach(() => rmSync(folder, { recursive: true }))

describe('what a collector remembers', () => {
  test('[AG11] is there after a restart', () => {
    const path = join(folder, 'place.json')
    const log = createTestLog()
    const remembered = { ...FIRST_START, isCordoned: true, weight: 2.5, flaps: { count: 2, at: 1 } }
    openCollectorMemory(path, log).save({ ...remembered, wasStopped: false })
    openCollectorMemory(path, log).save(remembered)
    expect(rememberedOf(openCollectorMemory(path, log).load())).toEqual(remembered)
    expect(readdirSync(folder)).toEqual(['place.json'])
    expect(log.warnings).toEqual([])
  })

  test('a first start has nothing to remember, and says nothing', () => {
    const log = createTestLog()
    expect(rememberedOf(openCollectorMemory(join(folder, 'none'), log).load())).toEqual(FIRST_START)
    expect(log.warnings).toEqual([])
  })

  test.each([
    '',
    '{',
    'null',
    '[]',
    '{"weight":"x","flaps":{"count":-1},"isCordoned":1}',
    '{"weight":1e400}',
  ])('damage is as a first start: %s', (text) => {
    const path = join(folder, 'place.json')
    writeFileSync(path, text)
    expect(rememberedOf(openCollectorMemory(path, createTestLog()).load())).toEqual(FIRST_START)
  })

  test('a disk that takes nothing is told once', () => {
    const log = createTestLog()
    const path = join(folder, 'folder')
    mkdirSync(path)
    const memory = openCollectorMemory(path, log)
    memory.save(FIRST_START)
    memory.save(FIRST_START)
    expect(log.warnings.length).toBe(1)
  })
})
