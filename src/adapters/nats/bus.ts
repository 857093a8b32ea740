import { errors, type Msg } from '@nats-io/transport-node'
import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import {
  BusUnavailable,
  NobodyAnswers,
  Refused,
  type Bus,
  type Question,
  type Subject,
  type Subscription,
} from '../../wire/bus.ts'
import { isInbox } from '../../wire/permissions.ts'
import { fields, text } from '../../wire/readers/fields.ts'
import { decode, encode, encodeLong } from './codec.ts'
import { consumeKept, DEFAULT_STREAM, type StreamSettings } from './kept-consumer.ts'
import { Link, type LinkSettings } from './link.ts'
import { createRefusals } from './refusals.ts'

export interface NatsBusParts {
  /** Who we are, as the servers show it. */
  readonly name: string
  readonly links: readonly LinkSettings[]
  /** Of kept subjects; read only by who subscribes to one. */
  readonly stream?: StreamSettings
  readonly clock: Clock
  readonly log: Log
}

export interface NatsBus extends Bus {
  /** Whether this hub can be reached now, as far as we see. */
  reaches(hub: string): boolean
  /** Calls `run` whenever a link is up again, and now for those that are. */
  onOpen(run: (hubs: readonly string[]) => void): void
  /** Messages that were no messages. */
  readonly refused: number
  readonly reconnects: number
}

/** The stream takes a kept message within this time, or the sender keeps it. */
const KEEP_MS = 5_000
/** Characters of the reason why somebody says no. */
const REASON_MAX = 100_000

/**
 * The bus of many processes. With several links, what is for one hub goes over the link that reaches it, everything else over all of
 * them; listening is done on all. It connects in the background: publishing rejects with `BusUnavailable` until it has.
 */
export function openNatsBus(parts: NatsBusParts): NatsBus {
  return new LinkedBus(parts)
}

class LinkedBus implements NatsBus {
  readonly #parts: NatsBusParts
  readonly #links: readonly Link[]
  readonly #refusals: ReturnType<typeof createRefusals>
  #isClosed = false

  constructor(parts: NatsBusParts) {
    const { name, clock, log } = parts
    this.#parts = parts
    this.#links = parts.links.map((settings) => new Link({ ...settings, name, clock, log }))
    this.#refusals = createRefusals(clock, log)
  }

  get refused(): number {
    return this.#refusals.total
  }

  get reconnects(): number {
    return this.#links.reduce((sum, link) => sum + link.reconnects, 0)
  }

  reaches(hub: string): boolean {
    return this.#links.some((link) => link.isUp && link.hubs.includes(hub))
  }

  onOpen(run: (hubs: readonly string[]) => void): void {
    for (const link of this.#links) link.onOpen(() => run(link.hubs))
  }

  async publish<M>(subject: Subject<M>, message: M): Promise<void> {
    this.#assertOpen()
    const links = this.#linksTo(subject.hub)
    const payload = subject.isLong === true ? encodeLong(message, message) : encode(message)
    if (subject.isKept) await keep(links, subject.name, payload)
    else for (const { connection } of links) connection.publish(subject.name, payload)
  }

  subscribe<M>(
    subject: Subject<M>,
    take: (message: M, name: string) => void | Promise<void>,
  ): Subscription {
    this.#assertOpen()
    const taking = async (payload: Uint8Array, name: string): Promise<void> => {
      const read = this.#read(subject, payload, name)
      if (read.isMessage) await take(read.message, name)
    }
    const failed = (name: string, error: unknown): void =>
      this.#parts.log.error('a message could not be taken', { subject: name, error })
    return together(
      this.#links.map((link) =>
        subject.isKept
          ? this.#consume(link, subject.name, taking)
          : link.subscribe(subject.name, ({ data, subject: name }) => {
              taking(data, name).catch((error: unknown) => failed(name, error))
            }),
      ),
    )
  }

