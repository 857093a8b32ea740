import { instant } from '../src/base/instant.ts'
import type { CheckResult } from '../src/domain/check-result.ts'
import { serviceCheckId } from '../src/domain/check-id.ts'

const AT = Date.parse('2027-06-01T12:00:00Z')

/** Results `from` to `to` of a boot, of the size that real plugins give. */
export function someResults(boot: string, from: number, to: number): CheckResult[] {
  return Array.from({ length: to - from + 1 }, (_, n) => aResult(boot, from + n))
}

export function aResult(boot: string, seq: number): CheckResult {
  return {
    collector: 'test',
    boot,
    seq,
    checkId: serviceCheckId(`host-${seq % 700}`, `service ${seq % 10}`),
    origin: 'scheduled',
    dueAt: instant(AT + seq),
    startedAt: instant(AT + seq),
    finishedAt: instant(AT + seq + 8),
    outcome: {
      kind: 'exited',
      code: 0,
      output: `TCP OK - 0.008 second response time on 192.0.2.${seq % 250} port 443 [número ${seq}]`,
      longOutput: '',
      perfdata: 'time=0.008s;;;0.000000;10.000000 size=512B;;;0',
    },
  }
}
