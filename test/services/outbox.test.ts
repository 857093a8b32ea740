import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, expect, test } from 'vitest'
import { openOutbox } from '../../src/adapters/sqlite/outbox.ts'
import { systemClock } from '../../src/adapters/system/clock.ts'
import { prng } from '../../src/base/prng.ts'
import { createTestLog } from '../test-log.ts'

const WRITER = join(import.meta.dirname, 'outbox-writer.ts')
const KILLS = 25
const folder = mkdtempSync(join(tmpdir(), 'outbox-'))
afterAll(() => rmSync(folder, { recursive: true }))

test(
  `[OB2] ${KILLS} kills at random moments: all that was acknowledged is there, in order`,
  async () => {
    const path = join(folder, 'killed.db')
    const random = prng(20_270_601)
    const seen = new Map<string, { kept: number; released: number }>()
    for (let kill = 0; kill < KILLS; kill++) {
      const boot = `boot-${kill}`
      const after = Math.floor(random() * 120)
      seen.set(boot, await writeUntilKilled(path, boot, after))
    }
    const log = createTestLog()
    const outbox = openOutbox({
      path,
      bytesMax: 1e9,
      ageMaxMs: 1e9,
      clock: systemClock,
      log,
    })
    const found = new Map<string, number[]>()
    let cursor = 0
    for (
      let entries = outbox.read(0, 2_000);
      entries.length > 0;
      entries = outbox.read(cursor, 2_000)
    ) {
      for (const { result } of entries) {
        found.set(result.boot, [...(found.get(result.boot) ?? []), result.seq])
      }
      cursor = entries.at(-1)?.cursor ?? cursor
    }
    expect([outbox.lost, log.errors]).toEqual([0, []])
    outbox.close()
    expect([...found.keys()]).toEqual([...seen.keys()].filter((boot) => found.has(boot)))
    let acknowledged = 0
    for (const [boot, { kept, released }] of seen) {
      const seqs = found.get(boot) ?? []
      const missing = []
      const there = new Set(seqs)
      for (let seq = released + 1; seq <= kept; seq++) if (!there.has(seq)) missing.push(seq)
      expect(missing, `acknowledged and lost of ${boot}`).toEqual([])
      expect(seqs).toEqual(seqs.toSorted((a, b) => a - b))
      acknowledged += kept
    }
    expect(acknowledged).toBeGreaterThan(1_000)
  },
  KILLS * 4_000,
)

/** Kills the writer so many acknowledged batches after its start, in the midst of the next. */
async function writeUntilKilled(
  path: string,
  boot: string,
  batches: number,
): Promise<{ kept: number; released: number }> {
  const writer = spawn(process.execPath, [WRITER, path, boot, String(batches + 1)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const seen = { kept: 0, released: 0 }
  let left = batches
  for await (const line of createInterface({ input: writer.stdout })) {
    const [word, number] = line.split(' ')
    if (word === 'kept') seen.kept = Number(number)
    if (word === 'releasing') seen.released = Number(number)
    if (--left <= 0) writer.kill('SIGKILL')
  }
  return seen
}

test('[OB9] without room on the disk appending fails clearly, and works again once there is room', async () => {
  const path = join(folder, 'full.db')
  // A limit on the size of files is as near to a full disk as a test gets without being root.
  const script = `trap '' XFSZ; ulimit -S -f 600; exec "$0" "$@"`
  const writer = spawn('sh', ['-c', script, process.execPath, WRITER, path, 'full', '1', '2'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let kept = 0
  let keptBeforeRoom = 0
  let refused = 0
  for await (const line of createInterface({ input: writer.stdout })) {
    const [word, number] = line.split(' ')
    if (word === 'kept') kept = Number(number)
    if (word === 'refused' && ++refused === 10) {
      keptBeforeRoom = kept
      execFileSync('prlimit', ['--pid', String(writer.pid), '--fsize=unlimited'])
    }
    if (refused >= 10 && kept > keptBeforeRoom + 2_000) writer.kill('SIGKILL')
  }
  expect(refused).toBeGreaterThanOrEqual(10)
  expect(keptBeforeRoom).toBeGreaterThan(0)
  const log = createTestLog()
  const outbox = openOutbox({
    path,
    bytesMax: 1e9,
    ageMaxMs: 1e9,
    clock: systemClock,
    log,
  })
  const entries = outbox.read(0, 1_000_000)
  const seqs = new Set(entries.map((entry) => entry.result.seq))
  expect(entries.length, 'nothing twice').toBe(seqs.size)
  const lastSeq = Math.max(...seqs)
  expect(lastSeq).toBeGreaterThanOrEqual(kept)
  expect([...seqs].toSorted((a, b) => a - b).at(0)).toBe(lastSeq - seqs.size + 1)
  expect(log.errors).toEqual([])
  outbox.close()
})
