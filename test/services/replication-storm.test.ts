import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { prng } from '../../src/base/prng.ts'
import { compareIntents } from '../../src/orchestrator/replication/order.ts'
import type { Intent } from '../../src/wire/replication.ts'
import {
  alike,
  calm,
  pairOf,
  startMesh,
  wish,
  type Mesh,
  type TestHub,
  type Weather,
} from './hub-mesh.ts'
import { startTestDatabase, type TestDatabase } from './postgres.ts'

let server: TestDatabase
beforeAll(async () => {
  server = await startTestDatabase()
}, 60_000)
afterAll(async () => server?.close())

let mesh: Mesh | undefined
afterEach(async () => {
  await mesh?.close()
  mesh = undefined
})

describe('[RP1] [RP2] [RP4] [RP6] three hubs in bad weather become alike, and nothing is lost', () => {
  test.each([1, 2, 3, 4, 5, 6])(
    'seed %i',
    async (seed) => {
      const chance = prng(seed)
      const weather: Weather = { ...calm(chance), doubled: 0.2, late: 0.3 }
      const names = ['hub-a', 'hub-b', 'hub-c']
      mesh = await startMesh({ names, server: server.url, weather })
      const all = mesh.hubs
      const pick = <T>(from: readonly T[]): T => from[Math.floor(chance() * from.length)] as T
      const jobs: string[] = []
      const newest = new Map<string, Intent>()
      const note = async (hub: TestHub, id: string): Promise<void> => {
        const made = await hub.database.intents.intent(id)
        const known = newest.get(id)
        if (made !== undefined && (known === undefined || compareIntents(made, known) > 0))
          newest.set(id, made)
      }
      const steps: readonly ((hub: TestHub, n: number) => Promise<unknown>)[] = [
        async (hub, n) => jobs.push(await hub.activate(`r${n}`)),
        async (hub, n) => {
          const id = `i${Math.floor(chance() * 6)}`
          await hub.intents.put(wish(id, `${n} by ${hub.name}`))
          await note(hub, id)
        },
        async (hub) => {
          const id = `i${Math.floor(chance() * 6)}`
          await hub.intents.withdraw(id, 'ann')
          await note(hub, id)
        },
        async (hub) => hub.renew(),
        async (hub) => hub.edit(),
        async (hub) => hub.restart(),
        async (hub) => {
          const other = pick(all.filter((one) => one !== hub))
          const pair = pairOf(hub.name, other.name)
          if (!weather.cut.delete(pair)) weather.cut.add(pair)
        },
      ]
      for (let n = 0; n < 60; n++) await pick(steps)(pick(all), n)
      weather.cut.clear()
      weather.doubled = 0
      weather.late = 0
      await alike(all)
      for (const hub of all) {
        const held = await hub.database.replica.heldActivations()
        expect(held.map(({ id }) => id).sort()).toEqual(jobs.toSorted())
        expect(held.every(({ fault }) => fault === null)).toBe(true)
        for (const [id, intent] of newest)
          expect(await hub.database.intents.intent(id)).toEqual(intent)
      }
    },
    60_000,
  )
})
