import { expect, test } from 'vitest'
import { FlowWindow } from './flow-window.ts'

/** Starts as many as are let, every 10 ms, and none of them ends. Returns how many run after `ms`. */
function runningAfter(ms: number, window: FlowWindow): number {
  let running = 0
  for (let now = 10; now <= ms; now += 10) while (window.admits(running, now)) running++
  return running
}

test('[PX25] while this process is busy a few run side by side, however many are due', () => {
  expect(runningAfter(1000, new FlowWindow(512, () => 1))).toBe(32)
  expect(runningAfter(1000, new FlowWindow(512, () => 0.9))).toBe(32)
})

test('[PX25] checks that wait for slow targets fill all slots within 100 ms', () => {
  expect(runningAfter(100, new FlowWindow(512, () => 0.1))).toBe(512)
})

test('[PX25] never more than the slots, and few slots are used whole', () => {
  expect(runningAfter(500, new FlowWindow(100, () => 0))).toBe(100)
  expect(runningAfter(500, new FlowWindow(5, () => 1))).toBe(5)
})

test('[PX25] it becomes small again when the process gets busy, or few run', () => {
  for (const [busy, running] of [
    [1, 512],
    [0.1, 1],
  ] as const) {
    let share = 0.1
    const window = new FlowWindow(512, () => share)
    expect(runningAfter(200, window)).toBe(512)
    share = busy
    for (let now = 300; now < 600; now += 30) window.admits(running, now)
    expect(window.admits(32, 571)).toBe(false)
  }
})
