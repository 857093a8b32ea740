import { expect, test } from 'vitest'
import { createEpochs } from './epochs.ts'

test('[PN4] an epoch is greater than every one that was heard of, but for a claim that nobody can make', () => {
  const epochs = createEpochs(7)
  expect(epochs.next()).toBe(8)
  expect(epochs.hear(3)).toBe(true)
  expect(epochs.next()).toBe(8)
  expect(epochs.hear(40)).toBe(true)
  expect(epochs.next()).toBe(41)
  expect(epochs.hear(Number.MAX_SAFE_INTEGER)).toBe(false)
  expect(epochs.hear(1_000_041)).toBe(false)
  expect(epochs.next()).toBe(41)
  expect(epochs.hear(1_000_040)).toBe(true)
  expect(epochs.highest).toBe(1_000_040)
})
