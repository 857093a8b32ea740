import type { Buffer } from 'node:buffer'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { BUILTIN_OPTIONS, type HttpOptions } from '../../../domain/builtin-options.ts'
import { answer, shown } from './answer.ts'
import type { Builtin, BuiltinAnswer, BuiltinContext, BuiltinRun } from './builtin.ts'
import { judgeCertificate, type CertificateVerdict } from './certificate.ts'
import { familyOf, type Connector } from './connection.ts'
import { connectionFault } from './connection-fault.ts'
import { createResponseReader, isFault, type Reading } from './http-response.ts'
import { firstTarget, nextTarget, type HttpTarget } from './http-target.ts'
import { demandsOf, judgeFault, judgeHttp, redirectOf, type HttpDemands } from './http-verdict.ts'
import { prepared } from './prepared.ts'

/** Rules BT10..BT19 of docs/spec/builtin-checks.md; speaks as check_http does. One new connection per request, no agent. */
export function createHttp(connector: Connector): Builtin {
  const prepare = prepared(BUILTIN_OPTIONS.http, planOf)
  return {
    start(options, context, done) {
      return createRun(connector, prepare(options), context, done)
    },
  }
}

interface Plan {
  readonly demands: HttpDemands
  readonly first: HttpTarget
  readonly wantsText: boolean
  /** Whether the certificate matters at all. */
  readonly judgesCertificate: boolean
}

function planOf(options: HttpOptions): Plan {
  const { verify, certificateWarning, certificateCritical } = options
  return {
    demands: demandsOf(options),
    first: firstTarget(options),
    wantsText: options.contains !== undefined || options.regex !== undefined,
    judgesCertificate:
      verify || certificateWarning !== undefined || certificateCritical !== undefined,
  }
}

/** One request over one connection. */
interface Exchange {
  readonly target: HttpTarget
  readonly socket: Socket
  certificate: CertificateVerdict | undefined
  hasConnected: boolean
}

function createRun(
  connector: Connector,
  plan: Plan,
  context: BuiltinContext,
  done: (answer: BuiltinAnswer) => void,
): BuiltinRun {
  const { demands } = plan
  const { options } = demands
  const began = context.clock.monotonicMs()
  let current: Exchange | undefined
  let redirects = 0

  const finish = (result: BuiltinAnswer): void => {
    current?.socket.destroy()
    current = undefined
    done(result)
  }
  const settle = (exchange: Exchange, reading: Reading): void => {
    if (reading === 'more' || exchange !== current) return
    const { target, certificate } = exchange
    if (isFault(reading)) return finish(judgeFault(reading, target.port))
    const location = redirectOf(demands, reading)
    if (location !== undefined) return follow(exchange, location)
    const seconds = (context.clock.monotonicMs() - began) / 1000
    const { timeoutMs } = context
    finish(judgeHttp(demands, { target, response: reading, certificate, seconds, timeoutMs }))
  }
  const follow = (exchange: Exchange, location: string): void => {
    const next = nextTarget(options, exchange.target, location)
    if (
      ++redirects > options.redirectsMax ||
      next === undefined ||
      next.url === exchange.target.url
    ) {
      return finish(deadEnd(exchange.target, options.redirectsMax, next, location))
    }
    exchange.socket.destroy()
    current = begin(next)
  }
  const begin = (target: HttpTarget): Exchange => {
    const exchange = open(connector, options, target)
    const { socket } = exchange
    const reader = createResponseReader({ isHead: target.isHead, wantsText: plan.wantsText })
    socket.on(target.isTls ? 'secureConnect' : 'connect', () => {
      exchange.hasConnected = true
      if (target.isTls && plan.judgesCertificate) {
        const verdict = certificateOf(socket as TLSSocket, options, context)
        exchange.certificate = verdict
        if (options.verify && !(socket as TLSSocket).authorized) {
          return finish(answer(2, `HTTP ${verdict.text}`))
        }
      }
      socket.write(target.request)
    })
    socket.on('data', (chunk: Buffer) => settle(exchange, reader.feed(chunk)))
    socket.on('end', () => settle(exchange, reader.end()))
    socket.on('error', (error) => {
      if (exchange === current) finish(failed(exchange, error))
    })
    return exchange
  }
  current = begin(plan.first)
  return {
    cancel() {
      current?.socket.destroy()
      current = undefined
    },
  }
}

/** Why a redirect is not followed. */
function deadEnd(
  from: HttpTarget,
  redirectsMax: number,
  next: HttpTarget | undefined,
  location: string,
): BuiltinAnswer {
  if (next === undefined) {
    return answer(3, `HTTP UNKNOWN - Could not parse redirect location - ${shown(location)}`)
  }
  const where = shown(next.url)
  if (next.url === from.url) {
    return answer(2, `HTTP CRITICAL - redirection creates an infinite loop - ${where}`)
  }
  return answer(1, `HTTP WARNING - maximum redirection depth ${redirectsMax} exceeded - ${where}`)
}

function open(connector: Connector, options: HttpOptions, target: HttpTarget): Exchange {
  const { host, port, isTls, name } = target
  const family = familyOf(options.family)
  const socket = isTls
    ? connector.openTls({ host, port, family, name, sni: options.sni })
    : connector.open({ host, port, family })
  return { target, socket, certificate: undefined, hasConnected: false }
}

function certificateOf(
  socket: TLSSocket,
  options: HttpOptions,
  context: BuiltinContext,
): CertificateVerdict {
  const { verify, certificateWarning: warning, certificateCritical: critical } = options
  return judgeCertificate(socket, { verify, warning, critical }, context.clock.now())
}

function failed(exchange: Exchange, error: Error): BuiltinAnswer {
  const { host, port, isTls } = exchange.target
  const fault = connectionFault(error)
  if (exchange.hasConnected) {
    return fault.isReset && exchange.socket.bytesRead === 0
      ? answer(2, 'HTTP CRITICAL - No data received from host')
      : answer(2, `HTTP CRITICAL - Error on receive: ${fault.text}`)
  }
  if (isTls && !fault.isConnect && !fault.isName) {
    return answer(2, `HTTP CRITICAL - Cannot make SSL connection: ${fault.text}`)
  }
  const output = fault.isName
    ? `${shown(host)}: ${fault.text}`
    : `connect to address ${host} and port ${port}: ${fault.text}`
  const code = fault.isOurs ? 3 : 2
  const word = fault.isOurs ? 'UNKNOWN' : 'CRITICAL'
  return { code, output, longOutput: `HTTP ${word} - Unable to open TCP socket`, perfdata: '' }
}
