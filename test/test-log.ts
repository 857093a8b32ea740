import type { Log, LogFields } from '../src/base/log.ts'

export interface LogLine {
  readonly message: string
  readonly fields: LogFields
}

/** A log that keeps what is written. */
export interface TestLog extends Log {
  readonly warnings: LogLine[]
  readonly errors: LogLine[]
}

export function createTestLog(): TestLog {
  const warnings: LogLine[] = []
  const errors: LogLine[] = []
  const log: TestLog = {
    warnings,
    errors,
    debug: () => undefined,
    info: () => undefined,
    warn: (message, fields = {}) => void warnings.push({ message, fields }),
    error: (message, fields = {}) => void errors.push({ message, fields }),
    child: () => log,
  }
  return log
}
