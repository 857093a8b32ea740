import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { parseCollectorId } from '../domain/cluster.ts'
import type { Bus } from '../wire/bus.ts'
import type { Beat } from '../wire/cluster.ts'
import { watchHubClocks, type HubClocks } from './clock/hub-clocks.ts'
import { createConfirmations, type Confirmations } from './outbox/confirmations.ts'
import type { Sender, SenderSettings } from './outbox/sender.ts'
import { createSender } from './outbox/senders.ts'
import { createSpool, type Spool } from './outbox/spool.ts'
import type { Outbox } from './ports.ts'

export interface WayParts {
  readonly name: string
  readonly boot: string
  readonly hubs: readonly string[]
  readonly bus: Bus
  readonly outbox: Outbox
  readonly clock: Clock
  readonly log: Log
  readonly settings: Omit<SenderSettings, 'liveMax'> & { readonly memoryMax: number }
  /** The number that the next result gets. */
  readonly nextSeq: () => number
  readonly settled: () => void
  readonly crash: (error: unknown) => void
}

/** All that brings results from a collector to its hubs. */
export interface WayToHubs {
  readonly spool: Spool
  readonly sender: Sender
  readonly confirmations: Confirmations
  /** For the beat. */
  outboxes(): Beat['outboxes']
  clocks(): Beat['clocks']
  /** A hub can be reached again, probably. */
  reached(): void
  close(): void
}

export function createWayToHubs(parts: WayParts): WayToHubs {
  const { name: collector, hubs, outbox, clock, log } = parts
  const { settings: given, ...rest } = { ...parts, collector }
  const settings = { ...given, liveMax: given.memoryMax }
  const spool = createSpool({ outbox, clock, log, heldMax: given.memoryMax })
  const confirmations = createConfirmations(hubs)
  // In one process there is one clock.
  const clocks =
    parseCollectorId(collector) === undefined
      ? undefined
      : watchHubClocks({ ...rest, answers: () => sender.hurry() })
  const sender = createSender(hubs, { ...rest, settings, spool, confirmations, clocks })
  return {
    spool,
    sender,
    confirmations,
    outboxes: () =>
      sender.ways.map(({ hub, isConnected }) => {
        const { waiting, oldestAgeMs } = spool.behind((of) => confirmations.heldBy(hub, of))
        return { hub, isConnected, waiting, oldestAgeMs, bytes: spool.bytes, lost: spool.lost }
      }),
    clocks: () => hubs.flatMap((hub) => readingOf(clocks, hub)),
    reached() {
      clocks?.measure()
      sender.hurry()
    },
    close() {
      sender.close()
      clocks?.close()
    },
  }
}

function readingOf(clocks: HubClocks | undefined, hub: string): Beat['clocks'] {
  const reading = clocks?.reading(hub)
  return reading === undefined ? [] : [{ hub, ...reading }]
}
