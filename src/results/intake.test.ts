import { afterEach, expect, test, vi } from 'vitest'
import { fleetOf } from '../../test/fleet-of.ts'
import { createRecordingStore, type RecordingStore } from '../../test/recording-store.ts'
import { resultOf } from '../../test/result-of.ts'
import { createMemoryBus } from '../adapters/memory/bus.ts'
import { systemClock } from '../adapters/system/clock.ts'
import type { Log } from '../base/log.ts'
import { serviceCheckId } from '../domain/check-id.ts'
import type { CheckResult } from '../domain/check-result.ts'
import { BusUnavailable } from '../wire/bus.ts'
import { MESSAGE_VERSION, results, watermark, type Watermark } from '../wire/subjects.ts'
import { createFleetIndex } from './fleet-index.ts'
import { DEFAULT_INTAKE, startIntake, type Intake, type IntakeSettings } from './intake.ts'

const http = serviceCheckId('host-0', 'service-0')
const started: Intake[] = []
afterEach(async () => {
  await Promise.all(started.splice(0).map((intake) => intake.stop()))
})

/** An intake with a real bus and clock, a collector that listens, and a log that is remembered. */
async function hub(
  store: RecordingStore = createRecordingStore(),
  settings: Partial<IntakeSettings> = {},
) {
  const bus = createMemoryBus()
  const index = createFleetIndex(fleetOf({ hosts: 1, servicesPerHost: 2 }), systemClock.now())
  const lines: string[] = []
  const write = (message: string): void => void lines.push(message)
  const log: Log = { debug: write, info: write, warn: write, error: write, child: () => log }
  const told: Watermark[] = []
  bus.subscribe(watermark('hub-0', 'collector-0'), (mark) => void told.push(mark))
  const intake = await startIntake({
    bus,
    store,
    index,
    clock: systemClock,
    log,
    hub: 'hub-0',
    settings: { ...DEFAULT_INTAKE, gatherMs: 1, retryFirstMs: 1, retryMaxMs: 4, ...settings },
  })
  started.push(intake)
  const send = (...sent: CheckResult[]): Promise<void> =>
    bus.publish(results('hub-0', 'collector-0'), {
      version: MESSAGE_VERSION,
      collector: 'collector-0',
      results: sent,
    })
  const metric = (name: string): number => {
    const found = intake.metrics.find((each) => each.name === name)
    if (found === undefined) throw new Error(`there is no metric ${name}`)
    return found.read()
  }
  return { bus, store, index, intake, send, metric, told, lines }
}

const gated = (store: RecordingStore) => {
  const { promise, resolve } = Promise.withResolvers<void>()
  store.pause = promise
  return resolve
}

test('[IN5, IN6] the index shows a result at once, the store has it in one transaction, then the collector is told', async () => {
  const store = createRecordingStore()
  const open = gated(store)
  const { send, index, told } = await hub(store)
  await send(resultOf(1, 2), resultOf(2, 2))
  expect(index.get(http)?.record).toMatchObject({ state: 'critical', attempt: 2 })
  expect(store.history.size).toBe(0)
  expect(told).toEqual([])
  open()
  await vi.waitFor(() => expect(told).toHaveLength(1))
  expect(told[0]).toMatchObject({ collector: 'collector-0', boot: 'boot-0', seq: 2 })
  expect(store.commits).toEqual([2])
  expect(store.records.get(http)).toEqual(index.get(http)?.record)
})

test('[IN6] while one transaction runs the next ones gather, up to their bound', async () => {
  const store = createRecordingStore()
  const open = gated(store)
  const { send } = await hub(store, { commitMax: 3 })
  for (let seq = 1; seq <= 7; seq++) await send(resultOf(seq))
  open()
  await vi.waitFor(() => expect(store.history.size).toBe(7))
  expect(Math.max(...store.commits)).toBeLessThanOrEqual(3)
  expect(store.commits.length).toBeLessThanOrEqual(4)
})

test('[IN7] a second run goes on where the store stands, and says so', async () => {
  const store = createRecordingStore()
  const first = await hub(store)
  await first.send(resultOf(1, 2), resultOf(2, 2))
  await first.intake.stop()
  const second = await hub(store)
  expect(second.index.get(http)?.record).toMatchObject({ state: 'critical', attempt: 2 })
  await vi.waitFor(() => expect(second.told).toMatchObject([{ seq: 2 }]))
  await second.send(resultOf(2, 2), resultOf(3, 2))
  await vi.waitFor(() => expect(second.told.at(-1)).toMatchObject({ seq: 3 }))
  expect(store.history.size).toBe(3)
  expect(store.records.get(http)).toMatchObject({ type: 'hard', attempt: 3 })
})

test('[IN8] an outage of the store is told once, survived, and told once when it is over', async () => {
  const store = createRecordingStore()
  store.isAvailable = false
  const { send, intake, lines, metric, told } = await hub(store)
  await send(resultOf(1))
  await vi.waitFor(() => expect(metric('parallax_store_commit_failures_total')).toBeGreaterThan(3))
  expect(intake.databaseStatus).toMatch(/^unavailable since .*: switched off$/)
  await send(resultOf(2, 2))
  expect(told).toEqual([])
  store.isAvailable = true
  await vi.waitFor(() => expect(told.at(-1)).toMatchObject({ seq: 2 }))
  expect(intake.databaseStatus).toBe('ok')
  expect(lines.filter((line) => line.startsWith('store'))).toEqual([
    'store unavailable, results are kept in memory and outboxes',
    'store is back',
  ])
  expect(store.history.size).toBe(2)
})

