import { randomBytes } from 'node:crypto'
import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import { ApplyLine } from '../../orchestrator/apply-line.ts'
import { createEpochs } from '../../orchestrator/epochs.ts'
import { STARTER_PATH } from '../../configuration/load.ts'
import type { PlanCut, Sharing } from '../../orchestrator/plan.ts'
import { deliverPlans } from '../../orchestrator/plan-delivery.ts'
import type { ConfigurationStore, LiveCollectors } from '../../orchestrator/ports.ts'
import type { FleetIndex } from '../../results/fleet-index.ts'
import type { Bus } from '../../wire/bus.ts'
import { createCompiler } from '../compiler/compiler.ts'
import { collectGarbage } from '../compiler/garbage.ts'
import type { CompilerSettings } from '../compiler/protocol.ts'
import type { Undoing } from '../undoing.ts'
import { createDesk, type Desk } from './desk.ts'
import { activateStart, type StartConfiguration } from './start.ts'

export interface DeskSurroundings {
  readonly start: StartConfiguration
  readonly compilerSettings: CompilerSettings
  readonly store: ConfigurationStore
  readonly index: FleetIndex
  readonly bus: Bus
  readonly hub: string
  readonly collectors: LiveCollectors
  readonly cut: PlanCut
  readonly sharing: () => Sharing
  readonly clock: Clock
  readonly log: Log
}

/** The compiler's thread, the line of apply jobs, and the first of them: what the start monitors. @throws ConfigurationRefused */
export async function startDesk(of: DeskSurroundings, undoing: Undoing): Promise<Desk> {
  const { start, compilerSettings, store, index, hub, bus, collectors, cut, sharing, clock, log } =
    of
  const { active } = start
  const epochs = createEpochs(Math.max(active.book.edition.epoch, await store.highestEpoch()))
  const compiler = createCompiler({ settings: compilerSettings, clock, log })
  const line = new ApplyLine({
    store,
    hub,
    bus,
    collectors,
    active: () => active.revision,
    clock,
    log,
    nextId: () => randomBytes(8).toString('hex'),
  })
  undoing.add(async () => void (await Promise.all([line.close(), compiler.close()])))
  const { path } = compilerSettings
  await activateStart(start, { store, line, path, clock, log })
  collectGarbage() // of compiling; nobody is served yet
  const delivery = deliverPlans({ hub, bus, collectors, book: () => active.book, epochs, log })
  undoing.add(() => delivery.close())
  const hasFiles = path !== STARTER_PATH
  const work = { active, store, compiler, index, clock, log, hub, cut, epochs, sharing, hasFiles }
  return createDesk({ ...work, line, delivery })
}
