import { instant } from '../src/base/instant.ts'
import type { CheckId } from '../src/domain/check-id.ts'
import type { Check } from '../src/domain/check.ts'
import type { ResultOrigin } from '../src/domain/check-result.ts'
import type { ReturnCode } from '../src/domain/state-names.ts'
import { createScheduler, type Scheduler } from '../src/collector/scheduler/scheduler.ts'

/** One run of a check under the virtual clock. `realMs` is the time that never steps. */
export interface Run {
  readonly id: CheckId
  readonly origin: ResultOrigin
  readonly dueAt: number
  readonly startedAt: number
  readonly realStartMs: number
  readonly realEndMs: number
  code: ReturnCode
}

export interface VirtualSettings {
  readonly startAt: number
  /** How long the nth run of all takes, in ms. */
  readonly durationMs: (check: Check, nth: number) => number
  readonly codeOf?: (check: Check, nth: number) => ReturnCode
  /** Places of the executor; without it there is always one. */
  readonly slots?: number
  /** Places of one kind of command, such as `tcp`. */
  readonly slotsOf?: Readonly<Record<string, number>>
}

/** As often as the real loop looks at least; less than the silence that counts as a step. */
const TICK_MS = 20_000

/** The real scheduler with a clock, an executor and nothing else: weeks take milliseconds. */
export function createVirtualCollector(settings: VirtualSettings) {
  const scheduler: Scheduler = createScheduler()
  const runs: Run[] = []
  let running: { readonly check: Check; readonly run: Run }[] = []
  let real = 0
  let offset = settings.startAt
  const wall = (): number => real + offset
  const kindOf = ({ command }: Check): string =>
    command.kind === 'builtin' ? command.builtin : command.kind

  const hasPlace = (check: Check): boolean => {
    const ofKind = settings.slotsOf?.[kindOf(check)] ?? Number.POSITIVE_INFINITY
    return (
      running.length < (settings.slots ?? Number.POSITIVE_INFINITY) &&
      running.filter((other) => kindOf(other.check) === kindOf(check)).length < ofKind
    )
  }
  const start = (check: Check, origin: ResultOrigin, dueAt: number): boolean => {
    if (!hasPlace(check)) return false
    if (running.some((other) => other.check.id === check.id))
      throw new Error(`two runs of ${check.id} at once`)
    const nth = runs.length
    const run: Run = {
      id: check.id,
      origin,
      dueAt,
      startedAt: wall(),
      realStartMs: real,
      realEndMs: real + settings.durationMs(check, nth),
      code: settings.codeOf?.(check, nth) ?? 0,
    }
    runs.push(run)
    running.push({ check, run })
    return true
  }
  const tick = (): void => {
    const ended = running.filter(({ run }) => run.realEndMs <= real)
    if (ended.length > 0) running = running.filter(({ run }) => run.realEndMs > real)
    for (const { check, run } of ended) {
      const startedAt = wall() - (real - run.realStartMs)
      scheduler.finish(check.id, run.code, instant(startedAt), instant(wall()))
    }
    scheduler.run(instant(wall()), start)
  }

  return {
    scheduler,
    runs,
    get now() {
      return instant(wall())
    },
    get realMs() {
      return real
    },
    runsOf: (id: CheckId) => runs.filter((run) => run.id === id),
    /** Goes on for so long, looking whenever something is due or ends, and every tick. */
    pass(ms: number): void {
      const end = real + ms
      tick()
      while (real < end) {
        let next = Math.min(end, real + TICK_MS)
        const due = scheduler.nextDueAt
        if (due !== undefined) next = Math.min(next, Math.max(real + 1, due - offset))
        for (const { run } of running) next = Math.min(next, run.realEndMs)
        real = Math.max(next, real)
        tick()
      }
    },
    /** The wall clock steps; nothing else happens. */
    step(ms: number): void {
      offset += ms
    },
  }
}

export type VirtualCollector = ReturnType<typeof createVirtualCollector>
