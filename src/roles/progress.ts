import type { Metric } from '../base/metrics.ts'

/** A part of the program that shows by its own numbers whether its work goes on. */
export interface Progress {
  readonly name: string
  /** @param nowMs of a clock that does not step */
  isMakingProgress(nowMs: number): boolean
}

/** Reads a number by its name; `undefined` where the program has no such part, or nothing is known of it now. */
export type Read = (metric: string) => number | undefined

interface Duty {
  readonly name: string
  /** It has work that it could do. */
  readonly isWanted: (read: Read) => boolean
  /** Moves whenever some of the work is done. */
  readonly done: (read: Read) => number | undefined
  /** With work and without a move for so long it is stuck. */
  readonly limitMs: number
}

const has = (count: number | undefined): boolean => count !== undefined && count > 0

/**
 * Limits are far beyond what a busy part needs, so that nothing that works is ended: a plugin may run for minutes, and results that
 * no hub confirms are sent again every five minutes only.
 */
const DUTIES: readonly Duty[] = [
  {
    name: 'scheduler',
    isWanted: (read) => has(read('parallax_checks')),
    done: (read) => read('parallax_scheduler_looks_total'),
    limitMs: 30_000,
  },
  {
    name: 'executor',
    isWanted: (read) =>
      has(read('parallax_executor_slots')) &&
      (read('parallax_checks_running') ?? 0) >= (read('parallax_executor_slots') ?? 0),
    done: (read) => read('parallax_executor_finished_total'),
    limitMs: 15 * 60_000,
  },
  {
    name: 'sender',
    isWanted: (read) =>
      has(read('parallax_outbox_waiting_results')) && !has(read('parallax_bus_hubs_unreachable')),
    done: (read) => read('parallax_collector_sent_total'),
    limitMs: 10 * 60_000,
  },
  {
    name: 'intake',
    isWanted: (read) =>
      has(read('parallax_intake_pending_results')) && has(read('parallax_store_available')),
    done: (read) => read('parallax_store_commit_seconds_total'),
    limitMs: 60_000,
  },
]

/** The parts of a program by its metrics. @param metrics asked each time: they grow while the program starts */
export function progressOf(metrics: () => readonly Metric[]): readonly Progress[] {
  return progressBy((name) =>
    metrics()
      .find((metric) => metric.name === name)
      ?.read(),
  )
}

export function progressBy(read: Read): readonly Progress[] {
  return DUTIES.map((duty) => progressIn(duty, read))
}

function progressIn({ name, isWanted, done, limitMs }: Duty, read: Read): Progress {
  let last: number | undefined
  let movedAt = Number.NEGATIVE_INFINITY
  return {
    name,
    isMakingProgress(nowMs) {
      const number = done(read)
      if (number === undefined || number !== last || !isWanted(read)) {
        last = number
        movedAt = nowMs
      }
      return nowMs - movedAt < limitMs
    },
  }
}
