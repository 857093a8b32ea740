import type { Clock } from '../../base/clock.ts'
import { after } from '../../base/instant.ts'
import { counter, type Metric } from '../../base/metrics.ts'
import type { FleetIndex } from '../fleet-index.ts'
import { StoreUnavailable } from '../ports.ts'
import { changesOf } from './changes-of.ts'
import type { LateSpan, RepairStore } from './ports.ts'

export interface RepairParts {
  readonly store: RepairStore
  readonly index: FleetIndex
  readonly clock: Clock
  readonly settings?: RepairSettings
}

export interface RepairSettings {
  /** Nothing came late for so long: what came before is complete, or waits for more. */
  readonly quietMs: number
  readonly everyMs: number
  /** Objects looked at in one go, and the pause before the next ones: the present goes first. */
  readonly spansMax: number
  readonly pauseMs: number
}

export const DEFAULT_REPAIR: RepairSettings = {
  quietMs: 10_000,
  everyMs: 5_000,
  spansMax: 100,
  pauseMs: 50,
}

/** Works out again, in the background, which changes of state there were while results were on their way. Rule IN17 of docs/spec/intake.md. */
export interface Repairs {
  readonly metrics: readonly Metric[]
  /** Rejects on our own bugs, never because the store is unavailable. */
  readonly finished: Promise<void>
  stop(): Promise<void>
}

export function startRepairs(parts: RepairParts): Repairs {
  const { clock, settings = DEFAULT_REPAIR } = parts
  const stopping = new AbortController()
  let repaired = 0

  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const done = await repairSome(parts, settings)
      repaired += done
      const pause = done < settings.spansMax ? settings.everyMs : settings.pauseMs
      await clock.sleep(pause, stopping.signal)
    }
  }
  const finished = run()
  return {
    finished,
    metrics: [
      counter(
        'parallax_history_repairs_total',
        'Objects whose changes of state were worked out again after late results.',
        () => repaired,
      ),
    ],
    async stop() {
      stopping.abort()
      await finished
    },
  }
}

/** Returns how many; 0 while the store is unavailable. */
async function repairSome(
  { store, index, clock }: RepairParts,
  { quietMs, spansMax }: RepairSettings,
): Promise<number> {
  try {
    const spans = await store.lateSpans(after(clock.now(), -quietMs), spansMax)
    for (const span of spans) await repair(span, store, index)
    return spans.length
  } catch (error) {
    if (error instanceof StoreUnavailable) return 0
    throw error
  }
}

async function repair(span: LateSpan, store: RepairStore, index: FleetIndex): Promise<void> {
  const evidence = await store.evidence(span)
  const entry = index.get(span.checkId)
  if (entry === undefined) return store.repair(span, { ...evidence, seen: [], isCut: false }, [])
  const { object, host, record } = entry
  const repaired = {
    checkId: span.checkId,
    isHost: host === undefined,
    policy: object.statePolicy,
    knownFrom: record.firstResultAt ?? null,
  }
  await store.repair(span, evidence, changesOf(repaired, evidence))
}
