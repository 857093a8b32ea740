import type { Job } from './ports.ts'

/** Where executions go that find no free place here: told and asked by the loop. */
export interface Overflow {
  /** Before anything that is due is started: what came back is older. */
  tick(): void
  /** False: nobody has room; the check stays due. True: its end comes as that of one that ran here. */
  offer(job: Job): boolean
  /** Came back, and wait for a place here or elsewhere. */
  readonly waiting: number
}
