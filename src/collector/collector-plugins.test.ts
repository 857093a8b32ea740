import { expect, test } from 'vitest'
import { aCheck } from '../../test/checks.ts'
import { createRig, until } from '../../test/collector-rig.ts'
import { testExecutor } from '../../test/run-once.ts'
import type { Check } from '../domain/check.ts'

/** Real shells and plugins under the loop; what plugins may do to it is in the executor's own tests. */
function plugin(name: string, line: string, with_: Partial<Check> = {}): Check {
  const hasRuntimeMacros = line.includes('$SERVICE')
  return aCheck(name, {
    intervalMs: 200,
    retryIntervalMs: 200,
    command: { kind: 'shell-line', line, hasRuntimeMacros, environment: {} },
    ...with_,
  })
}

test('plugins run in their slots, few shells serve many checks, and every result arrives', async () => {
  await using rig = await createRig()
  const { collector } = await rig.start({
    executorFactory: (onFinished) => testExecutor(onFinished, { slots: 4 }),
  })
  await rig.plan([
    plugin('fine', `printf 'fine | a=1;2;3\\nmore'`),
    plugin('broken', `echo broken; exit 2`),
    plugin('missing', '/no/such/plugin'),
    plugin('hangs', 'sleep 60', { timeoutMs: 300, intervalMs: 1_000 }),
    plugin('asks', `echo "attempt $SERVICEATTEMPT$ of $SERVICESTATE$"; exit 2`),
    ...Array.from({ length: 30 }, (_, n) => plugin(`one of many ${n}`, 'echo ok')),
  ])
  const outcomesOf = (service: string) =>
    rig.hub.taken.filter(({ checkId }) => checkId === `h!${service}`).map((one) => one.outcome)
  await until(() => outcomesOf('asks').length >= 3 && outcomesOf('hangs').length > 0, 15_000)
  expect(outcomesOf('fine')[0]).toEqual({
    kind: 'exited',
    code: 0,
    output: 'fine',
    longOutput: 'more',
    perfdata: 'a=1;2;3',
  })
  expect(outcomesOf('broken')[0]).toMatchObject({ kind: 'exited', code: 2, output: 'broken' })
  expect(outcomesOf('missing')[0]).not.toMatchObject({ code: 0 })
  expect(outcomesOf('hangs')[0]).toMatchObject({ kind: 'timed-out' })
  expect(outcomesOf('asks').slice(0, 3)).toMatchObject([
    { output: 'attempt 1 of PENDING' },
    { output: 'attempt 1 of CRITICAL' },
    { output: 'attempt 2 of CRITICAL' },
  ])
  await until(() => new Set(rig.hub.taken.map((one) => one.checkId)).size === 35, 15_000)
  const seqs = rig.hub.taken.map((one) => one.seq)
  expect(seqs).toEqual(seqs.map((_, n) => n + 1))
  expect(collector.stats().started).toBeGreaterThan(35)
})
