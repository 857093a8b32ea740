import { describe, expect, test } from 'vitest'
import type { Outbox, OutboxEntry } from '../../src/collector/ports.ts'
import { someResults } from '../results.ts'

/** What every outbox keeps to. `reopen` closes nothing: it opens what an earlier one, closed before, has left. */
export function outboxContract(
  name: string,
  place: () => { open(): Outbox; [Symbol.dispose](): void },
) {
  const namesOf = (entries: readonly OutboxEntry[]): string[] =>
    entries.map(({ result }) => `${result.boot}${result.seq}`)
  const seqsOf = (outbox: Outbox, cursor = 0, max = 10_000): string[] =>
    namesOf(outbox.read(cursor, max))
  const range = (boot: string, from: number, to: number): string[] =>
    someResults(boot, from, to).map((result) => `${boot}${result.seq}`)

  describe(`outbox: ${name}`, () => {
    test('[OB1] what was appended is read again as it was, also by the next process', () => {
      using box = place()
      const outbox = box.open()
      const results = someResults('a', 1, 700)
      outbox.append(results.slice(0, 500))
      outbox.append(results.slice(500))
      expect(outbox.read(0, 1000).map((entry) => entry.result)).toEqual(results)
      outbox.close()
      const later = box.open()
      expect(later.read(0, 1000).map((entry) => entry.result)).toEqual(results)
      expect(later.waiting).toBe(700)
      later.close()
    })

    test('[OB4] reading goes on behind a cursor, inside of a batch too, earlier boots first', () => {
      using box = place()
      const outbox = box.open()
      expect(outbox.append(someResults('old', 1, 5))).toBe(outbox.read(0, 10).at(-1)?.cursor)
      outbox.append(someResults('new', 1, 5))
      const all = [...range('old', 1, 5), ...range('new', 1, 5)]
      expect(seqsOf(outbox)).toEqual(all)
      for (let done = 0; done <= 10; done++) {
        const cursor = done === 0 ? 0 : outbox.read(0, done).at(-1)?.cursor
        expect(seqsOf(outbox, cursor, 3)).toEqual(all.slice(done, done + 3))
      }
      outbox.close()
    })

    test('[OB3] a watermark releases its boot up to it, inside of a batch too, and nothing else', () => {
      using box = place()
      const outbox = box.open()
      outbox.append(someResults('a', 1, 10))
      outbox.append(someResults('a', 11, 20))
      outbox.append(someResults('b', 1, 10))
      outbox.release('a', 10)
      expect(seqsOf(outbox)).toEqual([...range('a', 11, 20), ...range('b', 1, 10)])
      outbox.release('a', 13)
      expect(outbox.waiting).toBe(17)
      expect(seqsOf(outbox)).toEqual([...range('a', 14, 20), ...range('b', 1, 10)])
      outbox.release('a', 2)
      outbox.release('unknown', 1000)
      expect(outbox.waiting).toBe(17)
      const cursors = outbox.read(0, 100).map((entry) => entry.cursor)
      expect(cursors).toEqual(cursors.toSorted((x, y) => x - y))
      outbox.release('a', 20)
      outbox.release('b', 10)
      expect([outbox.waiting, outbox.bytes, outbox.lost]).toEqual([0, 0, 0])
      expect(seqsOf(outbox)).toEqual([])
      outbox.close()
    })

    test('[OB2] syncing ends, however many ask at once', async () => {
      using box = place()
      const outbox = box.open()
      await outbox.sync()
      const synced: Promise<void>[] = []
      for (let n = 0; n < 50; n++) {
        outbox.append(someResults('a', n * 10 + 1, n * 10 + 10))
        synced.push(outbox.sync(), outbox.sync())
      }
      await Promise.all(synced)
      outbox.append(someResults('a', 501, 510))
      const last = outbox.sync()
      outbox.close()
      await last
      const later = box.open()
      expect(later.waiting).toBe(510)
      later.close()
    })

    test('[OB18] what a reader holds of a boot is left out, inside of a batch too', () => {
      using box = place()
      const outbox = box.open()
      for (const boot of ['a', 'b', 'c'])
        for (let n = 0; n < 5; n++) outbox.append(someResults(boot, n * 10 + 1, n * 10 + 10))
      const held: Readonly<Record<string, number>> = { a: 50, b: 33, c: 0 }
      const heldUpTo = (boot: string): number => held[boot] ?? 0
      const left = [...range('b', 34, 50), ...range('c', 1, 50)]
      expect(namesOf(outbox.read(0, 1_000, heldUpTo))).toEqual(left)
      expect(outbox.behind(heldUpTo)).toMatchObject({ waiting: 67, from: 80 })
      const some = outbox.read(0, 5, heldUpTo)
      expect(namesOf(outbox.read(some[4]?.cursor ?? 0, 1_000, heldUpTo))).toEqual(left.slice(5))
      expect(outbox.behind(() => 50)).toMatchObject({ waiting: 0, oldestAgeMs: 0, from: 150 })
      expect(outbox.read(0, 10, () => 50)).toEqual([])
      outbox.close()
    })

    test('[OB14] the newest are read first, backwards, from inside of a batch too', () => {
      using box = place()
      const outbox = box.open()
      outbox.append(someResults('a', 1, 10))
      outbox.append(someResults('a', 11, 13))
      const all = range('a', 1, 13).reverse()
      expect(namesOf(outbox.readBack(14, 100))).toEqual(all)
      expect(namesOf(outbox.readBack(14, 2))).toEqual(all.slice(0, 3))
      for (let cursor = 13; cursor >= 1; cursor--)
        expect(namesOf(outbox.readBack(cursor, 100))).toEqual(all.slice(14 - cursor))
      outbox.close()
    })

    test('[OB20] much is read and released bit by bit', () => {
      using box = place()
      const outbox = box.open()
      for (let n = 0; n < 3_250; n++) outbox.append(someResults('a', n * 8 + 1, n * 8 + 8))
      let cursor = 0
      let reads = 0
      for (const names: string[] = []; ; reads++) {
        const entries = outbox.read(cursor, 1_000_000)
        names.push(...namesOf(entries))
        cursor = entries.at(-1)?.cursor ?? cursor
        if (entries.length > 0) continue
        expect(names).toEqual(range('a', 1, 26_000))
        break
      }
      expect(reads).toBeGreaterThan(1)
      let releases = 1
      while (!outbox.release('a', 26_000)) releases++
      expect(releases).toBe(2)
      expect([outbox.waiting, outbox.bytes]).toEqual([0, 0])
      outbox.close()
    })

    test('[OB4] cursors never come back, not even over an empty outbox and a restart', () => {
      using box = place()
      const outbox = box.open()
      const before = outbox.append(someResults('a', 1, 10))
      outbox.release('a', 10)
      outbox.close()
      const later = box.open()
      expect(later.append(someResults('b', 1, 1))).toBeGreaterThan(before)
      later.close()
    })
  })
}
