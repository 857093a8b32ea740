import type { Clock } from '../../base/clock.ts'
import { instant } from '../../base/instant.ts'
import type { Log } from '../../base/log.ts'
import type { CheckResult } from '../../domain/check-result.ts'
import { BusUnavailable, type Bus } from '../../wire/bus.ts'
import { clockOf } from '../../wire/cluster.ts'
import { MESSAGE_VERSION, type ClockReading } from '../../wire/subjects.ts'
import { createClockEras, type ClockEras } from './clock-eras.ts'
import { bestOffset, type ClockOffset, type ClockSample } from './offset.ts'

export interface HubClocksParts {
  /** `cluster.name`. */
  readonly collector: string
  readonly hubs: readonly string[]
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Log
  /** Of this process: what an earlier one left is read by the clock as it is, nobody knows better. */
  readonly boot: string
  /** The number that the next result gets. */
  readonly nextSeq: () => number
  /** A hub answers that did not: it runs. */
  readonly answers: (hub: string) => void
  readonly settings?: Partial<HubClocksSettings>
}

export interface HubClocksSettings {
  /** Questions of one measurement. */
  readonly samples: number
  readonly everyMs: number
  /** While a hub does not answer, and after our clock was set. */
  readonly eagerMs: number
  readonly timeoutMs: number
  /** A hub that did not answer for so long is away. */
  readonly freshMs: number
}

export const DEFAULT_HUB_CLOCKS: HubClocksSettings = {
  samples: 5,
  everyMs: 30_000,
  eagerMs: 1_000,
  timeoutMs: 2_000,
  freshMs: 60_000,
}

/** How our clock stands to each hub's. Rules CK1 to CK5 of docs/spec/clocks.md. */
export interface HubClocks {
  /** Of the clock as it is now; `undefined`: not measured since it was set. */
  reading(hub: string): ClockReading | undefined
  /** It was measured lately, and our clock was not set since. */
  isFresh(hub: string): boolean
  /** Measures now: a hub can be reached again. */
  measure(): void
  /** Results of this process with the times that our clock would show for them now, if it was set since. */
  inPresentTime(results: readonly CheckResult[]): readonly CheckResult[]
  close(): void
}

interface Measured extends ClockOffset {
  readonly atMs: number
}

/** The wall clock is looked at so often for having been set. */
const LOOK_MS = 500

export function watchHubClocks(parts: HubClocksParts): HubClocks {
  const { hubs, clock, log } = parts
  const settings = { ...DEFAULT_HUB_CLOCKS, ...parts.settings }
  const measured = new Map<string, Measured>()
  const eras = createClockEras()
  const stop = new AbortController()
  let urge = new AbortController()

  const look = (): void => {
    const step = eras.look(clock.now(), clock.monotonicMs(), parts.nextSeq())
    if (step === 0) return
    log.warn("this machine's clock was set: it is measured again", { byMs: Math.round(step) })
    measured.clear()
    measure()
  }
  const measure = (): void => {
    urge.abort()
    urge = new AbortController()
  }
  const isFresh = (hub: string): boolean => {
    look()
    const known = measured.get(hub)
    return known !== undefined && clock.monotonicMs() - known.atMs < settings.freshMs
  }
  const looking = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      await clock.sleep(LOOK_MS, stop.signal)
      look()
    }
  }
  const measuring = async (hub: string): Promise<void> => {
    while (!stop.signal.aborted) {
      const { signal } = urge
      const best = bestOffset(await sampleHub(parts, hub, settings))
      const wasFresh = isFresh(hub)
      if (best !== undefined) measured.set(hub, { ...best, atMs: clock.monotonicMs() })
      if (best !== undefined && !wasFresh) parts.answers(hub)
      const pause = best === undefined ? settings.eagerMs : settings.everyMs
      await clock.sleep(pause, AbortSignal.any([stop.signal, signal]))
    }
  }
  const crash = (error: unknown): void => log.error('measuring clocks broke', { error })
  looking().catch(crash)
  for (const hub of hubs) measuring(hub).catch(crash)

  return {
    inPresentTime(results) {
      look()
      return eras.hasSteps ? results.map((result) => shifted(result, parts.boot, eras)) : results
    },
    reading(hub) {
      look()
      const known = measured.get(hub)
      if (known === undefined) return undefined
      return {
        offsetMs: known.offsetMs,
        errorMs: known.errorMs,
        ageMs: clock.monotonicMs() - known.atMs,
      }
    },
    isFresh,
    measure,
    close: () => stop.abort(),
  }
}

/** Fewer than were asked for when the hub does not answer, or our clock was set in between. */
async function sampleHub(
  { collector, bus, clock }: HubClocksParts,
  hub: string,
  { samples, timeoutMs }: HubClocksSettings,
): Promise<readonly ClockSample[]> {
  const taken: ClockSample[] = []
  for (let n = 0; n < samples; n++) {
    const sentAt = clock.now()
    const sentMs = clock.monotonicMs()
    try {
      const question = { version: MESSAGE_VERSION, collector } as const
      const { at } = await bus.request(clockOf(hub, collector), question, timeoutMs)
      taken.push({ sentAt, sentMs, receivedMs: clock.monotonicMs(), hubAt: at })
    } catch (error) {
      if (error instanceof BusUnavailable) return taken
      throw error
    }
  }
  return taken
}

function shifted(result: CheckResult, boot: string, eras: ClockEras): CheckResult {
  const byMs = result.boot === boot ? Math.round(eras.steppedSince(result.seq)) : 0
  if (byMs === 0) return result
  return {
    ...result,
    dueAt: instant(result.dueAt + byMs),
    startedAt: instant(result.startedAt + byMs),
    finishedAt: instant(result.finishedAt + byMs),
  }
}
