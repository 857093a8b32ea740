import { expect, test } from 'vitest'
import { beatOf } from '../../test/beats.ts'
import { createTestClock } from '../../test/test-clock.ts'
import { createMemoryBus } from '../adapters/memory/bus.ts'
import { silentLog } from '../base/log.ts'
import { numbersOf } from '../base/metrics.ts'
import { serviceCheckId } from '../domain/check-id.ts'
import { createRoster } from '../orchestrator/roster.ts'
import type { Inquiry } from '../results/shared-verdicts.ts'
import { hintsTo, probesOf, type Hints } from '../wire/asking.ts'
import type { Beat } from '../wire/cluster.ts'
import { MESSAGE_VERSION } from '../wire/subjects.ts'
import { startQuestioner } from './questioner.ts'
import { Undoing } from './undoing.ts'

const idOf = (n: number) => serviceCheckId('web', `s${n}`)

function world() {
  const clock = createTestClock()
  const bus = createMemoryBus()
  const roster = createRoster(clock)
  const heard: string[] = []
  const hints: string[] = []
  let ask: (inquiries: readonly Inquiry[]) => void = () => undefined
  const undoing = new Undoing()
  const metrics = startQuestioner(
    {
      hub: 'hub-a',
      bus,
      roster,
      intake: {
        inquireBy: (carry) => void (ask = carry),
        hint: (collector, runs) =>
          void hints.push(`${collector} ${runs.map(({ checkId }) => checkId).join(' ')}`),
      },
      clock,
      log: silentLog,
    },
    undoing,
  )
  let beats = 0
  return {
    heard,
    hints,
    numbers: () => numbersOf(metrics),
    end: () => undoing.run(),
    join: (id: string, more: Partial<Beat> = {}): void => {
      roster.hear(beatOf(id, ++beats, more), `beat.${id}`)
      bus.subscribe(probesOf(id), ({ asks }) => void heard.push(`${id} ${asks.length}`))
    },
    ask: async (cluster: string, ...numbers: readonly number[]): Promise<void> => {
      const why = 'suspect'
      ask(numbers.map((n) => ({ cluster, checkId: idOf(n), timeoutMs: 5_000, why })))
      await new Promise((resolve) => setImmediate(resolve))
    },
    hint: (subject: string, collector: string) =>
      bus.publish({ ...hintsTo('hub-a', subject) }, {
        version: MESSAGE_VERSION,
        collector,
        runs: [{ checkId: idOf(1), waitedMs: 3_000 }],
      } satisfies Hints),
  }
}

test('[AK6] a question goes to all collectors of the cluster that are there and have checks', async () => {
  const { join, ask, heard, numbers } = world()
  join('east.c1')
  join('east.c2')
  join('east.heavy', { role: 'executor' })
  join('west.c1')
  await ask('east', 1, 2)
  expect(heard.toSorted()).toEqual(['east.c1 2', 'east.c2 2'])
  await ask('north', 1)
  expect(heard).toHaveLength(2)
  expect(numbers()).toMatchObject({
    parallax_questions_asked_total: 2,
    parallax_questions_unheard_total: 1,
  })
})

test('[AK6] many questions at once go in messages of 500', async () => {
  const { join, ask, heard } = world()
  join('east.c1')
  await ask('east', ...Array.from({ length: 1_200 }, (_, n) => n))
  expect(heard).toEqual(['east.c1 500', 'east.c1 500', 'east.c1 200'])
})

test('[AK7] a hint counts as that of its sender only', async () => {
  const { hint, hints, numbers, end } = world()
  await hint('east.c1', 'east.c1')
  expect(hints).toEqual([`east.c1 ${idOf(1)}`])
  await hint('east.c1', 'west.c1')
  expect(hints).toHaveLength(1)
  expect(numbers()['parallax_hints_forged_total']).toBe(1)
  await end()
  await hint('east.c1', 'east.c1')
  expect(hints).toHaveLength(1)
})
