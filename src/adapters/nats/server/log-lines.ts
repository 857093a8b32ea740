import type { Clock } from '../../../base/clock.ts'
import type { Log } from '../../../base/log.ts'

/** The same line is shown once in this time: who is refused comes again every half second. */
const AGAIN_MS = 60_000
/** Different lines that are remembered; beyond that nothing is shown until the time has passed. */
const LINES_MAX = 500
/** A longer line is cut. */
const LINE_CHARS_MAX = 2_000
const LAST_WORDS_MAX = 5

/** `[123] 2026/01/31 10:00:00.123456 [INF] Server is ready` */
const LINE = /^\[\d+\] [\d/]+ [\d:.]+ \[(\w{3})\] (.*)$/

/** `192.0.2.7:4711 - cid:12 - `: another for each connection. */
const CONNECTION = /^(\S+):\d+ - \w+:\d+ - /

/** Somebody did what he may not, or is not who he says. */
const ATTEMPT =
  /authentication (?:error|failure|timeout)|(?:Authorization|Publish|Subscription|Permissions) Violation|Authentication (?:Expired|Revoked)|TLS handshake error/i

export interface ServerLines {
  /** A piece of what it wrote, of any length. */
  take(piece: string): void
  /** Calls `run` at the first line with this text from now on. */
  onText(text: string, run: () => void): void
  /** What it complained of last, to tell why it ended. */
  last(): string
}

/** Brings what a nats-server writes into our log, at the level that fits us. */
export function readServerLines(log: Log, clock: Clock): ServerLines {
  return new WrittenLines(log, clock)
}

class WrittenLines implements ServerLines {
  readonly #log: Log
  readonly #clock: Clock
  readonly #latest: string[] = []
  readonly #waiting = new Map<string, () => void>()
  #shownAt = new Map<string, number>()
  #rest = ''

  constructor(log: Log, clock: Clock) {
    this.#log = log
    this.#clock = clock
  }

  take(piece: string): void {
    const lines = (this.#rest + piece).split('\n')
    this.#rest = (lines.pop() ?? '').slice(0, LINE_CHARS_MAX)
    for (const line of lines) this.#line(line)
  }

  onText(text: string, run: () => void): void {
    this.#waiting.set(text, run)
  }

  last(): string {
    return this.#latest.join('\n')
  }

  #line(line: string): void {
    const [, level = '', words = line] = LINE.exec(line) ?? []
    const said = words.slice(0, LINE_CHARS_MAX)
    for (const [wanted, run] of this.#waiting) {
      if (!said.includes(wanted)) continue
      this.#waiting.delete(wanted)
      run()
    }
    if (level === 'INF' || level === 'DBG') this.#log.debug('nats-server', { said })
    else if (ATTEMPT.test(said)) this.#attempt(said)
    else if (said.trim() !== '') this.#complaint(level, said)
  }

  #attempt(said: string): void {
    const from = CONNECTION.exec(said)?.[1]
    const what = said.replace(CONNECTION, '')
    if (this.#isNew(`${from} ${what}`)) this.#log.warn('the bus refused somebody', { from, what })
  }

  #complaint(level: string, said: string): void {
    this.#latest.push(said)
    if (this.#latest.length > LAST_WORDS_MAX) this.#latest.shift()
    if (!this.#isNew(said.replace(CONNECTION, ''))) return
    if (level === 'FTL') this.#log.error('the nats-server cannot run', { said })
    else this.#log.warn('the nats-server complains', { said })
  }

  /** Bounded: a stranger at the port fills neither our memory nor our log. */
  #isNew(text: string): boolean {
    const now = this.#clock.monotonicMs()
    const shownAt = this.#shownAt.get(text)
    if (shownAt !== undefined && now - shownAt < AGAIN_MS) return false
    if (this.#shownAt.size >= LINES_MAX) {
      this.#shownAt = new Map([...this.#shownAt].filter(([, at]) => now - at < AGAIN_MS))
      if (this.#shownAt.size >= LINES_MAX) return false
    }
    this.#shownAt.set(text, now)
    return true
  }
}
