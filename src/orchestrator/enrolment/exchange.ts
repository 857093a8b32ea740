import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import { BusUnavailable, type Bus, type Subscription } from '../../wire/bus.ts'
import { enrolmentsOf, type Enrolments } from '../../wire/enrolments.ts'
import { MESSAGE_VERSION } from '../../wire/subjects.ts'
import { mergeEnrolments } from './merge.ts'
import type { EnrolledCollector, EnrolmentStore, Gatekeeper } from './ports.ts'

export interface ExchangeParts {
  readonly hub: string
  readonly store: Pick<EnrolmentStore, 'collectors' | 'takeOver'>
  readonly gatekeeper: Pick<Gatekeeper, 'revoke' | 'revoked'>
  /** Another hub told something new. */
  readonly onChange: (collectors: readonly EnrolledCollector[]) => void
  readonly clock: Clock
  readonly log: Log
}

/** Hubs of an installation tell each other who joined and who was shut out. */
export interface EnrolmentExchange {
  /** Speaks and listens on this bus too. */
  over(bus: Bus): void
  /** Tells the others now. */
  say(): Promise<void>
  close(): Promise<void>
}

const SAY_MS = 30_000

export function startExchange(parts: ExchangeParts): EnrolmentExchange {
  return new Exchange(parts)
}

class Exchange implements EnrolmentExchange {
  readonly #parts: ExchangeParts
  readonly #stop = new AbortController()
  readonly #buses: Bus[] = []
  readonly #subscriptions: Subscription[] = []
  readonly #saying: Promise<void>
  /** One message at a time: what it says is compared with what is kept. */
  #hearing: Promise<void> = Promise.resolve()

  constructor(parts: ExchangeParts) {
    this.#parts = parts
    this.#saying = this.#keepSaying()
  }

  over(bus: Bus): void {
    this.#buses.push(bus)
    this.#subscriptions.push(
      bus.subscribe(enrolmentsOf('*'), (message, name) => {
        const heard = this.#hearing.then(() => this.#hear(message, name))
        this.#hearing = heard.catch((error: unknown) => this.#failed('told', error))
        return this.#hearing
      }),
    )
  }

  async say(): Promise<void> {
    const { hub, store, gatekeeper } = this.#parts
    try {
      const message: Enrolments = {
        version: MESSAGE_VERSION,
        hub,
        collectors: [...(await store.collectors())],
        revoked: [...gatekeeper.revoked()],
      }
      for (const bus of this.#buses) await this.#sayOver(bus, message)
    } catch (error) {
      this.#failed('tell', error)
    }
  }

  async close(): Promise<void> {
    this.#stop.abort()
    for (const subscription of this.#subscriptions) subscription.close()
    await Promise.all([this.#saying, this.#hearing])
  }

  async #sayOver(bus: Bus, message: Enrolments): Promise<void> {
    try {
      await bus.publish(enrolmentsOf(message.hub), message)
    } catch (error) {
      if (!(error instanceof BusUnavailable)) throw error // who is away hears it in half a minute
    }
  }

  async #keepSaying(): Promise<void> {
    const { clock } = this.#parts
    const { signal } = this.#stop
    while (!signal.aborted) {
      await clock.sleep(SAY_MS, signal)
      if (!signal.aborted) await this.say()
    }
  }

  async #hear({ hub, collectors, revoked }: Enrolments, name: string): Promise<void> {
    const { hub: own, store, gatekeeper, onChange, log } = this.#parts
    if (hub === own || name !== enrolmentsOf(hub).name) return
    const { changed, shutOut } = mergeEnrolments(await store.collectors(), collectors)
    const known = new Set(gatekeeper.revoked())
    const news = [...new Set([...shutOut, ...revoked])].filter((key) => !known.has(key))
    if (news.length > 0) {
      const untold = await gatekeeper.revoke(news)
      log.warn('another hub shut somebody out', { hub, keys: news.length })
      if (untold !== undefined) log.error('not all servers know who is shut out', { cause: untold })
    }
    if (changed.length > 0) await store.takeOver(changed)
    if (changed.length === 0 && news.length === 0) return
    onChange(await store.collectors())
    await this.say() // a third hub may not hear the one who said it, and who lost a name has to be told
  }

  #failed(what: string, error: unknown): void {
    if (this.#stop.signal.aborted) return
    this.#parts.log.warn('hubs could not exchange who joined; they will', { what, error })
  }
}
