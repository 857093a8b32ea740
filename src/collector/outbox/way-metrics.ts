import type { Clock } from '../../base/clock.ts'
import { perLabel, type Metric } from '../../base/metrics.ts'
import type { Beat } from '../../wire/cluster.ts'

type Outbox = Beat['outboxes'][number]
type HubClock = Beat['clocks'][number]

/** Numbers that are read together come from one look. */
const FRESH_MS = 100

/** The way to each hub, by its name: what waits for it, and how its clock stands to ours. */
export function wayMetrics(
  way: { outboxes(): readonly Outbox[]; clocks(): readonly HubClock[] },
  clock: Clock,
): readonly Metric[] {
  const outboxes = remembered(() => way.outboxes(), clock)
  const clocks = remembered(() => way.clocks(), clock)
  const ofHub = (name: string, help: string, of: (outbox: Outbox) => number): Metric =>
    perHub({ name: `parallax_hub_${name}`, help }, outboxes, of)
  const ofClock = (name: string, help: string, of: (clock: HubClock) => number): Metric =>
    perHub({ name: `parallax_clock_${name}`, help }, clocks, of)
  return [
    ofHub('connected', '1: the hub takes results.', ({ isConnected }) => Number(isConnected)),
    ofHub('waiting_results', 'Results that the hub has not confirmed.', ({ waiting }) => waiting),
    ofHub('oldest_seconds', 'Age of the oldest of them.', ({ oldestAgeMs }) => oldestAgeMs / 1000),
    ofClock('offset_seconds', "The hub's clock minus ours.", ({ offsetMs }) => offsetMs / 1000),
    ofClock('error_seconds', 'How far that may be off.', ({ errorMs }) => errorMs / 1000),
    ofClock('age_seconds', 'Since it was measured.', ({ ageMs }) => ageMs / 1000),
  ]
}

function perHub<T extends { readonly hub: string }>(
  what: Pick<Metric, 'name' | 'help'>,
  all: () => readonly T[],
  of: (one: T) => number,
): Metric {
  return perLabel({ ...what, kind: 'gauge' }, ['hub'], () =>
    all().map((one) => ({ of: [one.hub], value: of(one) })),
  )
}

function remembered<T>(read: () => T, clock: Clock): () => T {
  let last: { readonly value: T; readonly atMs: number } | undefined
  return () => {
    const nowMs = clock.monotonicMs()
    if (last === undefined || nowMs - last.atMs > FRESH_MS) last = { value: read(), atMs: nowMs }
    return last.value
  }
}
