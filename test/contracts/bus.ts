import { describe, expect, test } from 'vitest'
import { BusUnavailable, type Bus, type Subject } from '../../src/wire/bus.ts'

const numbers: Subject<number> = { name: 'contract.numbers' }
const others: Subject<number> = { name: 'contract.others' }

/** Resolves when `claim` holds; what is published may take its time on a real bus. */
async function until(claim: () => boolean): Promise<void> {
  for (let turn = 0; turn < 2_000; turn++) {
    if (claim()) return
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  expect(claim()).toBe(true)
}

/** What every bus keeps to. With `isAwaited`, publishing waits for the subscribers and hears of their failures. */
export function busContract(
  name: string,
  open: () => Promise<Bus>,
  { isAwaited }: { readonly isAwaited: boolean },
) {
  const withBus = async (work: (bus: Bus) => Promise<void>): Promise<void> => {
    const bus = await open()
    try {
      await work(bus)
    } finally {
      await bus.close()
    }
  }

  describe(`bus: ${name}`, () => {
    test('every subscriber of a subject gets its messages, others do not', () =>
      withBus(async (bus) => {
        const [first, second, third]: number[][] = [[], [], []]
        bus.subscribe(numbers, (message) => void first?.push(message))
        bus.subscribe(numbers, (message) => void second?.push(message))
        bus.subscribe(others, (message) => void third?.push(message))
        await bus.publish(numbers, 1)
        await bus.publish(others, 2)
        await until(() => first?.length === 1 && second?.length === 1 && third?.length === 1)
        expect([first, second, third]).toEqual([[1], [1], [2]])
      }))

    test('each subscriber gets the messages of a subject in the order of publishing, slow ones too', () =>
      withBus(async (bus) => {
        const [slow, quick]: number[][] = [[], []]
        bus.subscribe(numbers, async (message) => {
          slow?.push(message)
          await new Promise((resolve) => setTimeout(resolve, 5 - (message % 5)))
        })
        bus.subscribe(numbers, (message) => void quick?.push(message))
        const all = Array.from({ length: 50 }, (_, n) => n)
        await Promise.all(all.map((n) => bus.publish(numbers, n)))
        await until(() => slow?.length === 50 && quick?.length === 50)
        expect([slow, quick]).toEqual([all, all])
      }))

    test('a subscriber may publish and subscribe while it takes', () =>
      withBus(async (bus) => {
        const seen: number[] = []
        bus.subscribe(numbers, async (message) => {
          bus.subscribe(others, (answer) => void seen.push(answer))
          await bus.publish(others, message + 1)
        })
        await bus.publish(numbers, 1)
        await until(() => seen.length > 0)
        expect(seen).toEqual([2])
      }))

    test('a closed subscription gets nothing more, the others do', () =>
      withBus(async (bus) => {
        const [left, stayed]: number[][] = [[], []]
        const take = (message: number): void => void left?.push(message)
        const subscription = bus.subscribe(numbers, take)
        bus.subscribe(numbers, (message) => void stayed?.push(message))
        await bus.publish(numbers, 1)
        await until(() => left?.length === 1)
        subscription.close()
        subscription.close()
        await bus.publish(numbers, 2)
        await until(() => stayed?.length === 2)
        expect([left, stayed]).toEqual([[1], [1, 2]])
      }))

    test('publishing to nobody is no failure', () =>
      withBus(async (bus) => {
        await expect(bus.publish(numbers, 1)).resolves.toBeUndefined()
      }))

    test('a subscriber that throws does not keep the message from the others, nor the next one from itself', () =>
      withBus(async (bus) => {
        const [bad, good]: number[][] = [[], []]
        bus.subscribe(numbers, (message) => {
          bad?.push(message)
          throw new Error('no')
        })
        bus.subscribe(numbers, (message) => void good?.push(message))
        for (const n of [1, 2]) {
          if (isAwaited) await expect(bus.publish(numbers, n)).rejects.toThrow('no')
          else await bus.publish(numbers, n)
        }
        await until(() => bad?.length === 2 && good?.length === 2)
        expect([bad, good]).toEqual([
          [1, 2],
          [1, 2],
        ])
      }))

    test.runIf(isAwaited)('publishing resolves after the slowest subscriber has taken it', () =>
      withBus(async (bus) => {
        const { promise, resolve } = Promise.withResolvers<void>()
        let isPublished = false
        bus.subscribe(numbers, () => promise)
        bus.subscribe(numbers, () => undefined)
        const published = bus.publish(numbers, 1).then(() => (isPublished = true))
        await new Promise((tick) => setTimeout(tick, 20))
        expect(isPublished).toBe(false)
        resolve()
        await published
      }),
    )

    test('a closed bus refuses', async () => {
      const bus = await open()
      const seen: number[] = []
      bus.subscribe(numbers, (message) => void seen.push(message))
      await bus.close()
      await expect(bus.publish(numbers, 1)).rejects.toThrow(BusUnavailable)
      expect(() => bus.subscribe(numbers, () => undefined)).toThrow(BusUnavailable)
      await bus.close()
      expect(seen).toEqual([])
    })
  })
}
