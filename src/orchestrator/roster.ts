import type { Clock } from '../base/clock.ts'
import { after, type Instant } from '../base/instant.ts'
import type { Numbers } from '../base/metrics.ts'
import { parseCollectorId } from '../domain/cluster.ts'
import type { Beat } from '../wire/cluster.ts'

/** A collector as this hub hears it. */
export interface Member {
  /** `cluster.name`. */
  readonly id: string
  readonly cluster: string
  readonly name: string
  readonly health: MemberHealth
  /** The last one; `undefined`: it joined once, and was not heard since this hub started. */
  readonly beat: Beat | undefined
  /** The last that it said of itself; they come with every tenth beat or so. */
  readonly numbers?: Numbers | undefined
  readonly lastSeenAt: Instant | undefined
  /** Since when it has this health. */
  readonly since: Instant
  /** Since when it says that it is cordoned; `undefined` while it is not. */
  readonly cordonedAt?: Instant | undefined
}

/** `late` misses beats and may come back at any moment; `lost` has been silent for so long that others check its hosts. */
export type MemberHealth = 'live' | 'late' | 'lost'

export interface Roster {
  /** Of a collector that joined, before it is heard. */
  expect(ids: readonly string[]): void
  /** It was shut out: it is not shown any more. */
  forget(id: string): void
  /** `name` is the subject's; beats under another's name, and older ones than were heard, are dropped. */
  hear(beat: Beat, name: string): void
  members(): readonly Member[]
  member(id: string): Member | undefined
  /** Collectors that are there now, to whom plans are proposed and questions sent. */
  live(): readonly Member[]
  /** Beats under a name that is not the sender's. */
  readonly forged: number
}

/** Beats come every second. */
const LATE_MS = 2_500
/** A little longer than a cluster takes to move hosts, so that it has moved them when we say so. */
const LOST_MS = 5_000
/** Collectors that are remembered. A name that is no collector's cannot fill more than this. */
const MEMBERS_MAX = 10_000

interface Entry {
  readonly id: string
  readonly cluster: string
  readonly name: string
  beat: Beat | undefined
  numbers: Numbers | undefined
  heardMs: number
  lastSeenAt: Instant | undefined
  health: MemberHealth
  since: Instant
  cordonedAt: Instant | undefined
}

/** Who is there, from what they say every second. */
export function createRoster(clock: Clock): Roster {
  return new HeardRoster(clock)
}

class HeardRoster implements Roster {
  readonly #clock: Clock
  readonly #entries = new Map<string, Entry>()
  forged = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  expect(ids: readonly string[]): void {
    for (const id of ids) this.#entry(id)
  }

  forget(id: string): void {
    this.#entries.delete(id)
  }

  hear(beat: Beat, name: string): void {
    if (name !== `beat.${beat.collector}`) {
      this.forged++
      return
    }
    const entry = this.#entry(beat.collector)
    if (entry === undefined) return
    const isOld = entry.beat?.boot === beat.boot && beat.number <= entry.beat.number
    if (isOld) return
    // Numbers of an earlier start say nothing of this one.
    if (beat.numbers !== undefined || entry.beat?.boot !== beat.boot) entry.numbers = beat.numbers
    entry.beat = beat
    entry.heardMs = this.#clock.monotonicMs()
    entry.lastSeenAt = this.#clock.now()
    entry.cordonedAt =
      beat.standing === 'cordoned' ? (entry.cordonedAt ?? entry.lastSeenAt) : undefined
    this.#turn(entry, 'live', 0)
  }

  members(): readonly Member[] {
    const members = this.#entries.values().map((entry) => this.#look(entry))
    return members.toArray().sort((a, b) => (a.id < b.id ? -1 : 1))
  }

  member(id: string): Member | undefined {
    const entry = this.#entries.get(id)
    return entry && this.#look(entry)
  }

  live(): readonly Member[] {
    return this.members().filter(({ health }) => health === 'live')
  }

  #entry(id: string): Entry | undefined {
    const known = this.#entries.get(id)
    if (known !== undefined) return known
    const parts = parseCollectorId(id)
    if (parts === undefined || this.#entries.size >= MEMBERS_MAX) return undefined
    const now = this.#clock.now()
    const entry: Entry = {
      id,
      ...parts,
      beat: undefined,
      numbers: undefined,
      heardMs: this.#clock.monotonicMs(),
      lastSeenAt: undefined,
      health: 'late',
      since: now,
      cordonedAt: undefined,
    }
    this.#entries.set(id, entry)
    return entry
  }

  #look(entry: Entry): Member {
    const silentMs = this.#clock.monotonicMs() - entry.heardMs
    if (silentMs > LOST_MS) this.#turn(entry, 'lost', silentMs - LOST_MS)
    else if (silentMs > LATE_MS) this.#turn(entry, 'late', silentMs - LATE_MS)
    const { heardMs: _, ...member } = entry
    return member
  }

  /** Silence is seen when somebody looks, and began before. */
  #turn(entry: Entry, health: MemberHealth, agoMs: number): void {
    if (entry.health === health) return
    entry.health = health
    entry.since = after(this.#clock.now(), -agoMs)
  }
}
