import { pino, type Logger } from 'pino'
import type { Log } from '../../base/log.ts'

/** JSON lines on stderr, so that stdout stays free for data and for what a person must read. */
export function createLog(level: string, destination: number = 2): Log {
  return wrap(
    pino(
      { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
      pino.destination({ dest: destination, sync: true }),
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
