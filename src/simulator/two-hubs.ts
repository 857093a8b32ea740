import { prng } from '../base/prng.ts'
import type { Report } from './contestant.ts'
import { Drive, live } from './drive.ts'
import { EvidenceContestant } from './evidence/evidence-contestant.ts'
import { arrivalsOf } from './trace/arrivals.ts'
import { SEEN, type World } from './world/world.ts'

/** What two hubs say at the end, once both have what either of them got. */
export interface DigestPair {
  readonly digests: readonly [string, string]
  readonly isEqual: boolean
  /** Results that only one of them had. */
  readonly exchanged: number
}

const HUBS = ['hub-a', 'hub-b'] as const
/** Of what is older than this nothing is left in the registers: an observer is cut off for half an hour at most. */
const KEPT_MS = 3_600_000

/**
 * Two hubs live through the same world, with losses, delays, repetitions and orders of their own; each asks what is its to ask, and answers come to
 * both. In the end each is given what the other got in the last hour, shuffled.
 */
export function compareHubs(
  world: World,
  onProgress: (share: number) => void = () => undefined,
): DigestPair {
  const nodes = HUBS.map((hub, number) => {
    const contestant = new EvidenceContestant(world.topology, { election: { hub, hubs: HUBS } })
    const got = new Map<string, Report>()
    const drive: Drive = new Drive(world, contestant, {
      hub: number,
      alsoTold: () => drives,
      onGiven: (report, now) => {
        if (report.seen !== SEEN.hint && now >= world.durationMs - KEPT_MS)
          got.set(`${report.observer} ${report.check} ${report.at} ${report.seq}`, report)
      },
    })
    return { contestant, got, drive }
  })
  const drives: readonly Drive[] = nodes.map(({ drive }) => drive)
  const windows = HUBS.map((_, number) => arrivalsOf(world, number))
  for (;;) {
    const next = windows.map((each) => each.next().value ?? undefined)
    if (next.some((window) => window === undefined)) break
    const present = next.flatMap((window) => (window === undefined ? [] : [window]))
    live(drives, present)
    onProgress((present[0]?.until ?? 0) / world.durationMs)
  }
  let exchanged = 0
  const [a, b] = nodes
  if (a === undefined || b === undefined) throw new Error('there are two hubs')
  for (const [to, from] of [
    [a, b],
    [b, a],
  ] as const) {
    const missing = [...from.got].flatMap(([key, report]) => (to.got.has(key) ? [] : [report]))
    exchanged += missing.length
    for (const report of shuffled(missing, world.seed)) to.contestant.take(report, world.durationMs)
  }
  const digests = nodes.map(({ contestant }) => contestant.digest(world.durationMs))
  const [first = '', second = ''] = digests
  return { digests: [first, second], isEqual: first === second, exchanged }
}

export function shuffled<T>(items: readonly T[], seed: number): readonly T[] {
  const random = prng(seed)
  const list = [...items]
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const kept = list[i] as T
    list[i] = list[j] as T
    list[j] = kept
  }
  return list
}
