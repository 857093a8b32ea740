import { createSocket } from 'node:dgram'
import { existsSync } from 'node:fs'
import { isIP, isIPv6 } from 'node:net'
import type { Clock } from '../../../base/clock.ts'
import { BUILTIN_OPTIONS, type ClockOptions } from '../../../domain/builtin-options.ts'
import type { ReturnCode } from '../../../domain/state-names.ts'
import { answer, shown, STATE_WORDS } from './answer.ts'
import type { Builtin, BuiltinAnswer, BuiltinContext, BuiltinRun } from './builtin.ts'
import { familyOf } from './connection.ts'
import { connectionFault } from './connection-fault.ts'
import { localRun } from './local-run.ts'
import type { Lookup } from './name-resolver.ts'
import { prepared } from './prepared.ts'
import { readSntpAnswer, sntpQuestion } from './sntp.ts'

/** Rules BT60..BT62 of docs/spec/builtin-checks.md; with servers it speaks as check_ntp_time does. */
export function createClock(clock: Clock, lookup: Lookup): Builtin {
  const prepare = prepared(BUILTIN_OPTIONS.clock, (options) => ({
    options,
    servers: (options.servers ?? []).map(serverOf),
  }))
  const drift = createDriftWatch(clock)
  return {
    start(given, context, done) {
      const { options, servers } = prepare(given)
      if (servers.length === 0) {
        return localRun('CLOCK', async () => judgeDrift(options, drift()), done)
      }
      return compare(servers, options, { lookup, context }, done)
    },
  }
}

interface Server {
  readonly host: string
  readonly port: number
}

function serverOf(text: string): Server {
  const match = /^\[?([^\]]*?)\]?(?::(\d+))?$/.exec(text)
  if (isIP(text) !== 0 || match === null) return { host: text, port: 123 }
  return { host: match[1] ?? text, port: Number(match[2] ?? 123) }
}

interface Drift {
  readonly seconds: number
  readonly spanSeconds: number
}

const WATCH_MS = 3_600_000

/** How far the wall clock went away from the steady one, over the last hour at most. */
function createDriftWatch(clock: Clock): () => Drift {
  let wallMs: number = clock.now()
  let steadyMs = clock.monotonicMs()
  return () => {
    const spanMs = clock.monotonicMs() - steadyMs
    const seconds = (clock.now() - wallMs - spanMs) / 1000
    if (spanMs > WATCH_MS) {
      wallMs = clock.now()
      steadyMs = clock.monotonicMs()
    }
    return { seconds, spanSeconds: spanMs / 1000 }
  }
}

/** systemd-timesyncd leaves this file when it has set the clock; others leave no word that a program without privileges can read. */
const SYNCHRONISED = '/run/systemd/timesync/synchronized'

function judgeDrift(options: ClockOptions, drift: Drift): BuiltinAnswer {
  const code = codeOfOffset(drift.seconds, options)
  const said = existsSync(SYNCHRONISED)
    ? 'systemd-timesyncd says that the clock is synchronised'
    : 'no time server given, so nothing is known of the true time'
  const minutes = Math.max(1, Math.round(drift.spanSeconds / 60))
  return answer(
    code,
    `CLOCK ${STATE_WORDS[code]} - ${said}; the clock was moved by ${drift.seconds.toFixed(3)} s in the last ${minutes} min`,
    `moved=${drift.seconds.toFixed(6)}s;${options.warning.toFixed(6)};${options.critical.toFixed(6)};`,
  )
}

function codeOfOffset(seconds: number, { warning, critical }: ClockOptions): ReturnCode {
  const size = Math.abs(seconds)
  return size > critical ? 2 : size > warning ? 1 : 0
}

interface Around {
  readonly lookup: Lookup
  readonly context: BuiltinContext
}

/** Silent servers are asked again once; what came until then counts. */
const PATIENCE_MS_MAX = 1500

function compare(
  servers: readonly Server[],
  options: ClockOptions,
  around: Around,
  done: (answer: BuiltinAnswer) => void,
): BuiltinRun {
  const { clock, timeoutMs } = around.context
  const patienceMs = Math.min(PATIENCE_MS_MAX, timeoutMs / 3)
  const offsets: number[] = []
  const faults: string[] = []
  let open = servers.length
  let isAgain = false
  const releases: (() => void)[] = []
  const finish = (): void => {
    release()
    done(judgeOffsets(options, offsets, faults))
  }
  const questions = servers.map((server) =>
    ask(server, options, around, (seen) => {
      if (typeof seen === 'number') offsets.push(seen)
      else faults.push(`${shown(server.host)}: ${seen}`)
      if (--open === 0) finish()
    }),
  )
  const wait = (): (() => void) =>
    clock.timer(patienceMs, () => {
      if (isAgain) return finish()
      isAgain = true
      for (const question of questions) question.again()
      releases.push(wait())
    })
  const release = (): void => {
    for (const free of releases) free()
    for (const question of questions) question.release()
  }
  releases.push(wait())
  return { cancel: release }
}

interface Question {
  again(): void
  release(): void
}

function ask(
  server: Server,
  options: ClockOptions,
  { lookup, context }: Around,
  told: (offsetSeconds: number | string) => void,
): Question {
  const question = sntpQuestion()
  let sentMs = 0
  let socket: ReturnType<typeof createSocket> | undefined
  let isDone = false
  const release = (): void => {
    isDone = true
    socket?.close()
    socket = undefined
  }
  const finish = (seen: number | string): void => {
    if (isDone) return
    release()
    told(seen)
  }
  const send = (): void => {
    sentMs = context.clock.now()
    socket?.send(question)
  }
  const open = (address: string): void => {
    socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4')
    socket.on('error', (error) => finish(connectionFault(error).text))
    socket.on('message', (message) => {
      const seen = readSntpAnswer(message, question, sentMs, context.clock.now())
      if (seen !== 'other') finish(typeof seen === 'string' ? seen : seen.offsetSeconds)
    })
    socket.connect(server.port, address, send)
  }
  if (isIP(server.host) !== 0) open(server.host)
  else {
    lookup(server.host, { family: familyOf(options.family) }, (error, address) => {
      if (isDone) return
      if (error === null && typeof address === 'string') open(address)
      else finish('Name or service not known')
    })
  }
  return { again: () => (sentMs > 0 ? send() : undefined), release }
}

/** The median: one server that lies does not decide. */
function judgeOffsets(
  options: ClockOptions,
  offsets: readonly number[],
  faults: readonly string[],
): BuiltinAnswer {
  const sorted = offsets.toSorted((a, b) => a - b)
  const median = sorted[Math.floor((sorted.length - 1) / 2)]
  const limits = `${options.warning.toFixed(6)};${options.critical.toFixed(6)};`
  if (median === undefined) {
    const why = faults.length === 0 ? '' : ` (${faults.join(', ')})`
    return answer(2, `NTP CRITICAL: No response from NTP server${why}`, `offset=U;${limits}`)
  }
  const code = codeOfOffset(median, options)
  const also = offsets.length > 1 ? ` by ${offsets.length} servers` : ''
  return answer(
    code,
    `NTP ${STATE_WORDS[code]}: Offset ${median.toExponential(9)} secs${also}`,
    `offset=${median.toFixed(6)}s;${limits}`,
  )
}
