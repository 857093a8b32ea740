import type { NagiosType } from './object-types.ts'

/** One line of a `define`: its value as written, comments cut, continuation lines joined. */
export interface WrittenDirective {
  /** In today's spelling: `check_interval` for `normal_check_interval`; custom variables as Nagios keeps them: `_RACK`. */
  readonly name: string
  readonly value: string
  readonly file: string
  readonly line: number
  /** Of the value. */
  readonly column: number
  /** Where it stands among the resolved values (`directives.ts`); -1 for custom variables, days of time periods, `use` and its like. */
  readonly slot: number
}

/** One `define TYPE { ... }`, in the order of the files. */
export interface WrittenObject {
  readonly type: NagiosType
  readonly directives: readonly WrittenDirective[]
  readonly file: string
  /** Of `define`. */
  readonly line: number
  /** `name`: what others say in `use`. */
  readonly templateName: string | undefined
  /** `register 0` makes a template only. An object may be both: registered, and with a `name`. */
  readonly isRegistered: boolean
}
