import {
  BusUnavailable,
  NobodyAnswers,
  type Bus,
  type Question,
  type Subject,
  type Subscription,
} from '../../wire/bus.ts'
import { fits } from '../../wire/subject-pattern.ts'

type Take = (message: unknown, name: string) => void | Promise<void>

interface Taker {
  readonly pattern: string
  readonly take: Take
}

interface Answerer {
  readonly pattern: string
  readonly give: (message: unknown, name: string) => unknown
}

/**
 * The bus of `parallax up`: publishing calls all subscribers in the order of publishing and waits for them, so that a slow hub slows
 * the sender. When some fail, the others have the message all the same, and publishing rejects with the first failure.
 */
export function createMemoryBus(): Bus {
  return new MemoryBus()
}

class MemoryBus implements Bus {
  readonly #takers = new Set<Taker>()
  readonly #answerers = new Set<Answerer>()
  /** Who takes what is published under a name; made anew when somebody comes or goes. */
  readonly #byName = new Map<string, readonly Taker[]>()
  #isClosed = false

  subscribe<M>(
    subject: Subject<M>,
    take: (message: M, name: string) => void | Promise<void>,
  ): Subscription {
    this.#assertOpen()
    const taker: Taker = {
      pattern: subject.name,
      take: (message, name) => take(message as M, name),
    }
    this.#takers.add(taker)
    this.#byName.clear()
    return {
      close: () => {
        if (this.#takers.delete(taker)) this.#byName.clear()
      },
    }
  }

  async publish<M>({ name }: Subject<M>, message: M): Promise<void> {
    this.#assertOpen()
    const takers = this.#takersOf(name)
    if (takers.length === 0) return
    const taken = takers.map(async ({ take }) => take(message, name))
    for (const outcome of await Promise.allSettled(taken))
      if (outcome.status === 'rejected') throw outcome.reason
  }

  /** In one process an answer needs no deadline; a failure is the asker's as it is. */
  async request<Q, A>({ name }: Question<Q, A>, message: Q): Promise<A> {
    this.#assertOpen()
    const answerer = [...this.#answerers].find(({ pattern }) => fits(pattern, name))
    if (answerer === undefined) throw new NobodyAnswers(`nobody answers ${name}`)
    return (await answerer.give(message, name)) as A
  }

  answer<Q, A>(
    question: Question<Q, A>,
    give: (message: Q, name: string) => A | Promise<A>,
  ): Subscription {
    this.#assertOpen()
    const answerer: Answerer = {
      pattern: question.name,
      give: (message, name) => give(message as Q, name),
    }
    this.#answerers.add(answerer)
    return { close: () => void this.#answerers.delete(answerer) }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#takers.clear()
    this.#answerers.clear()
    this.#byName.clear()
  }

  #takersOf(name: string): readonly Taker[] {
    const known = this.#byName.get(name)
    if (known !== undefined) return known
    const takers = [...this.#takers].filter(({ pattern }) => fits(pattern, name))
    this.#byName.set(name, takers)
    return takers
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new BusUnavailable('the bus is closed')
  }
}
