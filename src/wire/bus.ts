/**
 * What carries messages between collectors and hubs. `adapters/memory/bus.ts` serves one process, NATS serves many;
 * one contract suite (`test/contracts/bus.ts`) runs against each.
 */
export interface Bus {
  /** Resolves once every subscriber (in process) or the broker has taken it: use it to pace. Rejects with `BusUnavailable`. */
  publish<M>(subject: Subject<M>, message: M): Promise<void>
  subscribe<M>(subject: Subject<M>, take: (message: M) => void | Promise<void>): Subscription
  close(): Promise<void>
}

export interface Subscription {
  close(): void
}

/** A name with the type of what travels under it. Made only in `subjects.ts`. */
export interface Subject<M> {
  readonly name: string
  readonly message?: M
}

export class BusUnavailable extends Error {
  override readonly name = 'BusUnavailable'
}
