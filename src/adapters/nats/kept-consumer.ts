import { AckPolicy, jetstreamManager, RetentionPolicy, StorageType } from '@nats-io/jetstream'
import type { ConsumerMessages, JetStreamManager, JsMsg } from '@nats-io/jetstream'
import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import { BusUnavailable, type Subscription } from '../../wire/bus.ts'
import type { Link } from './link.ts'

/** The stream that keeps messages of kept subjects until they are taken. */
export interface StreamSettings {
  /** Servers that each hold a copy: 1, 3 or 5. */
  readonly replicas: number
  /** When it is full the senders hear it, and keep what they have. */
  readonly bytesMax: number
  /** What nobody took for so long is dropped: senders have it still, and send the newest first. */
  readonly ageMaxMs: number
}

export const DEFAULT_STREAM: StreamSettings = {
  replicas: 1,
  bytesMax: 256 * 1024 * 1024,
  ageMaxMs: 60_000,
}

export interface KeptConsumerParts {
  readonly link: Link
  /** Of the kept subject, with its pattern. */
  readonly name: string
  readonly stream: StreamSettings
  /** Rejects with `BusUnavailable` when it is to come again. */
  readonly take: (payload: Uint8Array, name: string) => Promise<void>
  readonly clock: Clock
  readonly log: Log
}

/** Messages that are taken at the same time; the intake paces by answering late. */
const AT_ONCE = 64
const ACK_WAIT_MS = 30_000
const AGAIN_MS = 1_000
const RETRY_MS = 1_000
const NANOS = 1_000_000

/** Takes what a stream has kept, in its order, for as long as it is open. The stream is made when it is not there. */
export function consumeKept(parts: KeptConsumerParts): Subscription {
  const stop = new AbortController()
  const consumer = new KeptConsumer(parts, stop.signal)
  consumer
    .run()
    .catch((error: unknown) => parts.log.error('kept messages are not taken any more', { error }))
  stop.signal.addEventListener('abort', () => consumer.end())
  return { close: () => stop.abort() }
}

class KeptConsumer {
  readonly #parts: KeptConsumerParts
  readonly #signal: AbortSignal
  #messages: ConsumerMessages | undefined
  #isReported = false

  constructor(parts: KeptConsumerParts, signal: AbortSignal) {
    this.#parts = parts
    this.#signal = signal
  }

  end(): void {
    this.#messages?.stop()
  }

  async run(): Promise<void> {
    while (!this.#signal.aborted) {
      try {
        await this.#consume()
      } catch (error) {
        this.#report(error)
      }
      await this.#parts.clock.sleep(RETRY_MS, this.#signal)
    }
  }

  async #consume(): Promise<void> {
    const { link, name, stream } = this.#parts
    const manager = await jetstreamManager(link.connection, { checkAPI: false })
    const names = streamNames(name)
    await ensureStream(manager, names.stream, name, stream)
    await ensureConsumer(manager, names)
    const consumer = await manager.jetstream().consumers.get(names.stream, names.durable)
    this.#messages = await consumer.consume({
      max_messages: AT_ONCE,
      expires: 5_000,
      abort_on_missing_resource: true,
    })
    if (this.#signal.aborted) this.#messages.stop()
    this.#isReported = false
    for await (const message of this.#messages) void this.#take(message)
  }

  async #take(message: JsMsg): Promise<void> {
    try {
      await this.#parts.take(message.data, message.subject)
      message.ack()
    } catch (error) {
      if (!(error instanceof BusUnavailable)) this.#parts.log.error('taking failed', { error })
      message.nak(AGAIN_MS)
    }
  }

  #report(error: unknown): void {
    if (this.#isReported || this.#signal.aborted || error instanceof BusUnavailable) return
    this.#isReported = true
    this.#parts.log.warn('the stream of results is away: trying again', { error })
  }
}

interface Names {
  readonly stream: string
  readonly durable: string
}

/** `results.hub-a.>` is kept in the stream `results_hub-a`. */
function streamNames(subject: string): Names {
  const stream = subject.replace(/\.>$/, '').replaceAll('.', '_')
  return { stream, durable: 'intake' }
}

async function ensureStream(
  manager: JetStreamManager,
  name: string,
  subject: string,
  { replicas, bytesMax, ageMaxMs }: StreamSettings,
): Promise<void> {
  const wanted = {
    subjects: [subject],
    max_bytes: bytesMax,
    max_age: ageMaxMs * NANOS,
    num_replicas: replicas,
    discard: 'new' as const,
  }
  try {
    await manager.streams.add({
      name,
      retention: RetentionPolicy.Workqueue,
      storage: StorageType.File,
      ...wanted,
    })
  } catch (error) {
    // It is there with other bounds: those of now are meant.
    if (!/already in use/.test(String(error))) throw error
    await manager.streams.update(name, wanted)
  }
}

async function ensureConsumer(
  manager: JetStreamManager,
  { stream, durable }: Names,
): Promise<void> {
  await manager.consumers.add(stream, {
    durable_name: durable,
    ack_policy: AckPolicy.Explicit,
    ack_wait: ACK_WAIT_MS * NANOS,
    max_ack_pending: AT_ONCE,
  })
}
