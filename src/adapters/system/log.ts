import { pino, type Logger } from 'pino'
import type { Log } from '../../base/log.ts'
import { logLineForPeople } from './log-line.ts'

/**
 * Lines on stderr, so that stdout stays free for data and for what a person must read: JSON for programs, text on a terminal.
 * @param destination a file descriptor
 */
export function createLog(level: string, destination: number = 2): Log {
  const out = pino.destination({ dest: destination, sync: true })
  const isTerminal = destination === 2 && process.stderr.isTTY
  return wrap(
    pino(
      {
        level,
        base: null,
        timestamp: pino.stdTimeFunctions.isoTime,
        formatters: { level: (label) => ({ level: label }) },
        // Errors stand under this name in ours; without it they would be empty.
        serializers: { error: pino.stdSerializers.err },
      },
      isTerminal ? { write: (line) => void out.write(logLineForPeople(line)) } : out,
    ),
  )
}

function wrap(logger: Logger): Log {
  return {
    debug: (message, fields) => logger.debug(fields ?? {}, message),
    info: (message, fields) => logger.info(fields ?? {}, message),
    warn: (message, fields) => logger.warn(fields ?? {}, message),
    error: (message, fields) => logger.error(fields ?? {}, message),
    child: (fields) => wrap(logger.child(fields)),
  }
}
