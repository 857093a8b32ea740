import type { Bus, Subject, Subscription } from '../../wire/bus.ts'

type Take = (message: unknown) => void | Promise<void>

/** The bus of `parallax up`: publishing calls the subscribers and waits for them, so that a slow hub slows the sender. */
export function createMemoryBus(): Bus {
  const takers = new Map<string, Set<Take>>()

  const subscribe = <M>(
    subject: Subject<M>,
    take: (message: M) => void | Promise<void>,
  ): Subscription => {
    const set = takers.get(subject.name) ?? new Set<Take>()
    takers.set(subject.name, set)
    set.add(take as Take)
    return { close: () => void set.delete(take as Take) }
  }

  return {
    subscribe,
    async publish(subject, message) {
      const set = takers.get(subject.name)
      if (set === undefined) return
      for (const take of set) await take(message)
    },
    close: async () => takers.clear(),
  }
}
