import { prng } from '../src/base/prng.ts'
import { fits } from '../src/wire/subject-pattern.ts'
import {
  BusUnavailable,
  NobodyAnswers,
  type Bus,
  type Question,
  type Subject,
  type Subscription,
} from '../src/wire/bus.ts'

interface Taker {
  readonly pattern: string
  readonly take: (message: unknown, name: string) => unknown
  /** Of several answerers any one gets the question. */
  readonly isShared?: boolean
}

interface Node {
  readonly id: string
  readonly takers: Set<Taker>
  readonly answerers: Set<Taker>
  /** Stopped: what comes waits. */
  isFrozen: boolean
  backlog: (() => void)[]
  isDead: boolean
}

export interface NetworkFaults {
  /** Shares of messages, 0 to 1. */
  readonly lost?: number
  readonly doubled?: number
  /** Each message takes between 1 ms and so long, each its own time: they overtake each other. */
  readonly delayMaxMs?: number
}

/** A bus between processes under virtual time: it can be cut into parts, lose, double and delay messages. */
export function createVirtualNetwork(seed = 1) {
  const random = prng(seed)
  const nodes = new Map<string, Node>()
  let events: { readonly at: number; readonly run: () => void }[] = []
  let real = 0
  let faults: NetworkFaults = {}
  let muted: readonly [from: string, to: string] | undefined
  let partOf: (id: string) => string | undefined = () => 'all'

  const at = (when: number, run: () => void): (() => void) => {
    const event = { at: when, run }
    let index = events.length
    while (index > 0 && (events[index - 1] as { at: number }).at > when) index--
    events.splice(index, 0, event)
    return () => void (events = events.filter((other) => other !== event))
  }
  const delayMs = (): number => 1 + Math.floor(random() * (faults.delayMaxMs ?? 3))
  /** Without a part a node reaches nobody, not even itself: its bus is out. */
  const reaches = (from: string, to: string): boolean =>
    partOf(from) !== undefined &&
    partOf(from) === partOf(to) &&
    !(muted?.[0] === from && muted[1] === to)
  const hand = (node: Node, run: () => void): void => {
    if (node.isDead) return
    if (node.isFrozen) node.backlog.push(run)
    else run()
  }
  const send = (from: string, name: string, message: unknown): void => {
    for (const node of nodes.values()) {
      if (!reaches(from, node.id)) continue
      const copies = random() < (faults.doubled ?? 0) ? 2 : 1
      for (let copy = 0; copy < copies; copy++) {
        if (random() < (faults.lost ?? 0)) continue
        at(real + delayMs(), () =>
          hand(node, () => {
            for (const { pattern, take } of node.takers)
              if (fits(pattern, name)) take(message, name)
          }),
        )
      }
    }
  }
  const ask = <A>(from: string, name: string, message: unknown, timeoutMs: number): Promise<A> =>
    new Promise((resolve, reject) => {
      at(real + timeoutMs, () => reject(new BusUnavailable(`${name}: no answer`)))
      const answering = [...nodes.values()].filter(
        ({ id, answerers }) =>
          reaches(from, id) && [...answerers].some(({ pattern }) => fits(pattern, name)),
      )
      const isShared = answering.some(({ answerers }) =>
        [...answerers].some((one) => one.isShared === true && fits(one.pattern, name)),
      )
      const node = answering[isShared ? Math.floor(random() * answering.length) : 0]
      if (node === undefined) return reject(new NobodyAnswers(`nobody answers ${name}`))
      at(real + delayMs(), () =>
        hand(node, () => {
          const answerer = [...node.answerers].find(({ pattern }) => fits(pattern, name))
          if (answerer === undefined) return reject(new NobodyAnswers(`nobody answers ${name}`))
          const answer = new Promise((give) => give(answerer.take(message, name)))
          answer.catch(() => undefined)
          at(real + delayMs(), () => void answer.then((value) => resolve(value as A), reject))
        }),
      )
    })

  return {
    get realMs() {
      return real
    },
    at: (ms: number, run: () => void) => at(real + ms, run),
    disturb: (next: NetworkFaults) => void (faults = next),
    /** Nodes reach those in the same part; `undefined` is nobody. */
    cut: (parts: (id: string) => string | undefined) => void (partOf = parts),
    heal: () => void (partOf = () => 'all'),
    /** What one says does not reach the other; the other way it does. */
    mute: (from: string, to: string) => void (muted = [from, to]),
    unmute: () => void (muted = undefined),
    /** Anything under any name, as if from outside. */
    inject: (name: string, message: unknown) => {
      for (const node of nodes.values())
        for (const { pattern, take } of node.takers) if (fits(pattern, name)) take(message, name)
    },
    join(id: string): Bus {
      const node: Node = {
        id,
        takers: new Set(),
        answerers: new Set(),
        isFrozen: false,
        backlog: [],
        isDead: false,
      }
      nodes.set(id, node)
      const add = (to: Set<Taker>, taker: Taker): Subscription => {
        to.add(taker)
        return { close: () => void to.delete(taker) }
      }
      return {
        async publish<M>({ name }: Subject<M>, message: M) {
          if (partOf(id) === undefined) throw new BusUnavailable('the bus is out')
          send(id, name, message)
        },
        subscribe: <M>({ name }: Subject<M>, take: (message: M, name: string) => unknown) =>
          add(node.takers, { pattern: name, take: (message, as) => take(message as M, as) }),
        request: <Q, A>({ name }: Question<Q, A>, message: Q, timeoutMs: number) =>
          ask<A>(id, name, message, timeoutMs),
        answer: <Q, A>(
          { name }: Question<Q, A>,
          give: (message: Q, name: string) => unknown,
          share?: string,
        ) =>
          add(node.answerers, {
            pattern: name,
            take: (message, as) => give(message as Q, as),
            isShared: share !== undefined,
          }),
        close: async () => void nodes.delete(id),
      }
    },
    kill(id: string): void {
      const node = nodes.get(id)
      if (node !== undefined) node.isDead = true
      nodes.delete(id)
    },
    freeze(id: string): void {
      const node = nodes.get(id)
      if (node !== undefined) node.isFrozen = true
    },
    /** The process runs on; what came meanwhile is taken after its timers. */
    thaw(id: string): (() => void) | undefined {
      const node = nodes.get(id)
      if (node === undefined) return undefined
      node.isFrozen = false
      const backlog = node.backlog.splice(0)
      return () => {
        for (const run of backlog) run()
      }
    },
    /** Time goes on to `to`; what is due on the way happens in order. */
    passTo(to: number): void {
      for (let event = events[0]; event !== undefined && event.at <= to; event = events[0]) {
        events.shift()
        real = Math.max(real, event.at)
        event.run()
      }
      real = to
    },
  }
}

export type VirtualNetwork = ReturnType<typeof createVirtualNetwork>