test('[IN9] when too much waits for the store senders wait too, in their order, and at last are refused', async () => {
  const store = createRecordingStore()
  store.isAvailable = false
  const { send, index, metric } = await hub(store, { pendingMax: 2, waitingMax: 2 })
  await send(resultOf(1), resultOf(2))
  const entered: number[] = []
  const third = send(resultOf(3, 2)).then(() => entered.push(3))
  const fourth = send(resultOf(4, 1)).then(() => entered.push(4))
  await expect(send(resultOf(5))).rejects.toThrow(BusUnavailable)
  expect(metric('parallax_intake_pending_results')).toBe(2)
  expect(index.get(http)?.record.state).toBe('ok')
  store.isAvailable = true
  await Promise.all([third, fourth])
  expect(entered).toEqual([3, 4])
  await vi.waitFor(() => expect(store.history.size).toBe(4))
  expect(index.get(http)?.record.state).toBe('warning')
})

test('[IN9] heavy results fill the room sooner: the bound is one of memory', async () => {
  const store = createRecordingStore()
  store.isAvailable = false
  const { send, metric } = await hub(store, { pendingMax: 100 })
  const perfdata = 'a=1 '.repeat(16_000)
  const heavy = (seq: number): CheckResult =>
    resultOf(seq, 0, {
      outcome: { kind: 'exited', code: 0, output: 'o', longOutput: '', perfdata },
    })
  let entered = 0
  const sent = Array.from({ length: 50 }, (_, n) => send(heavy(n + 1)).then(() => entered++))
  await vi.waitFor(() => expect(metric('parallax_intake_pending_results')).toBeGreaterThan(0))
  expect(entered).toBeLessThan(10)
  store.isAvailable = true
  await Promise.all(sent)
  await vi.waitFor(() => expect(store.history.size).toBe(50))
})

test('[IN10] stopping stores what is pending and tells; later batches are refused', async () => {
  const store = createRecordingStore()
  const { send, intake, told } = await hub(store, { gatherMs: 60_000 })
  await send(resultOf(1), resultOf(2))
  await intake.stop()
  expect(store.history.size).toBe(2)
  expect(told.at(-1)).toMatchObject({ seq: 2 })
  await intake.finished
})

test('[IN10] stopping without a store turns those who wait away and ends', async () => {
  const store = createRecordingStore()
  store.isAvailable = false
  const { send, intake } = await hub(store, {
    pendingMax: 1,
    retryFirstMs: 60_000,
    retryMaxMs: 60_000,
  })
  await send(resultOf(1))
  const waiting = send(resultOf(2))
  await Promise.all([expect(waiting).rejects.toThrow(BusUnavailable), intake.stop()])
  expect(store.history.size).toBe(0)
})

test('[IN11] a collector that repeats what is stored hears its watermark again', async () => {
  const { send, told, metric, store } = await hub()
  await send(resultOf(1), resultOf(2))
  await vi.waitFor(() => expect(told).toHaveLength(1))
  await send(resultOf(1), resultOf(2))
  await vi.waitFor(() => expect(told).toHaveLength(2))
  expect(told[1]).toMatchObject({ seq: 2 })
  expect(metric('parallax_results_duplicate_total')).toBe(2)
  expect(store.commits).toEqual([2])
})

test('[IN2, IN3] the numbers say where results went', async () => {
  const { send, metric } = await hub()
  await send(resultOf(5), resultOf(6, 0, { checkId: serviceCheckId('gone', 'x') }))
  expect(metric('parallax_results_counted_total')).toBe(1)
  expect(metric('parallax_results_unknown_check_total')).toBe(1)
  expect(metric('parallax_results_missing_total')).toBe(4)
  await vi.waitFor(() => expect(metric('parallax_intake_pending_results')).toBe(0))
  expect(metric('parallax_store_commit_seconds_total')).toBeGreaterThanOrEqual(0)
})

test('[IN6] a store that breaks in another way is our bug and ends the intake', async () => {
  const store = createRecordingStore()
  store.commit = async () => {
    throw new TypeError('a bug')
  }
  const { send, intake } = await hub(store)
  const ended = expect(intake.finished).rejects.toThrow('a bug')
  await send(resultOf(1))
  await ended
  started.splice(started.indexOf(intake), 1)
  await expect(intake.stop()).rejects.toThrow('a bug')
})

test('[IN15] a batch under the name of another collector is dropped, counted, and said once', async () => {
  const { bus, store, metric, lines } = await hub()
  for (let n = 1; n <= 3; n++) {
    await bus.publish(results('hub-0', 'collector-1'), {
      version: MESSAGE_VERSION,
      collector: 'collector-0',
      results: [resultOf(n)],
    })
  }
  expect(metric('parallax_intake_forged_total')).toBe(3)
  expect(store.history.size).toBe(0)
  expect(lines.filter((line) => line.includes('another collector'))).toHaveLength(1)
})
