import type { ReturnCode } from '../../../domain/state-names.ts'
import type { BuiltinAnswer } from './builtin.ts'

export const STATE_WORDS = ['OK', 'WARNING', 'CRITICAL', 'UNKNOWN'] as const

export type Severity = 'ok' | 'warning' | 'critical'
const SEVERITY_CODES: Readonly<Record<Severity, ReturnCode>> = { ok: 0, warning: 1, critical: 2 }

export function codeOfSeverity(severity: Severity): ReturnCode {
  return SEVERITY_CODES[severity]
}

/** As plugins rank them: OK, WARNING, UNKNOWN, CRITICAL. */
export function worst(a: ReturnCode, b: ReturnCode): ReturnCode {
  return RANK[a] >= RANK[b] ? a : b
}
const RANK = [0, 1, 3, 2] as const

export function answer(code: ReturnCode, output: string, perfdata = ''): BuiltinAnswer {
  return { code, output, perfdata }
}

/** Limits in seconds; exceeding one alerts, equalling it does not. */
export interface TimeLimits {
  readonly warning?: number | undefined
  readonly critical?: number | undefined
}

export function codeOfTime(seconds: number, limits: TimeLimits): ReturnCode {
  if (limits.critical !== undefined && seconds > limits.critical) return 2
  if (limits.warning !== undefined && seconds > limits.warning) return 1
  return 0
}

/** `time=0.000912s;;;0.000000;10.000000`, as check_tcp and check_http print it. */
export function timeDatum(seconds: number, limits: TimeLimits, timeoutMs: number): string {
  return `time=${seconds.toFixed(6)}s;${fixed(limits.warning)};${fixed(limits.critical)};0.000000;${(timeoutMs / 1000).toFixed(6)}`
}

function fixed(value: number | undefined): string {
  return value === undefined ? '' : value.toFixed(6)
}

const SHOWN_MAX = 256

/** What others sent, fit for one line of output: no control characters, no `|`, bounded. */
export function shown(text: string, max = SHOWN_MAX): string {
  const cut = text.length > max ? `${text.slice(0, max)}...` : text
  return cut.replace(/[\p{Cc}|]+/gu, ' ').trim()
}
