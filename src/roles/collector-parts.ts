import { join } from 'node:path'
import { createFpingPinger } from '../adapters/fping/fping-pinger.ts'
import { openOutbox } from '../adapters/sqlite/outbox.ts'
import { assert } from '../base/assert.ts'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { createBuiltins } from '../collector/executor/builtin/builtins.ts'
import {
  createExecutor,
  DEFAULT_EXECUTOR,
  type PluginExecutor,
} from '../collector/executor/executor.ts'
import { startCollector, type Collector } from '../collector/collector.ts'
import type { Outbox } from '../collector/ports.ts'
import type { HubSettings } from '../settings/settings.ts'
import type { SystemStatus } from '../wire/api/actions.ts'
import type { Bus } from '../wire/bus.ts'
import type { Undoing } from './undoing.ts'

/** What every program with a collector in it gives to it. */
export interface CollectorSurroundings {
  readonly settings: Pick<
    HubSettings,
    'data' | 'outboxBytesMax' | 'outboxAgeMaxMs' | 'pluginSlots' | 'builtinSlots'
  >
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  readonly log: Log
  readonly name: string
  readonly hub: string
  readonly bus: Bus
  /** For the built-in check of Parallax itself. */
  readonly selfStatus: () => SystemStatus
}

export interface RunningCollector {
  readonly collector: Collector
  readonly executor: PluginExecutor
  readonly outbox: Outbox
}

/** A collector with its outbox, executor and built-in checks. */
export async function startCollectorParts(
  of: CollectorSurroundings,
  undoing: Undoing,
): Promise<RunningCollector> {
  const { settings, clock, log, name, hub, bus } = of
  const outbox = openOutbox({
    path: join(settings.data, 'outbox.sqlite'),
    bytesMax: settings.outboxBytesMax,
    ageMaxMs: settings.outboxAgeMaxMs,
    clock,
    log,
  })
  const pinger = createFpingPinger(clock)
  const builtins = createBuiltins({ clock, pinger, selfStatus: of.selfStatus })
  undoing.add(() => builtins.close())
  const executorSettings = {
    ...DEFAULT_EXECUTOR,
    slots: settings.pluginSlots,
    builtinSlots: settings.builtinSlots,
    environment: pluginEnvironment(of.environment),
  }
  let executor: PluginExecutor | undefined
  const collector = await startCollector({
    name,
    hub,
    bus,
    outbox,
    clock,
    log,
    executorFactory: (onFinished) =>
      (executor = createExecutor({
        clock,
        log,
        builtins: builtins.builtins,
        settings: executorSettings,
        onFinished,
      })),
  })
  undoing.add(() => collector.stop())
  assert(executor !== undefined, 'a collector makes its executor when it starts')
  return { collector, executor, outbox }
}

/** What plugins may see of the program's own environment: never its secrets. */
function pluginEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const passed: Record<string, string> = { ...DEFAULT_EXECUTOR.environment }
  for (const name of ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'USER', 'LOGNAME']) {
    const value = environment[name]
    if (value !== undefined) passed[name] = value
  }
  return passed
}
