import process from 'node:process'
import { systemClock } from '../../adapters/system/clock.ts'
import { openWatchdogLine } from '../../adapters/system/watchdog-line.ts'
import type { Log } from '../../base/log.ts'
import type { Progress } from '../../roles/progress.ts'
import { startPulse, type ProgramPulse } from '../../roles/pulse.ts'
import { EXIT } from '../exit.ts'
import type { Terminal } from '../terminal.ts'

/** A program that runs until somebody ends it. */
export interface Running {
  /** Settles only by rejecting: a part failed. */
  readonly failed: Promise<unknown>
  /** Its parts, as its watchdog looks at them. */
  readonly progress: readonly Progress[]
  stop(): Promise<void>
}

/** Shows signs of life to the watchdog while `body` runs. */
export async function withPulse(
  log: Log,
  body: (pulse: ProgramPulse) => Promise<void>,
): Promise<void> {
  const pulse = startPulse({ send: openWatchdogLine(), clock: systemClock, log })
  try {
    await body(pulse)
  } finally {
    pulse.close()
  }
}

export interface Surroundings {
  readonly terminal: Terminal
  readonly log: Log
  readonly pulse: ProgramPulse
}

/** Waits for a signal or a failure, stops the program in order and ends the process. */
export async function untilStopped(
  running: Running,
  { terminal, log, pulse }: Surroundings,
): Promise<void> {
  pulse.running(running.progress)
  const reason = await Promise.race([
    stopSignal(),
    running.failed.then(
      () => ({ error: new Error('it ended by itself') }),
      (error: unknown) => ({ error }),
    ),
  ])
  pulse.stopping()
  if (typeof reason === 'object') log.error('a part of the program failed, it ends', reason)
  else terminal.say(`${reason}: stopping`)
  await running.stop()
  process.exit(typeof reason === 'object' ? EXIT.failed : EXIT.ok)
}

/** Ctrl-C reaches this process and its watchdog, which passes it on: the same signal again is no other wish. */
async function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve(signal))
  })
}
