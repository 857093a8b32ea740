import { expect, test } from 'vitest'
import { live } from './live.ts'
import { runSimulation, SimulationFailed, type SimulationProgress } from './simulation.ts'

const ORDER = {
  observers: 3,
  durationMs: 1_800_000,
  climate: 'default',
  entrants: ['evidence', 'majority'],
  hasTwoHubs: false,
} as const

test('[SI16] worlds are lived through in threads, and come to the same as in one', async () => {
  const seen: SimulationProgress[] = []
  const worlds = await runSimulation(
    { ...ORDER, seeds: [5, 6, 7], threads: 2 },
    (progress) => void seen.push(progress),
  )
  expect(worlds.map(({ seed }) => seed)).toEqual([5, 6, 7])
  expect(worlds[1]).toEqual(live({ ...ORDER, seed: 6 }, () => undefined))
  expect(seen.at(-1)).toEqual({ done: 3, worlds: 3, share: 1 })
  const shares = seen.map(({ share }) => share)
  expect(shares).toEqual(shares.toSorted((a, b) => a - b))
})

test('[SI16] what goes wrong in a thread is told with its seed', async () => {
  const wrong = runSimulation({ ...ORDER, observers: 40, seeds: [8] }, () => undefined)
  await expect(wrong).rejects.toThrow(SimulationFailed)
  await expect(wrong).rejects.toThrow('seed 8')
})
