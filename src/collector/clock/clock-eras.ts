/** A wall clock that jumps by more than this against the monotonic one was set. Slewing (500 ppm) stays far below between two looks. */
export const STEP_MS = 250
/** Steps remembered; a clock that is set more often is of no use anyway. */
const ERAS_MAX = 64

interface Era {
  /** The first result of it. */
  readonly fromSeq: number
  /** Sum of all steps of this process before it. */
  readonly steppedMs: number
}

/**
 * When our own wall clock was set. Results carry the time of the clock as it was then, and may be sent much later: what the clock was
 * set by since then is added to the offset that is measured now. Rule CK4 of docs/spec/clocks.md.
 */
export interface ClockEras {
  /** Called often, with both clocks read together and the number that the next result gets. Returns the step, 0 for none. */
  look(wallMs: number, monotonicMs: number, nextSeq: number): number
  /** How much the clock was set forward since the result of this number. */
  steppedSince(seq: number): number
  /** It was set at least once. */
  readonly hasSteps: boolean
}

export function createClockEras(): ClockEras {
  let eras: readonly Era[] = [{ fromSeq: 0, steppedMs: 0 }]
  let before: number | undefined

  const eraOf = (seq: number): number => {
    const found = eras.findLastIndex((era) => era.fromSeq <= seq)
    return Math.max(0, found)
  }
  const last = (): Era => eras[eras.length - 1] as Era
  return {
    look(wallMs, monotonicMs, nextSeq) {
      const distance = wallMs - monotonicMs
      const step = before === undefined ? 0 : distance - before
      before = distance
      if (Math.abs(step) < STEP_MS) return 0
      const era = { fromSeq: nextSeq, steppedMs: last().steppedMs + step }
      eras = [...eras.filter(({ fromSeq }) => fromSeq < nextSeq), era].slice(-ERAS_MAX)
      return step
    },
    steppedSince: (seq) => last().steppedMs - (eras[eraOf(seq)] as Era).steppedMs,
    get hasSteps() {
      return eras.length > 1
    },
  }
}
