/**
 * What carries messages between collectors and hubs. `adapters/memory/bus.ts` serves one process, `adapters/nats/` serves many;
 * one contract suite (`test/contracts/bus.ts`) runs against each.
 */
export interface Bus {
  /**
   * Resolves once every subscriber (in process) or the broker has taken it, a kept subject's stream included: use it to pace.
   * Rejects with `BusUnavailable`.
   */
  publish<M>(subject: Subject<M>, message: M): Promise<void>
  /**
   * `subject` may end in `>` or have `*` for one token; `take` hears the name under which each message came. A message of a kept subject
   * is taken again when `take` rejects with `BusUnavailable`.
   */
  subscribe<M>(
    subject: Subject<M>,
    take: (message: M, name: string) => void | Promise<void>,
  ): Subscription
  /** The first answer. Rejects with `BusUnavailable` when nobody listens or none came in time, with `Refused` when the answerer threw that. */
  request<Q, A>(question: Question<Q, A>, message: Q, timeoutMs: number): Promise<A>
  /**
   * Answers questions; an error that is not `Refused` is logged and leaves the asker to its timeout. Of several that name the same
   * `share` one gets each question.
   */
  answer<Q, A>(
    question: Question<Q, A>,
    give: (message: Q, name: string) => A | Promise<A>,
    share?: string,
  ): Subscription
  close(): Promise<void>
}

export interface Subscription {
  close(): void
}

/** A name with the type of what travels under it. Made only in `wire/`. */
export interface Subject<M> {
  readonly name: string
  /** Only this hub takes it; a collector of several sends it only there. Absent: it goes everywhere. */
  readonly hub?: string
  /** It waits in the broker's stream until a hub has taken it. Absent: who does not listen has missed it. */
  readonly isKept?: true
  /** A plan, or as long as one: only hubs say it. Anything else is refused when it is longer than 16 MB. */
  readonly isLong?: true
  /** Of what came from another process. @throws when it is no such message. Absent: taken as it is, which only tests do. */
  readonly read?: (value: unknown) => M
  readonly message?: M
}

/** A subject that is answered. */
export interface Question<Q, A> {
  readonly name: string
  /** This hub answers. Absent: whoever is reached first. */
  readonly hub?: string
  /** Only hubs ask it, and it may be as long as a plan. */
  readonly isLong?: true
  /** Only hubs answer it, and the answer may be as long as a plan. */
  readonly hasLongAnswer?: true
  readonly read?: (value: unknown) => Q
  readonly readAnswer?: (value: unknown) => A
  readonly types?: readonly [Q, A]
}

/** Nobody can be reached now, or nobody answers: the same may work later. */
export class BusUnavailable extends Error {
  override readonly name = 'BusUnavailable'
}

/** The question reached nobody, for certain. */
export class NobodyAnswers extends BusUnavailable {}

/** The one who was asked says no, with a reason that people can read. */
export class Refused extends Error {
  override readonly name = 'Refused'
}
