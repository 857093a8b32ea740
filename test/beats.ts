import { beat, type Beat } from '../src/wire/cluster.ts'

/** An ordinary beat of a collector that follows revision `r1`. */
export function beatOf(collector: string, number: number, more: Partial<Beat> = {}): Beat {
  return beat.parse({
    version: 1,
    collector,
    boot: 'b1',
    number,
    at: 0,
    role: 'full',
    standing: 'active',
    activeFrom: 0,
    activeUntil: null,
    weight: 1,
    revision: 'r1',
    epoch: 1,
    view: 'v',
    program: '1',
    load: { slots: 10, running: 1, waiting: 0, lateP99Ms: 250, loopLagMs: 0 },
    checks: 7,
    hosts: 2,
    results: 0,
    outboxes: [
      {
        hub: 'hub-a',
        waiting: 4,
        bytes: 10,
        lost: 1,
        oldestAgeMs: 2_500,
        isConnected: true,
      },
    ],
    clocks: [{ hub: 'hub-a', offsetMs: -120, errorMs: 3, ageMs: 10 }],
    memoryBytes: 1_000,
    leasesLost: 0,
    ...more,
  })
}
