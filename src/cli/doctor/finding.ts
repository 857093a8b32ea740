/** One line of `parallax doctor`. */
export interface Finding {
  readonly level: 'ok' | 'warn' | 'fail'
  readonly what: string
  /** What to do about it; empty when all is well. */
  readonly fix: string
}

export const ok = (what: string): Finding => ({ level: 'ok', what, fix: '' })
export const warn = (what: string, fix: string): Finding => ({ level: 'warn', what, fix })
export const fail = (what: string, fix: string): Finding => ({ level: 'fail', what, fix })
