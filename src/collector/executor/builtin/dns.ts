import { Buffer } from 'node:buffer'
import { randomInt } from 'node:crypto'
import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { readFileSync } from 'node:fs'
import { isIP, isIPv6, type Socket } from 'node:net'
import { BUILTIN_OPTIONS, type DnsOptions } from '../../../domain/builtin-options.ts'
import { answer, codeOfTime, shown, STATE_WORDS } from './answer.ts'
import type { Builtin, BuiltinAnswer, BuiltinContext, BuiltinRun } from './builtin.ts'
import type { Connector } from './connection.ts'
import { connectionFault } from './connection-fault.ts'
import {
  decodeAnswer,
  encodeQuestion,
  plainName,
  questionOf,
  type DnsAnswer,
  type DnsQuestion,
} from './dns-question.ts'
import type { Lookup } from './name-resolver.ts'
import { prepared } from './prepared.ts'

/** Rules BT40..BT45 of docs/spec/builtin-checks.md; speaks as check_dns does. */
export function createDns(connector: Connector, lookup: Lookup): Builtin {
  const prepare = prepared(BUILTIN_OPTIONS.dns, (options): Plan => ({
    options,
    question: questionOf(options.name, options.type),
    expected: options.expect?.flatMap((item) => item.split(',')).map(plainName),
  }))
  return {
    start: (options, context, done) => run(prepare(options), { connector, lookup, context }, done),
  }
}

interface Plan {
  readonly options: DnsOptions
  readonly question: DnsQuestion
  readonly expected: readonly string[] | undefined
}

interface Around {
  readonly connector: Connector
  readonly lookup: Lookup
  readonly context: BuiltinContext
}

/** A datagram may be lost on its way; it is sent at most so often, so far apart at most. */
const SENDS_MAX = 3
const RESEND_MS_MAX = 2000
/** Strays and forgeries that are passed over before the server is called broken. */
const STRAYS_MAX = 100

function run(plan: Plan, around: Around, done: (answer: BuiltinAnswer) => void): BuiltinRun {
  const { context, lookup } = around
  const began = context.clock.monotonicMs()
  let release: (() => void) | undefined
  let isDone = false
  const finish = (result: BuiltinAnswer): void => {
    if (isDone) return
    isDone = true
    release?.()
    done(result)
  }
  const conclude = (found: DnsAnswer): void => {
    const seconds = (context.clock.monotonicMs() - began) / 1000
    finish(judge(plan, found, seconds))
  }
  const ask = (server: string): void => {
    const told = {
      answered: conclude,
      failed: (text: string, isOurs: boolean) => finish(failure(server, text, isOurs)),
      truncated: () => {
        release?.()
        release = askTcp(around, server, plan, told)
      },
    }
    release = askUdp(around, server, plan, told)
  }
  const server = plan.options.server ?? systemServer()
  if (isIP(server) !== 0) ask(server)
  else {
    lookup(server, {}, (error, address) => {
      if (isDone) return
      if (error === null && typeof address === 'string') return ask(address)
      finish(failure(server, 'Name or service not known', true))
    })
  }
  return {
    cancel() {
      isDone = true
      release?.()
    },
  }
}

interface Told {
  answered(found: DnsAnswer): void
  truncated(): void
  failed(text: string, isOurs: boolean): void
}

/** @returns releases the socket */
function askUdp(around: Around, server: string, plan: Plan, told: Told): () => void {
  const { clock, timeoutMs } = around.context
  const id = randomInt(65_536)
  const query = encodeQuestion(id, plan.question)
  const socket: UdpSocket = createSocket(isIPv6(server) ? 'udp6' : 'udp4')
  let sends = 0
  let strays = 0
  let stopTimer: (() => void) | undefined
  const send = (): void => {
    sends++
    socket.send(query)
    if (sends < SENDS_MAX) stopTimer = clock.timer(Math.min(RESEND_MS_MAX, timeoutMs / 4), send)
  }
  const fail = (error: Error): void => {
    const fault = connectionFault(error)
    told.failed(fault.text, fault.isOurs)
  }
  socket.on('error', fail)
  socket.on('message', (message) => {
    const found = decodeAnswer(message, id, plan.question)
    if (found === 'other') {
      if (++strays > STRAYS_MAX) told.failed('answers to other questions only', false)
    } else if (found === 'malformed') told.failed('malformed answer', false)
    else if (found.isTruncated) told.truncated()
    else told.answered(found)
  })
  // Connected, the kernel passes only what comes from this address and port.
  socket.connect(plan.options.port, server, send)
  let isOpen = true
  return () => {
    stopTimer?.()
    if (isOpen) socket.close()
    isOpen = false
  }
}

