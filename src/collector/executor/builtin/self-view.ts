import type { Numbers } from '../../../base/metrics.ts'
import type { Component } from '../../../domain/self-monitoring/component.ts'
import type { SystemStatus } from '../../../wire/api/actions.ts'

/** What the program that runs the check knows of Parallax. */
export interface SelfView {
  /** Of this process, or of the whole installation where it is a hub. `undefined` while it starts. */
  status(): SystemStatus | undefined
  /**
   * What `of` names, `''` this process: one part, or one for each collector of a cluster. `undefined`: nobody of that name is known
   * here. Numbers of several runs are compared by the part's name.
   */
  parts(about: Component['about'], of: string): readonly Part[] | undefined
}

/** What is known of one part now. */
export interface Part {
  /** `east.c1`; `''` for this process. */
  readonly name: string
  /** Of one that is gone only what others know. */
  readonly numbers: Numbers
  readonly isGone: boolean
}

/** Where there is no more than a status. */
export function viewOfStatus(status: () => SystemStatus): SelfView {
  return { status, parts: () => undefined }
}
