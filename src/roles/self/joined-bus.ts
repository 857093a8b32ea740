import type { Bus, Question, Subject, Subscription } from '../../wire/bus.ts'

/** The bus of a hub with a collector in its own process, which the hub reaches also while nobody else can be reached. */
export interface JoinedParts {
  readonly outside: Bus
  readonly inside: Bus
  /** The collector inside: what is for it does not go outside. */
  readonly insider: string
}

export function joinBuses({ outside, inside, insider }: JoinedParts): Bus {
  const isInside = ({ name }: { readonly name: string }): boolean => name.endsWith(`.${insider}`)
  const both = (one: Subscription, other: Subscription): Subscription => ({
    close() {
      one.close()
      other.close()
    },
  })
  return {
    publish<M>(subject: Subject<M>, message: M): Promise<void> {
      return (isInside(subject) ? inside : outside).publish(subject, message)
    },
    subscribe<M>(
      subject: Subject<M>,
      take: (message: M, name: string) => void | Promise<void>,
    ): Subscription {
      return both(inside.subscribe(subject, take), outside.subscribe(subject, take))
    },
    request<Q, A>(question: Question<Q, A>, message: Q, timeoutMs: number): Promise<A> {
      return (isInside(question) ? inside : outside).request(question, message, timeoutMs)
    },
    answer<Q, A>(
      question: Question<Q, A>,
      give: (message: Q, name: string) => A | Promise<A>,
      share?: string,
    ): Subscription {
      return both(inside.answer(question, give, share), outside.answer(question, give, share))
    },
    async close() {
      await Promise.all([inside.close(), outside.close()])
    },
  }
}
