/**
 * A named set of times in the Nagios grammar. The day specifications are kept as written ('monday', 'day -1',
 * '2027-12-24 - 2027-12-26 / 2', 'monday 3 january') and are parsed once by `compileTimePeriods`
 * (`time-period/compiled-period.ts`).
 */
export interface TimePeriod {
  readonly name: string
  readonly alias: string
  /** [day specification, hours such as '09:00-17:00,18:00-20:00'] in file order. */
  readonly ranges: readonly (readonly [days: string, hours: string])[]
  readonly exclude: readonly string[]
  /** IANA zone; `undefined` is the zone of the machine. */
  readonly timezone: string | undefined
}
