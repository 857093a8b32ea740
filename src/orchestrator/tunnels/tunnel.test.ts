import { describe, expect, test } from 'vitest'
import { instant } from '../../base/instant.ts'
import { newTunnel, step, type Tunnel, type TunnelEnd } from './tunnel.ts'

const at = (seconds: number) => instant(1_000_000 + seconds * 1000)
const away: TunnelEnd = { kind: 'down', reason: 'no answer' }
const ended = (end: TunnelEnd, upMs = 0) => ({ kind: 'ended', end, upMs }) as const

describe('[TN2] a tunnel shows the outcome of its last attempt', () => {
  test('connecting, up, down, and since when', () => {
    const fresh = newTunnel(at(0))
    expect(fresh).toMatchObject({ state: 'connecting', since: at(0), reason: '' })
    const up = step(fresh, { kind: 'opened' }, at(1))
    expect(up).toMatchObject({ tunnel: { state: 'up', since: at(1) }, retryAfterMs: undefined })
    const down = step(up.tunnel, ended(away, 20_000), at(21))
    expect(down.tunnel).toMatchObject({ state: 'down', since: at(21), reason: 'no answer' })
    const still = step(down.tunnel, ended(away), at(30))
    expect(still.tunnel).toMatchObject({ state: 'down', since: at(21) })
    expect(step(still.tunnel, { kind: 'opened' }, at(40)).tunnel).toMatchObject({
      state: 'up',
      since: at(40),
      reason: '',
    })
  })
  test('what a person must mend is told apart', () => {
    const refused = step(newTunnel(at(0)), ended({ kind: 'refused', reason: 'key' }), at(1))
    expect(refused.tunnel).toMatchObject({ state: 'refused', reason: 'key', since: at(1) })
  })
})

test('[TN3] pauses double from 1 s to 60 s, and begin anew after one that lasted', () => {
  let tunnel: Tunnel = newTunnel(at(0))
  const pauses: (number | undefined)[] = []
  for (let attempt = 0; attempt < 9; attempt++) {
    const next = step(tunnel, ended(away), at(attempt))
    pauses.push(next.retryAfterMs)
    tunnel = next.tunnel
  }
  expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000])
  const short = step(step(tunnel, { kind: 'opened' }, at(70)).tunnel, ended(away, 9_999), at(80))
  expect(short.retryAfterMs).toBe(60_000)
  const lasted = step(step(tunnel, { kind: 'opened' }, at(70)).tunnel, ended(away, 10_000), at(80))
  expect(lasted.retryAfterMs).toBe(1000)
})

test('[TN5] only what was not so before is news', () => {
  const first = step(newTunnel(at(0)), ended(away), at(1))
  const again = step(first.tunnel, ended(away), at(3))
  const other = step(again.tunnel, ended({ kind: 'down', reason: 'port' }), at(6))
  const up = step(other.tunnel, { kind: 'opened' }, at(9))
  expect([first, again, other, up].map(({ isNews }) => isNews)).toEqual([true, false, true, true])
})
