import { BusUnavailable, type Bus, type Subject, type Subscription } from '../../wire/bus.ts'

type Take = (message: unknown) => void | Promise<void>

/**
 * The bus of `parallax up`: publishing calls all subscribers in the order of publishing and waits for them, so that a slow hub slows
 * the sender. When some fail, the others have the message all the same, and publishing rejects with the first failure.
 */
export function createMemoryBus(): Bus {
  const takers = new Map<string, Set<Take>>()
  let isClosed = false

  const subscribe = <M>(
    subject: Subject<M>,
    take: (message: M) => void | Promise<void>,
  ): Subscription => {
    if (isClosed) throw new BusUnavailable('the bus is closed')
    // A function of its own, so that one that subscribes twice is called twice.
    const own: Take = (message) => take(message as M)
    const set = takers.get(subject.name) ?? new Set<Take>()
    takers.set(subject.name, set)
    set.add(own)
    return { close: () => void set.delete(own) }
  }

  return {
    subscribe,
    async publish(subject, message) {
      if (isClosed) throw new BusUnavailable('the bus is closed')
      const set = takers.get(subject.name)
      if (set === undefined || set.size === 0) return
      const taken = [...set].map(async (take) => take(message))
      for (const outcome of await Promise.allSettled(taken))
        if (outcome.status === 'rejected') throw outcome.reason
    },
    async close() {
      isClosed = true
      takers.clear()
    },
  }
}
