import { hostCheckId, serviceCheckId } from '../src/domain/check-id.ts'
import type { Check, CheckCommand } from '../src/domain/check.ts'

const TCP: CheckCommand = { kind: 'builtin', builtin: 'tcp', options: {} }

/** A service's check, or the host's own for the name `''`, with what matters to the test set. */
export function aCheck(name: string, with_: Partial<Check> = {}): Check {
  const isHost = name === ''
  return {
    id: isHost ? hostCheckId('h') : serviceCheckId('h', name),
    hostName: 'h',
    serviceName: isHost ? undefined : name,
    intervalMs: 60_000,
    retryIntervalMs: 10_000,
    maxAttempts: 3,
    timeoutMs: 10_000,
    period: undefined,
    command: TCP,
    ...with_,
  }
}
