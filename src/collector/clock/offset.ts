/** One question to a hub and its answer. The wall clock is ours, `hubAt` the hub's; the monotonic times are of sending and receiving. */
export interface ClockSample {
  readonly sentAt: number
  readonly sentMs: number
  readonly receivedMs: number
  readonly hubAt: number
}

export interface ClockOffset {
  /** The hub's clock minus ours. */
  readonly offsetMs: number
  /** Half of the way there and back, and what clocks show no finer: the offset is right within so much, however unequal the two ways are. */
  readonly errorMs: number
}

/** Both clocks are read in whole milliseconds. */
const RESOLUTION_MS = 1

export function offsetOf({ sentAt, sentMs, receivedMs, hubAt }: ClockSample): ClockOffset {
  const halfMs = Math.max(0, receivedMs - sentMs) / 2
  return { offsetMs: hubAt - (sentAt + halfMs), errorMs: halfMs + RESOLUTION_MS }
}

/** The sample that took the shortest way is the best one; its bound holds whatever the others say. */
export function bestOffset(samples: readonly ClockSample[]): ClockOffset | undefined {
  let best: ClockOffset | undefined
  for (const sample of samples) {
    const offset = offsetOf(sample)
    if (best === undefined || offset.errorMs < best.errorMs) best = offset
  }
  return best
}
