import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync, existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { outboxContract } from '../../../test/contracts/outbox.ts'
import { someResults } from '../../../test/results.ts'
import { createTestClock } from '../../../test/test-clock.ts'
import { createTestLog } from '../../../test/test-log.ts'
import { OutboxUnavailable, type Outbox } from '../../collector/ports.ts'
import { openOutbox } from './outbox.ts'

const HOUR_MS = 3_600_000

function place(bounds: { bytesMax?: number; ageMaxMs?: number } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'outbox-'))
  const path = join(folder, 'deep', 'outbox.db')
  const clock = createTestClock()
  const log = createTestLog()
  return {
    path,
    clock,
    log,
    open: (): Outbox =>
      openOutbox({ path, bytesMax: 100_000_000, ageMaxMs: 24 * HOUR_MS, ...bounds, clock, log }),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  }
}

outboxContract('sqlite', place)

describe('bounds', () => {
  test('[OB5, OB7] the oldest go when it is full, counted for ever', () => {
    using box = place({ bytesMax: 200_000 })
    const outbox = box.open()
    for (let n = 0; n < 20; n++) outbox.append(someResults('a', n * 100 + 1, n * 100 + 100))
    expect(outbox.bytes).toBeLessThanOrEqual(200_000)
    expect(outbox.lost).toBeGreaterThan(1_000)
    expect(outbox.lost + outbox.waiting).toBe(2_000)
    expect(outbox.read(0, 1)[0]?.result.seq).toBe(outbox.lost + 1)
    expect(box.log.errors).toHaveLength(1)
    const { lost } = outbox
    outbox.close()
    const later = box.open()
    expect(later.lost).toBe(lost)
    later.close()
  })

  test('[OB5] the file shrinks after an outage', () => {
    using box = place()
    const outbox = box.open()
    for (let n = 0; n < 200; n++) outbox.append(someResults('a', n * 500 + 1, n * 500 + 500))
    expect(outbox.bytes).toBeGreaterThan(30_000_000)
    for (let n = 1; n <= 200; n++) outbox.release('a', n * 500)
    outbox.close()
    expect(statSync(box.path).size).toBeLessThan(20_000_000)
  })

  test('[OB6] what is too old goes, but not because the wall clock jumped', () => {
    using box = place({ ageMaxMs: HOUR_MS })
    const outbox = box.open()
    outbox.append(someResults('a', 1, 10))
    box.clock.step(30 * 24 * HOUR_MS)
    box.clock.pass(HOUR_MS / 2)
    outbox.append(someResults('a', 11, 20))
    expect(outbox.waiting).toBe(20)
    box.clock.pass(HOUR_MS * 0.7)
    outbox.append(someResults('a', 21, 30))
    expect(outbox.read(0, 1)[0]?.result.seq).toBe(11)
    expect([outbox.waiting, outbox.lost]).toEqual([20, 10])
    outbox.close()
  })
})

describe('faults', () => {
  test('[OB8] a file that is no database is set aside at opening', () => {
    using box = place()
    box.open().close()
    writeFileSync(
      box.path,
      'this is not a database, it only stands where one should be'.repeat(100),
    )
    const outbox = box.open()
    outbox.append(someResults('a', 1, 3))
    expect(outbox.waiting).toBe(3)
    expect(readFileSync(`${box.path}.damaged`, 'utf8')).toContain('not a database')
    expect(box.log.errors).toHaveLength(1)
    outbox.close()
  })

  test('[OB8] damage that is found at work costs what was in it, and no more', () => {
    using box = place()
    const first = box.open()
    for (let n = 0; n < 20; n++) first.append(someResults('a', n * 500 + 1, n * 500 + 500))
    first.close()
    const bytes = readFileSync(box.path)
    // Keep the first pages, so that it opens, and spoil the trees behind.
    for (let at = 4096 * 5; at < bytes.length; at += 4096) bytes.fill(0xff, at, at + 200)
    writeFileSync(box.path, bytes)
    const outbox = box.open()
    outbox.read(0, 100_000)
    outbox.append(someResults('b', 1, 5))
    expect(outbox.read(0, 100_000).map((entry) => entry.result.boot)).toEqual(Array(5).fill('b'))
    expect(outbox.waiting).toBe(5)
    expect(box.log.errors.length).toBeGreaterThan(0)
    expect(existsSync(`${box.path}.damaged`)).toBe(true)
    outbox.close()
  })

  test('[OB8] a batch whose text was changed by the disk is given up alone', () => {
    using box = place()
    const first = box.open()
    first.append(someResults('a', 1, 10))
    first.append(someResults('a', 11, 20))
    first.close()
    const database = new DatabaseSync(box.path)
    database.exec(`update batch set results = '[{"checkId": ' where first_seq = 1`)
    database.close()
    const outbox = box.open()
    expect(outbox.read(0, 100).map((entry) => entry.result.seq)).toEqual(
      someResults('a', 11, 20).map((result) => result.seq),
    )
    expect([outbox.waiting, outbox.lost]).toEqual([10, 10])
    outbox.close()
  })

  test('[OB8] the file of a newer program is not touched but set aside', () => {
    using box = place()
    box.open().close()
    const database = new DatabaseSync(box.path)
    database.exec('pragma user_version = 99')
    database.close()
    const outbox = box.open()
    outbox.append(someResults('a', 1, 3))
    outbox.close()
    const aside = new DatabaseSync(`${box.path}.damaged`)
    expect(aside.prepare('pragma user_version').get()).toEqual({ user_version: 99 })
    aside.close()
  })

  test.each(['', '-wal'])(
    '[OB8] a file that is deleted at work is made again with what was in it (%s)',
    (suffix) => {
      using box = place()
      const outbox = box.open()
      outbox.append(someResults('a', 1, 10))
      rmSync(`${box.path}${suffix}`)
      outbox.append(someResults('a', 11, 20))
      box.clock.pass(1_000)
      expect(outbox.append(someResults('a', 21, 30))).toBe(30)
      box.clock.pass(1_000)
      outbox.append(someResults('a', 31, 40))
      expect(box.log.errors).toHaveLength(1)
      // What another process would find after a kill.
      const found = new DatabaseSync(box.path, { readOnly: true })
      expect(found.prepare('select sum(count) as kept from batch').get()).toEqual({ kept: 40 })
      found.close()
      outbox.release('a', 25)
      outbox.close()
      const later = box.open()
      expect(later.read(0, 100).map((entry) => entry.result.seq)).toEqual(
        someResults('a', 26, 40).map((result) => result.seq),
      )
      later.close()
    },
  )

  test('an outbox whose folder cannot be made says so', () => {
    using box = place()
    writeFileSync(join(box.path, '..', '..', 'deep'), 'a file')
    expect(() => box.open()).toThrow(OutboxUnavailable)
  })
})
