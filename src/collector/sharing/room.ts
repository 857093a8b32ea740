import type { Beat } from '../../wire/cluster.ts'

interface Known {
  readonly boot: string
  readonly number: number
  free: number
}

/** After an offer that was not taken, nobody is asked for so long. */
const PAUSE_MS = 200

/** How many plugins the other members would take, by their last beats and by what happened since. */
export class Room {
  #members = new Map<string, Known>()
  #pausedUntilMs = Number.NEGATIVE_INFINITY

  /** Only those that follow the same plan can take anything. */
  hear(beats: readonly Beat[], revision: string | undefined): void {
    const members = new Map<string, Known>()
    for (const { collector, boot, number, room, revision: theirs } of beats) {
      if (room === undefined || theirs !== revision) continue
      const known = this.#members.get(collector)
      const isSame = known?.boot === boot && known.number === number
      members.set(collector, isSame ? known : { boot, number, free: room })
    }
    this.#members = members
  }

  took(member: string): void {
    const known = this.#members.get(member)
    if (known !== undefined) known.free = Math.max(0, known.free - 1)
  }

  gaveBack(member: string): void {
    const known = this.#members.get(member)
    if (known !== undefined) known.free++
  }

  refused(nowMs: number): void {
    this.#pausedUntilMs = nowMs + PAUSE_MS
  }

  at(nowMs: number): number {
    if (nowMs < this.#pausedUntilMs) return 0
    let free = 0
    for (const known of this.#members.values()) free += known.free
    return free
  }
}
