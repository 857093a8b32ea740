import { describe, expect, test } from 'vitest'
import { createProgressBar, progressText } from './progress-bar.ts'

function barOf(isLive: boolean, columns = 80) {
  let nowMs = 1_000
  const written: string[] = []
  const bar = createProgressBar({
    write: (text) => void written.push(text),
    isLive,
    columns,
    monotonicMs: () => nowMs,
  })
  return { bar, written, wait: (ms: number) => (nowMs += ms) }
}

describe('[SI15] progress', () => {
  test('on a terminal is a bar with the seeds that are done and the time that is left', () => {
    const { bar, written, wait } = barOf(true)
    bar.show({ done: 0, worlds: 4, share: 0 })
    wait(60_000)
    bar.show({ done: 1, worlds: 4, share: 0.25 })
    expect(written.at(-1)).toBe(
      '\r\u001b[K[########......................] 25%, 1 of 4 seeds, 3 min 0 s left',
    )
    wait(50)
    bar.show({ done: 1, worlds: 4, share: 0.26 })
    expect(written).toHaveLength(2)
    bar.end()
    expect(written.at(-1)).toBe('\r\u001b[K')
  })
  test.each([
    [80, '[###############...............] 50%, 0 of 1 seed, 10 s left'],
    // A terminal that does not say how wide it is.
    [0, '[###############...............] 50%, 0 of 1 seed, 10 s left'],
    [45, '[#######.......] 50%, 0 of 1 seed, 10 s left'],
    [30, '50%, 0 of 1 seed, 10 s left'],
    [12, '50%, 0 of 1'],
  ])('fits in %d columns', (columns, line) => {
    const { bar, written, wait } = barOf(true, columns)
    wait(10_000)
    bar.show({ done: 0, worlds: 1, share: 0.5 })
    expect(written.at(-1)).toBe(`\r\u001b[K${line}`)
  })
  test('elsewhere is a line every ten seconds', () => {
    const { bar, written, wait } = barOf(false)
    for (let second = 0; second < 35; second++) {
      bar.show({ done: 0, worlds: 1, share: second / 100 })
      wait(1_000)
    }
    bar.end()
    expect(written).toHaveLength(3)
    expect(written[0]).toBe('10%, 0 of 1 seed, 1 min 30 s left\n')
  })
  test('says nothing of the time that is left before there is something to tell it by', () => {
    expect(progressText({ done: 0, worlds: 2, share: 0.005 }, 30_000)).toBe(
      '0%, 0 of 2 seeds, 30 s',
    )
    expect(progressText({ done: 2, worlds: 2, share: 1 }, 5_400_000)).toBe(
      '100%, 2 of 2 seeds, 1 h 30 min',
    )
  })
})
