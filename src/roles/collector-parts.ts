import { join } from 'node:path'
import { createFpingPinger } from '../adapters/fping/fping-pinger.ts'
import { openOutbox } from '../adapters/sqlite/outbox.ts'
import { assert } from '../base/assert.ts'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { createBuiltins } from '../collector/executor/builtin/builtins.ts'
import type { SelfView } from '../collector/executor/builtin/self-view.ts'
import {
  createExecutor,
  DEFAULT_EXECUTOR,
  type PluginExecutor,
} from '../collector/executor/executor.ts'
import { startCollector, type ClusterParts, type Collector } from '../collector/collector.ts'
import type { PlanFile } from '../collector/plan-file.ts'
import type { Outbox } from '../collector/ports.ts'
import { VERSION } from '../settings/program.ts'
import type { HubSettings } from '../settings/settings.ts'
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
  /** To whom its results go, and whom it asks for plans. */
  readonly hubs: readonly string[]
  /** Absent: it starts without a plan, as in one process. */
  readonly planFile?: PlanFile
  readonly bus: Bus
  /** For the built-in check of Parallax itself. */
  readonly self: SelfView
  /** How it takes part in its cluster. */
  readonly cluster?: ClusterParts
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
  const { settings, clock, log, name, hubs, bus } = of
  const outbox = openOutbox({
    path: join(settings.data, 'outbox.sqlite'),
    bytesMax: settings.outboxBytesMax,
    ageMaxMs: settings.outboxAgeMaxMs,
    clock,
    log,
  })
  const pinger = createFpingPinger(clock)
  const builtins = createBuiltins({ clock, pinger, self: of.self })
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
    hubs,
    program: VERSION,
    ...(of.planFile === undefined ? {} : { planFile: of.planFile }),
    ...(of.cluster === undefined ? {} : { cluster: of.cluster }),
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
