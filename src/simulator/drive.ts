import { Answers } from './answers.ts'
import { chance } from './chance.ts'
import type { Contestant, Question, Report } from './contestant.ts'
import type { Arrival, ArrivalWindow } from './trace/arrivals.ts'
import { SEEN, type World } from './world/world.ts'

export const TICK_MS = 1_000
/** Until a question is with its observer. */
const ASKED_WITHIN_MS = 60
const ASKED_JITTER_MS = 80

export interface DriveOptions {
  /** Number of the hub: which of the ways of messages are its own. */
  readonly hub?: number
  /** Only what this observer says. */
  readonly only?: number | undefined
  /** Hears of each message that is handed over. */
  readonly onGiven?: (report: Report, now: number) => void
  /** Answers come to these as well. */
  readonly alsoTold?: () => readonly Drive[]
}

export interface Spent {
  /** Questions that were asked, and scheduled results that came. */
  readonly probes: number
  readonly results: number
}

/** Lets a contestant live through a world: hands it what arrives, ticks each second, and has its questions answered by the world. */
export class Drive {
  readonly #world: World
  readonly #contestant: Contestant
  readonly #options: DriveOptions
  readonly #answers = new Answers()
  #window: ArrivalWindow = { arrivals: [], until: 0 }
  #place = 0
  #tickAt = 0
  #probes = 0
  #results = 0

  constructor(world: World, contestant: Contestant, options: DriveOptions = {}) {
    this.#world = world
    this.#contestant = contestant
    this.#options = options
  }

  get spent(): Spent {
    return { probes: this.#probes, results: this.#results }
  }

  /** When something happens to it next: infinity at the end of its window. */
  get nextAt(): number {
    const { arrivals, until } = this.#window
    const arrivesAt = arrivals[this.#place]?.arrivesAt ?? Number.POSITIVE_INFINITY
    const now = Math.min(arrivesAt, this.#answers.nextAt, this.#tickAt)
    const isLast = until === this.#world.durationMs
    return now < until || (isLast && now === until) ? now : Number.POSITIVE_INFINITY
  }

  load(window: ArrivalWindow): void {
    this.#window = window
    this.#place = 0
  }

  step(): void {
    const arrival = this.#window.arrivals[this.#place]
    const arrivesAt = arrival?.arrivesAt ?? Number.POSITIVE_INFINITY
    const answeredAt = this.#answers.nextAt
    const now = this.#tickAt
    if (now <= arrivesAt && now <= answeredAt) {
      this.#tickAt += TICK_MS
      this.#contestant.tick(now)
      this.#ask(now)
    } else if (arrival !== undefined && arrivesAt <= answeredAt) {
      this.#place++
      this.#give(arrival)
    } else {
      const answer = this.#answers.take()
      if (answer !== undefined) this.#give(answer)
    }
  }

  #give(arrival: Arrival): void {
    const { observer, check, seen, startedAt, seq, isProbe, arrivesAt } = arrival
    const { only, onGiven } = this.#options
    if (only !== undefined && observer !== only) return
    if (!isProbe && seen !== SEEN.hint) this.#results++
    const at = startedAt + this.#world.correctedErrorMs(observer, startedAt)
    const rawAt = startedAt + this.#world.wallErrorMs(observer, startedAt)
    const report = { observer, check, seen, at, rawAt, seq, isProbe }
    this.#contestant.take(report, arrivesAt)
    onGiven?.(report, arrivesAt)
    this.#ask(arrivesAt)
  }

  #ask(now: number): void {
    for (const question of this.#contestant.drainQuestions()) {
      this.#probes++
      this.#answer(question, now)
    }
  }

  #answer({ observer, check, delayMs, timeoutMs }: Question, now: number): void {
    const jitterMs = chance(check, observer, now | 0, 5) % ASKED_JITTER_MS
    const startedAt = Math.floor(now + delayMs + ASKED_WITHIN_MS + jitterMs)
    if (!this.#world.isReachable(observer, startedAt)) return
    const { seen, tookMs } = this.#world.probe(observer, check, startedAt, timeoutMs)
    const seq = 0x40000000 | (chance(observer, check, startedAt, 7) & 0x3fffffff)
    const endedAt = startedAt + tookMs
    const answer = { observer, check, seen, startedAt, tookMs, seq, endedAt }
    this.#tell(answer)
    for (const other of this.#options.alsoTold?.() ?? []) if (other !== this) other.#tell(answer)
  }

  #tell({
    endedAt,
    ...answer
  }: Omit<Arrival, 'arrivesAt' | 'isProbe'> & { endedAt: number }): void {
    const arrivesAt = this.#world.arrivalAt({ ...answer, endedAt }, this.#options.hub ?? 0)
    if (arrivesAt !== undefined) this.#answers.add({ ...answer, arrivesAt, isProbe: true })
  }
}

/** All drives live through a window each, in the order of time. */
export function live(drives: readonly Drive[], windows: readonly ArrivalWindow[]): void {
  for (const [index, drive] of drives.entries()) {
    const window = windows[index]
    if (window !== undefined) drive.load(window)
  }
  for (;;) {
    let first = drives[0]
    for (const drive of drives)
      if (first === undefined || drive.nextAt < first.nextAt) first = drive
    if (first === undefined || first.nextAt === Number.POSITIVE_INFINITY) return
    first.step()
  }
}
