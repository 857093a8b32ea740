import { describe, expect, test } from 'vitest'
import type { CheckOutcome } from './check-result.ts'
import { evidenceClassOf } from './evidence.ts'
import type { ReturnCode } from './state-names.ts'

function exited(code: ReturnCode, output: string): CheckOutcome {
  return { kind: 'exited', code, output, longOutput: '', perfdata: '' }
}

describe('[EV27] what a result says about its target', () => {
  test.each([
    [0, 'ok', 'ok'],
    [1, 'error', 'ok'],
    [2, 'error', 'error'],
    [3, 'unknown', 'unknown'],
  ] as const)('exit %i is %s of a service, %s of a host', (code, ofService, ofHost) => {
    expect(evidenceClassOf(exited(code, 'words'), false)).toBe(ofService)
    expect(evidenceClassOf(exited(code, 'words'), true)).toBe(ofHost)
  })

  test.each([
    'CRITICAL - Socket timeout after 10 seconds',
    'CRITICAL - Plugin timed out after 10 seconds',
    'CHECK_NRPE: Socket timeout after 2 seconds.',
    'NTP CRITICAL: No response from NTP server',
    'No response from DNS 192.0.2.1',
    'PING CRITICAL - Packet loss = 100%',
    'CRITICAL - 192.0.2.1: rta nan, lost 100%',
    'FPING CRITICAL - 192.0.2.1 (loss=100% )',
    'CRITICAL - Host Unreachable (192.0.2.1)',
    'connect to address 192.0.2.1 and port 80: No route to host',
    'connect to address 192.0.2.1 and port 80: Network is unreachable',
    'connect to address 192.0.2.1 and port 80: Connection timed out',
    "Can't connect to server on '192.0.2.1' (110)",
  ])('silence: %s', (output) => {
    expect(evidenceClassOf(exited(2, output), false)).toBe('timeout')
    expect(evidenceClassOf(exited(1, output), false)).toBe('error')
  })

  test.each([
    'connect to address 127.0.0.1 and port 1: Connection refused',
    'HTTP CRITICAL: HTTP/1.1 504 Gateway Timeout - 233 bytes in 0.3 second response time',
    'HTTP CRITICAL: HTTP/1.1 408 Request Time-out',
    'HTTP CRITICAL: HTTP/1.1 500 Internal Server Error',
    'DISK CRITICAL - free space: / 100 MB (1%)',
    'PING CRITICAL - Packet loss = 60%, RTA = 2.00 ms',
    "Can't connect to server on '192.0.2.1' (115)",
  ])('an answer: %s', (output) => {
    expect(evidenceClassOf(exited(2, output), false)).toBe('error')
  })

  test('a limit of time that was reached is silence, what could not look is unknown', () => {
    expect(evidenceClassOf({ kind: 'timed-out', afterMs: 1, output: '' }, true)).toBe('timeout')
    const resolver = exited(2, 'check_tcp: Temporary failure in name resolution')
    expect(evidenceClassOf(resolver, false)).toBe('unknown')
    const missing = { kind: 'not-started', reason: 'no-such-command', output: '' } as const
    expect(evidenceClassOf(missing, false)).toBe('unknown')
  })
})