/** Each message has its length, two bytes, in front. */
function askTcp(around: Around, server: string, plan: Plan, told: Told): () => void {
  const id = randomInt(65_536)
  const query = encodeQuestion(id, plan.question)
  const socket: Socket = around.connector.open({ host: server, port: plan.options.port, family: 0 })
  const chunks: Buffer[] = []
  let bytes = 0
  socket.on('connect', () => {
    const length = Buffer.alloc(2)
    length.writeUInt16BE(query.length)
    socket.write(Buffer.concat([length, query]))
  })
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes < 2) return
    const all = chunks.length === 1 ? chunk : Buffer.concat(chunks)
    const length = all.readUInt16BE(0)
    if (all.length < 2 + length) return
    const found = decodeAnswer(all.subarray(2, 2 + length), id, plan.question)
    if (typeof found === 'string') told.failed(`${found} answer over TCP`, false)
    else told.answered(found)
  })
  socket.on('end', () => told.failed('the connection ended before the answer', false))
  socket.on('error', (error) => {
    const fault = connectionFault(error)
    told.failed(fault.text, fault.isOurs)
  })
  return () => socket.destroy()
}

/** Read for each run: it changes under a laptop or a container. The libc's own default without one. */
function systemServer(): string {
  try {
    const text = readFileSync('/etc/resolv.conf', 'utf8')
    return /^\s*nameserver\s+(\S+)/m.exec(text)?.[1] ?? '127.0.0.1'
  } catch {
    return '127.0.0.1'
  }
}

function failure(server: string, text: string, isOurs: boolean): BuiltinAnswer {
  const code = isOurs ? 3 : 2
  return answer(code, `DNS ${STATE_WORDS[code]} - server ${shown(server)}: ${text}`)
}

function judge(plan: Plan, found: DnsAnswer, seconds: number): BuiltinAnswer {
  const { options, question, expected } = plan
  const { values } = found
  const limit = (value: number | undefined): string => (value === undefined ? '' : value.toFixed(6))
  const perfdata = `time=${seconds.toFixed(6)}s;${limit(options.warning)};${limit(options.critical)};0.000000`
  const name = shown(options.name)
  if (found.code === 'NXDOMAIN') {
    return answer(2, `DNS CRITICAL - Domain ${name} was not found by the server`, perfdata)
  }
  if (found.code !== 'NOERROR') {
    return answer(
      2,
      `DNS CRITICAL - the server answered ${shown(found.code)} for ${name}`,
      perfdata,
    )
  }
  if (values.length === 0) {
    return answer(2, `DNS CRITICAL - ${name} has no ${question.type} record`, perfdata)
  }
  const list = shown(values.join(','))
  if (expected !== undefined && !fits(values, expected, options.all)) {
    const wanted = shown(expected.join(','))
    return answer(2, `DNS CRITICAL - expected '${wanted}' but got '${list}'`, perfdata)
  }
  if (options.authoritative && !found.isAuthoritative) {
    return answer(2, `DNS CRITICAL - the server is not authoritative for ${name}`, perfdata)
  }
  const code = codeOfTime(seconds, options)
  const said = `${seconds.toFixed(3)} seconds response time. ${name} returns ${list}`
  return answer(code, `DNS ${STATE_WORDS[code]}: ${said}`, perfdata)
}

function fits(values: readonly string[], expected: readonly string[], isAll: boolean): boolean {
  const known = values.map((value) => value.toLowerCase())
  if (!isAll) return known.some((value) => expected.includes(value))
  return known.length === expected.length && known.every((value) => expected.includes(value))
}
