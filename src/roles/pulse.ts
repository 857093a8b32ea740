import type { Pulse } from '../adapters/system/watchdog-line.ts'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Progress } from './progress.ts'

export interface PulseParts {
  /** To the watchdog. */
  readonly send: (pulse: Pulse) => void
  readonly clock: Clock
  readonly log: Log
}

/** The sign of life of a program: its event loop turns, and its parts go on. */
export interface ProgramPulse {
  /** It is up: from now on these parts are looked at. */
  running(parts: readonly Progress[]): void
  /** It ends in order: whatever stands still now is no fault. */
  stopping(): void
  /** Beats no more. */
  close(): void
}

const EVERY_MS = 1_000

/** Beats until it is closed. */
export function startPulse({ send, clock, log }: PulseParts): ProgramPulse {
  let phase: Pulse['phase'] = 'starting'
  let parts: readonly Progress[] = []
  let told: string | undefined
  let cancel = (): void => undefined
  const beat = (): void => {
    const nowMs = clock.monotonicMs()
    // Every part is asked every time: each counts from when it last moved.
    const [stuck] = parts.filter((part) => !part.isMakingProgress(nowMs))
    if (stuck !== undefined && stuck.name !== told)
      log.error('a part makes no progress', { part: stuck.name })
    told = stuck?.name
    send(stuck === undefined ? { phase } : { phase, stuck: stuck.name })
    cancel = clock.timer(EVERY_MS, beat)
  }
  beat()
  return {
    running(looked) {
      phase = 'running'
      parts = looked
      send({ phase })
    },
    stopping() {
      phase = 'stopping'
      parts = []
    },
    close: () => cancel(),
  }
}
