import type { Clock } from '../../base/clock.ts'
import type { Pinger, PingManner, PingSeen } from '../../collector/executor/builtin/pinger.ts'
import { parseFpingLine } from './fping-lines.ts'
import { createLane, type Lane } from './lane.ts'

/** Pings of one moment go into one process: they are gathered this long. */
const GATHER_MS = 20
/** Addresses of one process: at 1 ms between packets a round of these takes a fifth of a second. */
const BATCH_MAX = 200
/** Processes at a time; what is beyond waits (it is bounded by the executor's slots). */
const LANES_MAX = 8
/** Beyond what the batch should take. */
const GRACE_MS = 10_000

interface Question {
  readonly address: string
  readonly manner: PingManner
  readonly done: (seen: PingSeen) => void
  isCancelled: boolean
}

/** ICMP through the `fping` program (4.0 or later), which has the right to send it. Missing or refused: every answer says so. */
export function createFpingPinger(clock: Clock): Pinger {
  const lanes: Lane[] = []
  let waiting: Question[] = []
  let stopGathering: (() => void) | undefined
  let isClosed = false

  const idleLane = (): Lane | undefined => {
    const idle = lanes.find((lane) => !lane.isBusy)
    if (idle !== undefined || lanes.length >= LANES_MAX) return idle
    const fresh = createLane(clock)
    lanes.push(fresh)
    return fresh
  }
  const dispatch = (): void => {
    stopGathering = undefined
    for (let started = 0; started < LANES_MAX; started++) {
      if (isClosed) return
      waiting = waiting.filter((question) => !question.isCancelled)
      const [first] = waiting
      const lane = first === undefined ? undefined : idleLane()
      if (first === undefined || lane === undefined) return
      const batch = takeBatch(waiting, first.manner)
      waiting = waiting.filter((question) => !batch.has(question))
      runBatch(lane, first.manner, [...batch], dispatch)
    }
  }
  return {
    ping(address, manner, done) {
      const question: Question = { address, manner, done, isCancelled: false }
      waiting.push(question)
      stopGathering ??= clock.timer(GATHER_MS, dispatch)
      return () => {
        question.isCancelled = true
      }
    },
    async close() {
      isClosed = true
      stopGathering?.()
      waiting = []
      await Promise.all(lanes.map((lane) => lane.close()))
    },
  }
}

/** Those that ping in the same manner, up to the bound. */
function takeBatch(waiting: readonly Question[], manner: PingManner): Set<Question> {
  const batch = new Set<Question>()
  for (const question of waiting) {
    if (batch.size >= BATCH_MAX) break
    if (isSame(question.manner, manner)) batch.add(question)
  }
  return batch
}

function isSame(a: PingManner, b: PingManner): boolean {
  return (
    a.packets === b.packets &&
    a.intervalMs === b.intervalMs &&
    a.bytes === b.bytes &&
    a.waitMs === b.waitMs
  )
}

interface Tally {
  readonly questions: Question[]
  readonly roundTripsMs: (number | undefined)[]
  answered: number
}

function runBatch(
  lane: Lane,
  manner: PingManner,
  questions: readonly Question[],
  next: () => void,
): void {
  const tallies = new Map<string, Tally>()
  for (const question of questions) {
    const tally = tallies.get(question.address)
    if (tally !== undefined) tally.questions.push(question)
    else tallies.set(question.address, { questions: [question], roundTripsMs: [], answered: 0 })
  }
  const addresses = [...tallies.keys()]
  const complaints: string[] = []
  lane.run({
    words: wordsOf(manner, addresses),
    deadlineMs: durationMs(manner, addresses.length) + GRACE_MS,
    line(text) {
      const line = parseFpingLine(text)
      if (line.kind === 'other') {
        if (complaints.length < 5 && text !== '') complaints.push(text.slice(0, 200))
        return
      }
      const tally = tallies.get(line.address)
      if (tally === undefined || line.index in tally.roundTripsMs) return
      tally.roundTripsMs[line.index] = line.kind === 'reply' ? line.ms : undefined
      tally.answered++
      if (tally.answered < manner.packets) return
      tallies.delete(line.address)
      tell(tally, counted(tally, manner))
    },
    done(status) {
      for (const tally of tallies.values())
        tell(tally, unfinished(tally, manner, status, complaints))
      next()
    },
  })
}

function wordsOf(manner: PingManner, addresses: readonly string[]): string[] {
  const { packets, intervalMs, bytes, waitMs } = manner
  const period = Math.max(10, intervalMs)
  const fixed = '-i 1 -r 0 -B 1'
  return [`-C ${packets} -p ${period} ${fixed} -t ${waitMs} -b ${bytes} --`, ...addresses]
}

function durationMs(manner: PingManner, addresses: number): number {
  return manner.packets * Math.max(manner.intervalMs, addresses) + manner.waitMs
}

function tell(tally: Tally, seen: PingSeen): void {
  for (const question of tally.questions) if (!question.isCancelled) question.done(seen)
}

function counted(tally: Tally, manner: PingManner): PingSeen {
  return {
    kind: 'counted',
    sent: manner.packets,
    roundTripsMs: tally.roundTripsMs.filter((ms) => ms !== undefined),
  }
}

/** 0 to 2 are fping's own words for who answered; anything else means that it could not do its work. */
function unfinished(
  tally: Tally,
  manner: PingManner,
  status: number | undefined,
  complaints: readonly string[],
): PingSeen {
  const said = complaints.join('; ')
  if (status === 127) {
    return {
      kind: 'failed',
      reason: 'fping is not installed; install it with: apt-get install fping',
    }
  }
  if (/permission|permitted|run as root/i.test(said)) {
    return {
      kind: 'failed',
      reason: `fping may not send ICMP (${said}); allow it with: setcap cap_net_raw+ep "$(command -v fping)"`,
    }
  }
  if (status === undefined || status > 2) {
    return {
      kind: 'failed',
      reason: said === '' ? `fping ended with ${status ?? 'no status'}` : said,
    }
  }
  // Unreachable by the word of a router or the kernel: fping gives up early, and what is missing is lost.
  return counted(tally, manner)
}
