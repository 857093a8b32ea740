import { BusUnavailable } from '../wire/bus.ts'
import type { ResultBatch } from '../wire/subjects.ts'

/** Lets batches in while there is room, in the order they came; the others wait, and their senders with them. */
export interface IntakeGate {
  /** Returns once the batch is in. Rejects with `BusUnavailable` when too many wait or the hub stops: the sender keeps it. */
  enter(batch: ResultBatch): void | Promise<void>
  /** There may be room again. */
  open(): void
  /** Turns away those who wait and all who come. */
  close(): void
}

interface Waiting {
  readonly batch: ResultBatch
  readonly enter: () => void
  readonly refuse: (error: Error) => void
}

export function createIntakeGate(
  hasRoom: () => boolean,
  take: (batch: ResultBatch) => void,
  waitingMax: number,
): IntakeGate {
  let waiting: Waiting[] = []
  let isClosed = false
  return {
    enter(batch) {
      if (isClosed) throw new BusUnavailable('the hub is stopping')
      if (waiting.length === 0 && hasRoom()) return take(batch)
      if (waiting.length >= waitingMax) throw new BusUnavailable('the hub is overloaded')
      return new Promise((resolve, reject) => {
        waiting.push({ batch, enter: resolve, refuse: reject })
      })
    },
    open() {
      let entered = 0
      for (const { batch, enter } of waiting) {
        if (!hasRoom()) break
        take(batch)
        enter()
        entered++
      }
      waiting = waiting.slice(entered)
    },
    close() {
      isClosed = true
      for (const { refuse } of waiting) refuse(new BusUnavailable('the hub is stopping'))
      waiting = []
    },
  }
}
