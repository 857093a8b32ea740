import type { CauseScope } from './outage.ts'
import type { Seen } from './world/world.ts'

/** One message as a hub sees it. Times are ms since the world began. */
export interface Report {
  readonly observer: number
  readonly check: number
  readonly seen: Seen
  /** When the execution began by the observer's corrected time, and by its wall clock. */
  readonly at: number
  readonly rawAt: number
  readonly seq: number
  readonly isProbe: boolean
}

/** An observer is to run a check. */
export interface Question {
  readonly observer: number
  readonly check: number
  readonly delayMs: number
  readonly timeoutMs: number
}

/** A check is down now, or not any more; or it is down for another reason. */
export interface StateChange {
  readonly at: number
  readonly check: number
  readonly isDown: boolean
  readonly scope: CauseScope
}

/** What is wrong with an observer, or with one of its ways. */
export interface SeenIncident {
  readonly type: 'observer' | 'path' | 'ban'
  /** In its own word: contradicted, silent, ... */
  readonly kind: string
  readonly observer: number
  /** Of a path: its site; of a ban: its host. */
  readonly subject: number
  readonly from: number
  to: number
}

/** Something that decides what is true: our engine, or a rule that it is measured against. Lives in the time of one world. */
export interface Contestant {
  take(report: Report, now: number): void
  /** Every second. */
  tick(now: number): void
  /** Questions since the last call, in order. */
  drainQuestions(): readonly Question[]
  /** The end of the world. */
  close(now: number): Verdicts
}

export interface Verdicts {
  readonly changes: readonly StateChange[]
  /** `undefined`: it has no word for them. */
  readonly incidents: readonly SeenIncident[] | undefined
  /** How often it would have told somebody: one for each fault as it sees it. */
  readonly pages: number
  /** It never blames a site; a host is to blame when its own check is down. */
  readonly blamesByHostCheck: boolean
}
