import { expect, test } from 'vitest'
import { aCheck } from '../../test/checks.ts'
import { createRig, createRigExecutor, until } from '../../test/collector-rig.ts'
import type { Finished } from './ports.ts'

test('[SW4] a run that found out nothing new has no result, and the check goes on at its own pace', async () => {
  await using rig = await createRig()
  let runs = 0
  const executorFactory = (onFinished: (finished: Finished) => void) =>
    createRigExecutor((finished) => {
      runs++
      const isWithheld = runs > 1 && runs < 6
      onFinished(isWithheld ? { ...finished, isWithheld } : finished)
    }, {})
  const { collector } = await rig.start({ executorFactory })
  await rig.plan([aCheck('one', { intervalMs: 30, retryIntervalMs: 30 })])
  await until(() => runs >= 8)
  await until(() => rig.hub.taken.length >= 4)
  await rig.plan([])
  await until(() => collector.stats().running === 0)
  await until(() => rig.hub.taken.length === collector.stats().results)
  expect(collector.stats().results).toBe(runs - 4)
  // Numbers of results have no gaps: none was given up.
  expect(rig.hub.taken.map(({ seq }) => seq)).toEqual(rig.hub.taken.map((_, index) => index + 1))
})
