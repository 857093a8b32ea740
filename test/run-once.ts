import type { Builtin } from '../src/collector/executor/builtin/builtin.ts'
import {
  createExecutor,
  DEFAULT_EXECUTOR,
  type ExecutorSettings,
  type PluginExecutor,
} from '../src/collector/executor/executor.ts'
import type { Finished } from '../src/collector/ports.ts'
import { systemClock } from '../src/adapters/system/clock.ts'
import { silentLog } from '../src/base/log.ts'
import {
  BUILTIN_NAMES,
  type BuiltinName,
  type Check,
  type CheckCommand,
} from '../src/domain/check.ts'
import type { CheckOutcome } from '../src/domain/check-result.ts'
import { hostCheckId, serviceCheckId } from '../src/domain/check-id.ts'

/** A plugin run for real, with the product's own executor. */
export interface Ran {
  readonly outcome: CheckOutcome
  readonly tookMs: number
}

export interface RunWish {
  readonly line?: string
  readonly command?: CheckCommand
  readonly service?: string
  readonly timeoutMs?: number
}

const noBuiltin: Builtin = {
  start: () => {
    throw new Error('not wired in this test')
  },
}

export function testExecutor(
  onFinished: (finished: Finished) => void,
  settings: Partial<ExecutorSettings> = {},
): PluginExecutor {
  const builtins = Object.fromEntries(BUILTIN_NAMES.map((name) => [name, noBuiltin])) as Record<
    BuiltinName,
    Builtin
  >
  return createExecutor({
    clock: systemClock,
    log: silentLog,
    builtins,
    settings: { ...DEFAULT_EXECUTOR, ...settings },
    onFinished,
  })
}

export function checkOf(wish: RunWish): Check {
  return {
    id: wish.service === undefined ? hostCheckId('h') : serviceCheckId('h', wish.service),
    hostName: 'h',
    serviceName: wish.service,
    intervalMs: 60_000,
    retryIntervalMs: 60_000,
    maxAttempts: 3,
    timeoutMs: wish.timeoutMs ?? 10_000,
    period: undefined,
    command: wish.command ?? {
      kind: 'shell-line',
      line: wish.line ?? 'true',
      hasRuntimeMacros: false,
      environment: {},
    },
  }
}

/** Runs one command in an executor of its own and closes it. */
export async function runOnce(
  wish: RunWish,
  settings: Partial<ExecutorSettings> = {},
): Promise<Ran> {
  let executor: PluginExecutor | undefined
  const finished = await new Promise<Finished>((resolve, reject) => {
    executor = testExecutor(resolve, settings)
    const isStarted = executor.start({
      check: checkOf(wish),
      origin: 'scheduled',
      dueAt: systemClock.now(),
      macros: () => ({}),
    })
    if (!isStarted) reject(new Error('no free slot'))
  })
  await executor?.close()
  return { outcome: finished.outcome, tookMs: finished.finishedAt - finished.startedAt }
}
