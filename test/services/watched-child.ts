import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../../src/adapters/system/clock.ts'
import { createLog } from '../../src/adapters/system/log.ts'
import { openWatchdogLine } from '../../src/adapters/system/watchdog-line.ts'
import { startPulse } from '../../src/roles/pulse.ts'
import { progressOf } from '../../src/roles/progress.ts'

/**
 * A program with the pulse of ours that misbehaves as it is told: `node watched-child.ts MODE FOLDER`. It says `up PID` when it runs;
 * modes that end with `-once` misbehave at the first start only.
 */
const [mode = '', folder = ''] = process.argv.slice(2)
const mark = join(folder, 'started-before')
const isFirst = !existsSync(mark)
writeFileSync(mark, '')

process.on('disconnect', () => process.exit(1))
if (mode === 'refuse') {
  process.stderr.write('nothing was started\n')
  process.exit(5)
}
const pulse = startPulse({ send: openWatchdogLine(), clock: systemClock, log: createLog('info') })
process.on('SIGHUP', () => process.stdout.write('reloaded\n'))
process.on('SIGTERM', () => {
  if (mode === 'deaf') return
  pulse.stopping()
  process.exit(mode === 'stop-7' ? 7 : 0)
})
const begin = systemClock.monotonicMs()
const stuckPart = {
  name: 'scheduler',
  // As `progressOf` would say it of numbers that stand still.
  isMakingProgress: (nowMs: number) => nowMs - begin < 1_500,
}
pulse.running(mode === 'stuck-once' && isFirst ? [stuckPart] : progressOf(() => []))
process.stdout.write(`up ${process.pid} ${process.env['NOTIFY_SOCKET'] ?? 'no-socket'}\n`)
if (mode === 'crash') systemClock.timer(50, () => process.exit(3))
if (mode === 'block-once' && isFirst)
  systemClock.timer(50, () => {
    for (;;) JSON.stringify({ busy: true })
  })
