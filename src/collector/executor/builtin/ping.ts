import { isIP } from 'node:net'
import { BUILTIN_OPTIONS, type PingOptions } from '../../../domain/builtin-options.ts'
import type { ReturnCode } from '../../../domain/state-names.ts'
import { answer, shown, STATE_WORDS } from './answer.ts'
import type { Builtin, BuiltinAnswer, BuiltinContext, BuiltinRun } from './builtin.ts'
import { familyOf } from './connection.ts'
import { connectionFault } from './connection-fault.ts'
import type { Lookup } from './name-resolver.ts'
import type { Pinger, PingManner, PingSeen } from './pinger.ts'
import { prepared } from './prepared.ts'

interface PingLimit {
  readonly roundTripMs: number
  readonly lossPercent: number
}

interface Plan {
  readonly options: PingOptions
  readonly warning: PingLimit
  readonly critical: PingLimit
}

/** Rules BT30..BT33; speaks as check_ping does. Names are resolved here, so that no slow name holds up the pings of others. */
export function createPing(pinger: Pinger, lookup: Lookup): Builtin {
  const prepare = prepared(BUILTIN_OPTIONS.ping, (options): Plan => ({
    options,
    warning: limitOf(options.warning),
    critical: limitOf(options.critical),
  }))
  return {
    start: (options, context, done) => run(prepare(options), pinger, { lookup, context }, done),
  }
}

function limitOf(text: string): PingLimit {
  const [roundTrip = '', loss = ''] = text.split(',')
  return { roundTripMs: Number.parseFloat(roundTrip), lossPercent: Number.parseFloat(loss) }
}

function run(
  plan: Plan,
  pinger: Pinger,
  around: { readonly lookup: Lookup; readonly context: BuiltinContext },
  done: (answer: BuiltinAnswer) => void,
): BuiltinRun {
  const { options } = plan
  const { host } = options
  let stop: (() => void) | undefined
  let isCancelled = false
  const send = (address: string): void => {
    const manner = mannerOf(plan, around.context.timeoutMs)
    stop = pinger.ping(address, manner, (seen) => done(judge(plan, seen)))
  }
  if (isIP(host) !== 0) send(host)
  else {
    around.lookup(host, { family: familyOf(options.family) }, (error, address) => {
      if (isCancelled) return
      if (error === null) return send(typeof address === 'string' ? address : '')
      const { text } = connectionFault(error)
      done(answer(3, `PING UNKNOWN - Invalid hostname/address - ${shown(host)}: ${text}`))
    })
  }
  return {
    cancel() {
      isCancelled = true
      stop?.()
    },
  }
}

const WAIT_MS_MIN = 50
const WAIT_MS_MAX = 3000

/** A reply is awaited as long as it could still be fine, and never beyond the timeout of the check. */
function mannerOf({ options, critical }: Plan, timeoutMs: number): PingManner {
  const intervalMs = Math.round(options.interval * 1000)
  const sendingMs = intervalMs * (options.packets - 1)
  const wanted = Math.min(WAIT_MS_MAX, Math.max(1000, critical.roundTripMs))
  const waitMs = Math.max(WAIT_MS_MIN, Math.min(wanted, Math.round(timeoutMs - sendingMs - 500)))
  return { packets: options.packets, intervalMs, bytes: options.size, waitMs }
}

function judge(plan: Plan, seen: PingSeen): BuiltinAnswer {
  if (seen.kind === 'failed') return answer(3, `PING UNKNOWN - ${seen.reason}`)
  const { warning, critical } = plan
  const received = seen.roundTripsMs.length
  const loss = Math.round((1 - received / Math.max(1, seen.sent)) * 100)
  const average =
    received === 0 ? undefined : seen.roundTripsMs.reduce((a, b) => a + b, 0) / received
  const breaks = (limit: PingLimit): boolean =>
    loss >= limit.lossPercent || (average ?? 0) >= limit.roundTripMs
  const code: ReturnCode = breaks(critical) ? 2 : breaks(warning) ? 1 : 0
  const fixed = (ms: number): string => ms.toFixed(6)
  return answer(
    code,
    `PING ${STATE_WORDS[code]} - Packet loss = ${loss}%${average === undefined ? '' : `, RTA = ${average.toFixed(2)} ms`}`,
    `rta=${average === undefined ? 'U' : `${fixed(average)}ms`};${fixed(warning.roundTripMs)};${fixed(critical.roundTripMs)};0.000000 ` +
      `pl=${loss}%;${warning.lossPercent};${critical.lossPercent};0;`,
  )
}
