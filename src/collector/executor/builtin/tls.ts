import { BUILTIN_OPTIONS } from '../../../domain/builtin-options.ts'
import { answer, shown, timeDatum } from './answer.ts'
import type { Builtin, BuiltinAnswer } from './builtin.ts'
import { judgeCertificate } from './certificate.ts'
import { familyOf, type Connector } from './connection.ts'
import { connectionFault } from './connection-fault.ts'
import { prepared } from './prepared.ts'

/** Handshake, trust, name and dates of a certificate. Rules BT20..BT23 of docs/spec/builtin-checks.md. */
export function createTls(connector: Connector): Builtin {
  const prepare = prepared(BUILTIN_OPTIONS.tls, (options) => ({
    options,
    where: {
      host: options.host,
      port: options.port,
      family: familyOf(options.family),
      name: options.name ?? options.host,
      sni: true,
    },
  }))
  return {
    start(given, context, done) {
      const { options, where } = prepare(given)
      const began = context.clock.monotonicMs()
      const socket = connector.openTls(where)
      let isDone = false
      const finish = (result: BuiltinAnswer): void => {
        if (isDone) return
        isDone = true
        socket.destroy()
        done(result)
      }
      socket.on('secureConnect', () => {
        const verdict = judgeCertificate(socket, options, context.clock.now())
        const { warning, critical } = options
        const seconds = (context.clock.monotonicMs() - began) / 1000
        const days =
          verdict.daysLeft === undefined
            ? ''
            : ` days=${verdict.daysLeft};${warning}:;${critical}:;;`
        finish(
          answer(
            verdict.code,
            `TLS ${verdict.text} ${socket.getProtocol() ?? ''}`.trimEnd(),
            `${timeDatum(seconds, {}, context.timeoutMs)}${days}`,
          ),
        )
      })
      socket.on('error', (error) => {
        const { host, port } = where
        const fault = connectionFault(error)
        const where2 = `address ${shown(host)} and port ${port}`
        if (fault.isOurs)
          return finish(answer(3, `TLS UNKNOWN - connect to ${where2}: ${fault.text}`))
        const what =
          fault.isConnect || fault.isName ? 'connect to' : 'Cannot make SSL connection with'
        finish(answer(2, `TLS CRITICAL - ${what} ${where2}: ${fault.text}`))
      })
      return {
        cancel() {
          isDone = true
          socket.destroy()
        },
      }
    },
  }
}
