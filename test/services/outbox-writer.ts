import { writeSync } from 'node:fs'
import { systemClock } from '../../src/adapters/system/clock.ts'
import { openOutbox } from '../../src/adapters/sqlite/outbox.ts'
import { silentLog } from '../../src/base/log.ts'
import { prng } from '../../src/base/prng.ts'
import { OutboxUnavailable } from '../../src/collector/ports.ts'
import { someResults } from '../results.ts'

/**
 * A process that appends to an outbox as fast as it can and says on stdout, after each batch, what is safe: `kept SEQ`, or
 * `refused`. It releases half of what it has now and then, and says that before: `releasing SEQ`.
 * Arguments: path, boot, seed, pause between batches in ms.
 */
const [path = '', boot = '', seed = '1', pauseMs = '0'] = process.argv.slice(2)
const random = prng(Number(seed))
const outbox = openOutbox({
  path,
  bytesMax: 1_000_000_000,
  ageMaxMs: 86_400_000,
  clock: systemClock,
  log: silentLog,
})
const say = (line: string): void => void writeSync(1, `${line}\n`)

for (let seq = 0; ;) {
  const size = 1 + Math.floor(random() * 40)
  try {
    outbox.append(someResults(boot, seq + 1, seq + size))
    seq += size
    say(`kept ${seq}`)
    if (random() < 0.05) {
      const upTo = Math.floor(seq / 2)
      say(`releasing ${upTo}`)
      outbox.release(boot, upTo)
    }
  } catch (error) {
    if (!(error instanceof OutboxUnavailable)) throw error
    say('refused')
  }
  if (pauseMs !== '0') await systemClock.sleep(Number(pauseMs))
}
