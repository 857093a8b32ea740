/** Constant lower-case message, facts as fields. `error`: a person must act; `warn`: degraded and healing, once per episode. */
export interface Log {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  child(fields: LogFields): Log
}

export type LogFields = Readonly<Record<string, unknown>>

const nothing = (): void => undefined

export const silentLog: Log = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  child: () => silentLog,
}
