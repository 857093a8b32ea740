import { instant } from '../src/base/instant.ts'
import { serviceCheckId } from '../src/domain/check-id.ts'
import type { CheckResult } from '../src/domain/check-result.ts'
import type { ReturnCode } from '../src/domain/state-names.ts'

/** A plain result for tests: of `host-0!service-0`, run by `collector-0` at second `seq`, OK, unless `differs` says otherwise. */
export function resultOf(
  seq: number,
  code: ReturnCode = 0,
  differs: Partial<CheckResult> = {},
): CheckResult {
  const at = differs.finishedAt ?? instant(1_700_000_000_000 + seq * 1000)
  return {
    collector: 'collector-0',
    boot: 'boot-0',
    seq,
    checkId: serviceCheckId('host-0', 'service-0'),
    origin: 'scheduled',
    dueAt: at,
    startedAt: at,
    finishedAt: at,
    outcome: { kind: 'exited', code, output: `code ${code}`, longOutput: '', perfdata: '' },
    ...differs,
  }
}