  #consume(
    link: Link,
    name: string,
    take: (payload: Uint8Array, name: string) => Promise<void>,
  ): Subscription {
    const { clock, log, stream = DEFAULT_STREAM } = this.#parts
    return consumeKept({ link, name, stream, take, clock, log })
  }

  async request<Q, A>(question: Question<Q, A>, message: Q, timeoutMs: number): Promise<A> {
    this.#assertOpen()
    const { name, hub } = question
    const [link] = this.#linksTo(hub)
    if (link === undefined) throw new NobodyAnswers(`no way to ${hub ?? name}`)
    return answerIn(question, await ask(link, name, encode(message), timeoutMs))
  }

  answer<Q, A>(
    question: Question<Q, A>,
    give: (message: Q, name: string) => A | Promise<A>,
    share?: string,
  ): Subscription {
    this.#assertOpen()
    const giving = async (message: Msg): Promise<void> => {
      const { data, subject, reply } = message
      if (reply === undefined || !isInbox(reply))
        return this.#refusals.note(subject, `the answer is wanted at ${reply ?? 'no subject'}`)
      const read = this.#read(question, data, subject)
      if (!read.isMessage) return
      const answer = await answerOf(() => give(read.message, subject))
      const isLong = question.hasLongAnswer === true
      message.respond(isLong ? encodeLong(answer, answer.answer) : encode(answer))
    }
    const failed = (name: string, error: unknown): void =>
      this.#parts.log.error('a question could not be answered', { subject: name, error })
    return together(
      this.#links.map((link) =>
        link.subscribe(
          question.name,
          (message) => {
            giving(message).catch((error: unknown) => failed(message.subject, error))
          },
          share,
        ),
      ),
    )
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all(this.#links.map((link) => link.close()))
  }

  #read<M>(
    { read, isLong }: Pick<Subject<M>, 'read' | 'isLong'>,
    payload: Uint8Array,
    name: string,
  ): { readonly isMessage: true; readonly message: M } | { readonly isMessage: false } {
    try {
      const value = decode(payload, isLong)
      return { isMessage: true, message: read === undefined ? (value as M) : read(value) }
    } catch (error) {
      this.#refusals.note(name, error)
      return { isMessage: false }
    }
  }

  /** Those that are up and lead there. @throws BusUnavailable when there is none. */
  #linksTo(hub: string | undefined): readonly Link[] {
    const leading = this.#links.filter(
      (link) => link.isUp && (hub === undefined || link.hubs.includes(hub)),
    )
    if (leading.length === 0)
      throw new NobodyAnswers(hub === undefined ? 'the bus is away' : `${hub} is not reached`)
    return leading
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new BusUnavailable('the bus is closed')
  }
}

/** On the wire. */
type Answer =
  | { readonly answer: unknown; readonly refused?: undefined }
  | { readonly answer?: undefined; readonly refused: string }

async function answerOf(give: () => unknown): Promise<Answer> {
  try {
    return { answer: await give() }
  } catch (error) {
    if (error instanceof Refused) return { refused: error.message }
    throw error
  }
}

async function ask(
  { connection }: Link,
  name: string,
  payload: Uint8Array,
  timeout: number,
): Promise<Uint8Array> {
  try {
    const { data } = await connection.request(name, payload, { timeout })
    return data
  } catch (error) {
    throw unavailable(name, error)
  }
}

/** @throws Refused; BusUnavailable when it is no answer: somebody else may give a right one */
function answerIn<A>(
  { name, hasLongAnswer, readAnswer }: Question<unknown, A>,
  payload: Uint8Array,
): A {
  try {
    const { refused, answer } = fields(decode(payload, hasLongAnswer), 'an answer')
    if (refused !== undefined) throw new Refused(text(refused, REASON_MAX, 'refused'))
    return readAnswer === undefined ? (answer as A) : readAnswer(answer)
  } catch (cause) {
    if (cause instanceof Refused) throw cause
    throw new BusUnavailable(`the answer from ${name} is none`, { cause })
  }
}

/** Resolves when the stream of the hub has it. */
async function keep(links: readonly Link[], name: string, payload: Uint8Array): Promise<void> {
  const [link] = links
  if (link === undefined) return
  const reply = await link.connection
    .request(name, payload, { timeout: KEEP_MS })
    .catch((error: unknown) => {
      throw unavailable(name, error)
    })
  const { error } = reply.json<{ readonly error?: { readonly description: string } }>()
  if (error !== undefined) throw new BusUnavailable(`the stream of ${name}: ${error.description}`)
}

function unavailable(name: string, error: unknown): unknown {
  const isUnheard =
    error instanceof errors.NoRespondersError ||
    (error instanceof errors.RequestError && error.isNoResponders())
  if (isUnheard) return new NobodyAnswers(`nobody takes ${name}`)
  if (error instanceof errors.TimeoutError)
    return new BusUnavailable(`no answer in time from ${name}`)
  const isLost =
    error instanceof errors.RequestError ||
    error instanceof errors.ClosedConnectionError ||
    error instanceof errors.ConnectionError
  return isLost ? new BusUnavailable(`${name}: ${error.message}`) : error
}

function together(subscriptions: readonly Subscription[]): Subscription {
  return {
    close() {
      for (const subscription of subscriptions) subscription.close()
    },
  }
}
