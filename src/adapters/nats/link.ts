import {
  connect,
  errors,
  type Authenticator,
  type Msg,
  type NatsConnection,
  type Status,
} from '@nats-io/transport-node'
import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import { BusUnavailable, type Subscription } from '../../wire/bus.ts'
import { tlsOf } from './trust/tls.ts'

/** One connection to the nats-servers of a place, and whom it reaches. */
export interface LinkSettings {
  /** Any of them will do. */
  readonly servers: readonly string[]
  /** Hubs at the other end; collectors of the cluster are reached over every link. */
  readonly hubs: readonly string[]
  /** PEM of the only CA that is believed; `undefined`: no TLS, on the loopback only. */
  readonly ca: string | undefined
  /** Shows who we are; `undefined`: the server asks nobody. */
  readonly authenticator: Authenticator | undefined
  /** Where answers come in; others may not listen there. */
  readonly inboxPrefix: string | undefined
}

export interface LinkParts extends LinkSettings {
  /** Shown by the server as the name of the connection. */
  readonly name: string
  readonly clock: Clock
  readonly log: Log
}

interface Interest {
  readonly name: string
  readonly share: string | undefined
  readonly take: (message: Msg) => void
  close: () => void
}

/** A server that does not answer for three of these is gone, also when the cable was pulled. */
const PING_MS = 1_000
const PINGS_MISSED = 3
const CONNECT_MS = 3_000
const RECONNECT_MS = 250
const REOPEN_MS = 250

/**
 * Connects in the background and for ever: what is subscribed before or while it is away begins with the connection. Sending while it is
 * away is refused at once, so that nothing piles up in memory.
 */
export class Link {
  readonly hubs: readonly string[]
  readonly #parts: LinkParts
  readonly #interests = new Set<Interest>()
  readonly #stop = new AbortController()
  readonly #opened: (() => void)[] = []
  #connection: NatsConnection | undefined
  #isUp = false
  /** An episode of being away is logged once. */
  #isReported = false
  reconnects = 0

  constructor(parts: LinkParts) {
    this.#parts = parts
    this.hubs = parts.hubs
    this.#keepOpen().catch((error: unknown) =>
      parts.log.error('a connection to the bus is given up', { error }),
    )
  }

  get isUp(): boolean {
    return this.#isUp
  }

  /** @throws BusUnavailable */
  get connection(): NatsConnection {
    if (this.#connection === undefined || !this.#isUp)
      throw new BusUnavailable(`not connected to ${this.#parts.servers.join(', ')}`)
    return this.#connection
  }

  /** Calls `run` at every new connection, and now if there is one. */
  onOpen(run: () => void): void {
    this.#opened.push(run)
    if (this.#isUp) run()
  }

  subscribe(name: string, take: (message: Msg) => void, share?: string): Subscription {
    const interest: Interest = { name, share, take, close: () => undefined }
    this.#interests.add(interest)
    if (this.#connection !== undefined) this.#begin(this.#connection, interest)
    return {
      close: () => {
        if (this.#interests.delete(interest)) interest.close()
      },
    }
  }

  async close(): Promise<void> {
    this.#stop.abort()
    this.#isUp = false
    this.#interests.clear()
    await this.#connection?.close()
  }

  async #keepOpen(): Promise<void> {
    const { clock } = this.#parts
    const { signal } = this.#stop
    while (!signal.aborted) {
      const connection = await this.#open()
      if (connection !== undefined) await this.#serve(connection)
      await clock.sleep(REOPEN_MS, signal)
    }
  }

  async #open(): Promise<NatsConnection | undefined> {
    const { servers, name, ca, authenticator, inboxPrefix } = this.#parts
    try {
      return await connect({
        servers: [...servers],
        name,
        tls: ca === undefined ? null : tlsOf(ca, servers),
        ...(authenticator && { authenticator }),
        ...(inboxPrefix !== undefined && { inboxPrefix }),
        timeout: CONNECT_MS,
        pingInterval: PING_MS,
        maxPingOut: PINGS_MISSED,
        maxReconnectAttempts: -1,
        ignoreAuthErrorAbort: true,
        ignoreClusterUpdates: true,
        noAsyncTraces: true,
        reconnectTimeWait: RECONNECT_MS,
        reconnectJitter: RECONNECT_MS,
        reconnectJitterTLS: RECONNECT_MS,
      })
    } catch (error) {
      this.#report(error)
      return undefined
    }
  }

  /** Returns when the connection has ended for good, which only errors of the protocol and `close` do. */
  async #serve(connection: NatsConnection): Promise<void> {
    if (this.#stop.signal.aborted) return connection.close()
    this.#connection = connection
    for (const interest of this.#interests) this.#begin(connection, interest)
    this.#up(connection)
    for await (const status of connection.status()) this.#heed(connection, status)
    const error = await connection.closed()
    this.#isUp = false
    this.#connection = undefined
    if (!this.#stop.signal.aborted) this.#report(error)
  }

  #begin(connection: NatsConnection, interest: Interest): void {
    const { name, share, take } = interest
    const subscription = connection.subscribe(name, {
      ...(share !== undefined && { queue: share }),
      callback: (error, message) => {
        if (error === null) take(message)
        else this.#parts.log.error('the bus refuses a subscription', { subject: name, error })
      },
    })
    interest.close = () => subscription.unsubscribe()
  }

  #heed(connection: NatsConnection, status: Status): void {
    if (status.type === 'disconnect' || status.type === 'staleConnection') {
      this.#isUp = false
      this.#report(status.type === 'disconnect' ? 'disconnected' : 'the server went silent')
    } else if (status.type === 'reconnect') {
      this.reconnects++
      this.#up(connection)
    } else if (status.type === 'error') {
      const { error } = status
      if (error instanceof errors.PermissionViolationError)
        this.#parts.log.warn('the bus allows it not', { cause: error.message })
      else this.#report(error)
    }
  }

  #up(connection: NatsConnection): void {
    this.#isUp = true
    this.#isReported = false
    this.#parts.log.info('connected to the bus', { server: connection.getServer() })
    for (const run of this.#opened) run()
  }

  #report(cause: unknown): void {
    if (this.#isReported || this.#stop.signal.aborted) return
    this.#isReported = true
    const { log, servers } = this.#parts
    const text = cause instanceof Error ? cause.message : String(cause)
    log.warn('the bus is away: trying again until it is back', { servers, cause: text })
  }
}
