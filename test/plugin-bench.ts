import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { systemClock } from '../src/adapters/system/clock.ts'
import type { ExecutorSettings, PluginExecutor } from '../src/collector/executor/executor.ts'
import type { Finished } from '../src/collector/ports.ts'
import type { CheckCommand } from '../src/domain/check.ts'
import { checkOf, testExecutor } from './run-once.ts'

/** Writes bash plugins into a folder that is removed after the tests of the file that asks; gives their path. */
export function pluginFolder(): {
  readonly folder: string
  readonly plugin: (name: string, body: string) => string
} {
  const folder = mkdtempSync(join(tmpdir(), 'plugins-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  return {
    folder,
    plugin: (name, body) => {
      const path = join(folder, name)
      writeFileSync(path, `#!/bin/bash\n${body}\n`, { mode: 0o755 })
      return path
    },
  }
}

/** An executor with few shells, and its results as promises. */
export class PluginBench {
  readonly executor: PluginExecutor
  readonly #waiting = new Map<string, (finished: Finished) => void>()

  constructor(settings: Partial<ExecutorSettings> = {}) {
    this.executor = testExecutor(
      (finished) => this.#waiting.get(finished.job.check.id)?.(finished),
      { slots: 4, killGraceMs: 200, ...settings },
    )
  }

  /** Waits for a slot, as the scheduler does. */
  async run(service: string, given: string | CheckCommand, timeoutMs = 10_000): Promise<Finished> {
    const wish = typeof given === 'string' ? { line: given } : { command: given }
    const check = checkOf({ service, timeoutMs, ...wish })
    const result = new Promise<Finished>((resolve) => this.#waiting.set(check.id, resolve))
    const job = {
      check,
      origin: 'scheduled' as const,
      dueAt: systemClock.now(),
      macros: () => ({}),
    }
    while (!this.executor.start(job)) await systemClock.sleep(5)
    return result
  }

  metric(name: string): number {
    return this.executor.metrics.find((metric) => metric.name === name)?.read() ?? Number.NaN
  }
}
