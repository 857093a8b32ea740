import type { Socket } from 'node:net'
import { BUILTIN_OPTIONS, type TcpOptions } from '../../../domain/builtin-options.ts'
import type { ReturnCode } from '../../../domain/state-names.ts'
import { answer, codeOfSeverity, codeOfTime, shown, STATE_WORDS, timeDatum } from './answer.ts'
import type { Builtin, BuiltinAnswer, BuiltinContext, BuiltinRun } from './builtin.ts'
import { connectionFault } from './connection-fault.ts'
import { familyOf, type Connecting, type Connector } from './connection.ts'
import { prepared } from './prepared.ts'

/** Rules BT1..BT5 of docs/spec/builtin-checks.md; speaks as check_tcp does. */
export function createTcp(connector: Connector): Builtin {
  const prepare = prepared(BUILTIN_OPTIONS.tcp, planOf)
  return {
    start(options, context, done) {
      const plan = prepare(options)
      return run(connector.open(plan.where), plan, context, done)
    },
  }
}

interface Plan {
  readonly options: TcpOptions
  readonly where: Connecting
  /** ` port 22`, ready for the output. */
  readonly place: string
  readonly send: string | undefined
  readonly quit: string | undefined
}

/** What is read of an answer that never fits, at most. */
const ANSWER_CHARACTERS_MAX = 65_536
/** An answer that stays quiet this long without what is expected will not bring it: check_tcp's own patience. */
const QUIET_MS = 2000

function planOf(options: TcpOptions): Plan {
  const { host, port } = options
  const unescaped = (text: string | undefined): string | undefined =>
    options.escape && text !== undefined ? unescape(text) : text
  return {
    options,
    where: { host, port, family: familyOf(options.family) },
    place: `on ${host} port ${port}`,
    send: unescaped(options.send),
    quit:
      options.escape || options.quit === undefined
        ? unescaped(options.quit)
        : `${options.quit}\r\n`,
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\\': '\\' }

function unescape(text: string): string {
  return text.replace(/\\(.)/gs, (_, letter: string) => ESCAPES[letter] ?? letter)
}

function run(
  socket: Socket,
  plan: Plan,
  context: BuiltinContext,
  done: (answer: BuiltinAnswer) => void,
): BuiltinRun {
  const began = context.clock.monotonicMs()
  let isDone = false
  let conversation: Conversation | undefined
  const finish = (result: BuiltinAnswer): void => {
    if (isDone) return
    isDone = true
    conversation?.end()
    if (plan.quit !== undefined && socket.writable) socket.write(plan.quit)
    socket.destroy()
    done(result)
  }
  const seconds = (): number => (context.clock.monotonicMs() - began) / 1000
  socket.on('connect', () => {
    if (plan.send !== undefined) socket.write(plan.send)
    if (plan.options.expect === undefined) return finish(connected(plan, context, seconds(), ''))
    conversation = converse(socket, plan.options, context, (text, isMatch) =>
      finish(
        isMatch
          ? connected(plan, context, seconds(), ` [${shown(text)}]`)
          : unexpected(plan, context, seconds(), text),
      ),
    )
  })
  socket.on('error', (error) => finish(failed(plan, error)))
  return {
    cancel() {
      isDone = true
      conversation?.end()
      socket.destroy()
    },
  }
}

interface Conversation {
  end(): void
}

function converse(
  socket: Socket,
  options: TcpOptions,
  context: BuiltinContext,
  done: (text: string, isMatch: boolean) => void,
): Conversation {
  const expected = options.expect ?? []
  let text = ''
  let stopWaiting: (() => void) | undefined
  socket.setEncoding('latin1')
  socket.on('data', (chunk: string) => {
    stopWaiting?.()
    text += chunk
    const fits = (piece: string): boolean => text.includes(piece)
    if (options.all ? expected.every(fits) : expected.some(fits)) return done(text, true)
    if (text.length >= ANSWER_CHARACTERS_MAX) return done(text, false)
    stopWaiting = context.clock.timer(QUIET_MS, () => done(text, false))
  })
  socket.on('end', () => done(text, false))
  return { end: () => stopWaiting?.() }
}

function connected(
  plan: Plan,
  context: BuiltinContext,
  seconds: number,
  tail: string,
): BuiltinAnswer {
  const code = codeOfTime(seconds, plan.options)
  return answer(
    code,
    `TCP ${STATE_WORDS[code]} - ${seconds.toFixed(3)} second response time ${plan.place}${tail}`,
    timeDatum(seconds, plan.options, context.timeoutMs),
  )
}

function unexpected(
  plan: Plan,
  context: BuiltinContext,
  seconds: number,
  text: string,
): BuiltinAnswer {
  if (text === '') return answer(2, 'TCP CRITICAL - No data received from host')
  const timed = codeOfTime(seconds, plan.options)
  const code: ReturnCode = timed === 2 ? 2 : codeOfSeverity(plan.options.mismatch)
  return answer(
    code,
    `TCP ${STATE_WORDS[code]} - Unexpected response from host/socket: ${shown(text)}`,
    timeDatum(seconds, plan.options, context.timeoutMs),
  )
}

function failed(plan: Plan, error: Error): BuiltinAnswer {
  const { host, port, refused } = plan.options
  const fault = connectionFault(error)
  if (fault.isName) {
    return answer(2, `TCP CRITICAL - Invalid hostname, address or socket: ${shown(host)}`)
  }
  const code = fault.isOurs ? 3 : fault.isRefused ? codeOfSeverity(refused) : 2
  return answer(code, `connect to address ${host} and port ${port}: ${fault.text}`)
}
