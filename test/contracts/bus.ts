import { describe, expect, test } from 'vitest'
import {
  BusUnavailable,
  NobodyAnswers,
  Refused,
  type Bus,
  type Question,
  type Subject,
} from '../../src/wire/bus.ts'

const numbers: Subject<number> = { name: 'contract.numbers' }
const others: Subject<number> = { name: 'contract.others' }
const double: Question<number, number> = { name: 'contract.double.a' }
const kept: Subject<number> = { name: 'kept.hub-a.c1', hub: 'hub-a', isKept: true }

/** Resolves when `claim` holds; what is published may take its time on a real bus. */
async function until(claim: () => boolean): Promise<void> {
  for (let turn = 0; turn < 2_000; turn++) {
    if (claim()) return
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  expect(claim()).toBe(true)
}

/** A stream that is only being made is not available yet. */
async function publishKept(bus: Bus, n: number): Promise<void> {
  for (let turn = 0; ; turn++) {
    try {
      return await bus.publish(kept, n)
    } catch (error) {
      if (n !== 1 || turn > 100 || !(error instanceof BusUnavailable)) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
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

    test('a pattern takes what fits, under its own name', () =>
      withBus(async (bus) => {
        const seen: string[] = []
        bus.subscribe<number>(
          { name: 'pattern.*.b' },
          (n, subject) => void seen.push(`${subject} ${n}`),
        )
        bus.subscribe<number>(
          { name: 'pattern.>' },
          (_, subject) => void seen.push(`all ${subject}`),
        )
        await bus.publish({ name: 'pattern.a.b' }, 1)
        await bus.publish({ name: 'pattern.a.c' }, 2)
        await until(() => seen.length === 3)
        expect(seen.toSorted()).toEqual(['all pattern.a.b', 'all pattern.a.c', 'pattern.a.b 1'])
      }))

    test('a question is answered, by a pattern too', () =>
      withBus(async (bus) => {
        bus.answer<number, number>({ name: 'contract.double.*' }, async (n) => n * 2)
        expect(await bus.request(double, 21, 2_000)).toBe(42)
      }))

    test('who refuses is heard with the reason', () =>
      withBus(async (bus) => {
        bus.answer(double, () => {
          throw new Refused('not today')
        })
        await expect(bus.request(double, 1, 2_000)).rejects.toThrow(new Refused('not today'))
      }))

    test('a question that nobody answers is refused', () =>
      withBus(async (bus) => {
        await expect(bus.request(double, 1, 2_000)).rejects.toThrow(NobodyAnswers)
        bus.answer(double, (n) => n).close()
        await expect(bus.request(double, 1, 2_000)).rejects.toThrow(NobodyAnswers)
      }))

    test('an answer of ten megabytes arrives whole', () =>
      withBus(async (bus) => {
        const text = 'a plan of a large cluster '.repeat(400_000)
        bus.answer<number, string>({ name: 'contract.double.a' }, () => text)
        const answer = await bus.request<number, string>({ name: 'contract.double.a' }, 1, 5_000)
        expect(answer.length).toBe(text.length)
      }))

    test('what is kept is taken in order, and again when its taker was not available', () =>
      withBus(async (bus) => {
        const seen: number[] = []
        bus.subscribe<number>({ name: 'kept.hub-a.>', hub: 'hub-a', isKept: true }, (n) => {
          seen.push(n)
          if (n === 2 && seen.length === 2) throw new BusUnavailable('later')
        })
        for (const n of [1, 2, 3]) {
          const published = publishKept(bus, n)
          if (isAwaited && n === 2) await expect(published).rejects.toThrow(BusUnavailable)
          else await published
        }
        if (isAwaited) await publishKept(bus, 2)
        await until(() => seen.length === 4)
        expect(seen).toEqual([1, 2, 3, 2])
      }))

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
