import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createMemoryBus } from '../src/adapters/memory/bus.ts'
import { openOutbox } from '../src/adapters/sqlite/outbox.ts'
import { systemClock } from '../src/adapters/system/clock.ts'
import type { Check } from '../src/domain/check.ts'
import type { CheckOutcome, CheckResult } from '../src/domain/check-result.ts'
import type { TimePeriod } from '../src/domain/time-period.ts'
import {
  startCollector,
  type Collector,
  type CollectorSettings,
} from '../src/collector/collector.ts'
import type { Executor, Finished, Job, Outbox } from '../src/collector/ports.ts'
import {
  MESSAGE_VERSION,
  passive,
  plan,
  recheck,
  results,
  watermark,
} from '../src/wire/subjects.ts'
import { createTestLog } from './test-log.ts'

const NAME = 'test'
const HUB = 'hub-0'

export const fine: Extract<CheckOutcome, { kind: 'exited' }> = {
  kind: 'exited',
  code: 0,
  output: 'fine',
  longOutput: '',
  perfdata: '',
}

/** An executor that runs nothing: each job ends after `durationMs` with what `outcomeOf` says. */
export interface RigExecutor extends Executor {
  readonly jobs: Job[]
}

export interface RigExecutorSettings {
  readonly durationMs?: number
  readonly slots?: number
  readonly outcomeOf?: (job: Job) => CheckOutcome
}

export interface RigSettings extends RigExecutorSettings {
  readonly settings?: Partial<CollectorSettings>
  /** Another executor than the rig's. */
  readonly executorFactory?: (onFinished: (finished: Finished) => void) => Executor
}

export function createRigExecutor(
  onFinished: (finished: Finished) => void,
  { durationMs = 1, slots = 1_000, outcomeOf = () => fine }: RigExecutorSettings,
): RigExecutor {
  const jobs: Job[] = []
  const timers = new Set<NodeJS.Timeout>()
  return {
    jobs,
    slots,
    get running() {
      return timers.size
    },
    start(job) {
      if (timers.size >= slots) return false
      jobs.push(job)
      const startedAt = systemClock.now()
      const outcome = outcomeOf(job)
      const timer = setTimeout(() => {
        timers.delete(timer)
        onFinished({ job, startedAt, finishedAt: systemClock.now(), outcome })
      }, durationMs)
      timers.add(timer)
      return true
    },
    async close() {
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
    },
  }
}

/** What a hub does with batches, as far as a collector can tell: takes them, or refuses, and says when they are stored. */
export interface RigHub {
  readonly taken: CheckResult[]
  /** Called before a batch is taken; what it throws is the hub's refusal. */
  gate: (batch: readonly CheckResult[]) => void | Promise<void>
  confirm(): Promise<void>
}

/** A real outbox in a temporary folder, a real bus, the real loop, and a hub that can be made to fail. */
export async function createRig() {
  const folder = mkdtempSync(join(tmpdir(), 'collector-'))
  const path = join(folder, 'outbox.db')
  const bus = createMemoryBus()
  const log = createTestLog()
  const collectors: Collector[] = []
  const hub: RigHub = {
    taken: [],
    gate: () => undefined,
    async confirm() {
      const newest = new Map(hub.taken.map(({ boot, seq }) => [boot, seq]))
      for (const [boot, seq] of newest)
        await bus.publish(watermark(HUB, NAME), {
          version: MESSAGE_VERSION,
          collector: NAME,
          boot,
          seq,
        })
    },
  }
  bus.subscribe(results(HUB, NAME), async (batch) => {
    await hub.gate(batch.results)
    hub.taken.push(...batch.results)
  })
  const open = (): Outbox =>
    openOutbox({ path, bytesMax: 1e9, ageMaxMs: 1e9, clock: systemClock, log })

  return {
    path,
    bus,
    log,
    hub,
    open,
    async start(with_: RigSettings = {}) {
      let executor: RigExecutor | undefined
      const makeExecutor = (onFinished: (finished: Finished) => void): Executor =>
        with_.executorFactory?.(onFinished) ?? (executor = createRigExecutor(onFinished, with_))
      const outbox = open()
      const collector = await startCollector({
        name: NAME,
        hubs: [HUB],
        bus,
        outbox,
        clock: systemClock,
        log,
        executorFactory: makeExecutor,
        ...(with_.settings === undefined ? {} : { settings: with_.settings }),
      })
      collectors.push(collector)
      return { collector, outbox, jobs: executor?.jobs ?? [] }
    },
    plan: (checks: readonly Check[], timePeriods: readonly TimePeriod[] = []) =>
      bus.publish(plan(NAME), { version: MESSAGE_VERSION, revision: 'r', checks, timePeriods }),
    recheck: (...checks: readonly Check[]) =>
      bus.publish(recheck(NAME), {
        version: MESSAGE_VERSION,
        checkIds: checks.map((check) => check.id),
        requestedAt: systemClock.now(),
      }),
    submit: (...checks: readonly Check[]) =>
      bus.request(
        passive(NAME),
        {
          version: MESSAGE_VERSION,
          results: checks.map(({ id }) => ({
            checkId: id,
            startedAt: systemClock.now(),
            finishedAt: systemClock.now(),
            outcome: fine,
          })),
        },
        5_000,
      ),
    async [Symbol.asyncDispose]() {
      await Promise.all(collectors.map((collector) => collector.stop()))
      rmSync(folder, { recursive: true })
    },
  }
}

/** Waits for a condition; what it returns when it holds. */
export async function until<T>(claim: () => T | false | undefined, withinMs = 5_000): Promise<T> {
  const end = performance.now() + withinMs
  for (;;) {
    const found = claim()
    if (found !== false && found !== undefined) return found
    if (performance.now() > end) throw new Error(`waited ${withinMs} ms for: ${claim.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}
