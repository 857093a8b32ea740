import { expect, test } from 'vitest'
import { createTestClock } from '../../../../test/test-clock.ts'
import { createTestLog } from '../../../../test/test-log.ts'
import { readServerLines } from './log-lines.ts'

const at = '[7] 2027/06/01 12:00:00.000001'

function reader() {
  const log = createTestLog()
  const clock = createTestClock()
  return { log, clock, lines: readServerLines(log, clock) }
}

test('[TR24] who is refused is a warning with his address', () => {
  const { log, lines } = reader()
  lines.take(
    `${at} [ERR] 192.0.2.7:4711 - cid:5 - "v3:nats.js:east.c1" - authentication error\n${at} [INF] Server is ready\n`,
  )
  expect(log.warnings).toEqual([
    {
      message: 'the bus refused somebody',
      fields: { from: '192.0.2.7', what: '"v3:nats.js:east.c1" - authentication error' },
    },
  ])
  expect(lines.last()).toBe('')
})

test('[TR24] the same line is there once a minute, from whichever port', () => {
  const { log, clock, lines } = reader()
  for (let n = 0; n < 1000; n++) {
    lines.take(`${at} [ERR] 192.0.2.7:${n} - cid:${n} - TLS handshake error: EOF\n`)
    clock.pass(59)
  }
  expect(log.warnings).toHaveLength(1)
  clock.pass(2_000)
  lines.take(`${at} [ERR] 192.0.2.7:1 - cid:1 - TLS handshake error: EOF\n`)
  expect(log.warnings).toHaveLength(2)
})

test('[TR24] a stranger with many faces does not fill the log', () => {
  const { log, lines } = reader()
  for (let n = 0; n < 5_000; n++)
    lines.take(`${at} [ERR] 192.0.2.7:1 - cid:1 - "face ${n}" - authentication error\n`)
  expect(log.warnings.length).toBeLessThanOrEqual(500)
})

test('lines come in pieces of any length, and an endless one is cut', () => {
  const { log, lines } = reader()
  let isReady = false
  lines.onText('Server is ready', () => (isReady = true))
  for (const letter of `${at} [FTL] no ports\n${at} [INF] Server is ready\n`) lines.take(letter)
  expect(log.errors).toEqual([
    { message: 'the nats-server cannot run', fields: { said: 'no ports' } },
  ])
  expect(isReady).toBe(true)
  expect(lines.last()).toBe('no ports')
  for (let n = 0; n < 100; n++) lines.take('x'.repeat(10_000))
  lines.take('\n')
  expect(JSON.stringify(log.warnings).length).toBeLessThan(5_000)
})
