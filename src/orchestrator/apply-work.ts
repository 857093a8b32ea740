import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { ApplyJob, ConfigurationProblem } from '../wire/api/configuration.ts'
import type { Bus } from '../wire/bus.ts'
import type { PlanBook } from './plan.ts'
import type { ConfigurationStore, LiveCollectors, NewActivation } from './ports.ts'

/** What one job is about; how it gets there is the same for all. */
export interface ApplyWork {
  readonly kind: ApplyJob['kind']
  readonly author: string
  readonly message: string
  readonly timeoutMs: number
  /** Of a start: the revision of the run before. */
  readonly before?: string
  /** How much memory it holds while it waits. */
  readonly bytes: number
  /** Called when it is its turn. @throws ApplyImpossible */
  prepare(): Promise<Prepared>
}

export interface Prepared {
  readonly revision: string
  readonly changed: number
  readonly problems: readonly ConfigurationProblem[]
  /** Something that people must know of it; stands behind the job's message. */
  readonly remark?: string | undefined
  /** What collectors are shown; not called when there are problems. */
  book(): PlanBook
  /** What is to be stored, in one transaction. */
  activation(): Omit<NewActivation, 'job' | 'at'>
  /** It is stored: the hub takes it. */
  activate(): void
}

/** The job cannot be done, for a reason that people can read. */
export class ApplyImpossible extends Error {
  override readonly name = 'ApplyImpossible'
  readonly state: 'refused' | 'failed'

  constructor(state: 'refused' | 'failed', reason: string, options?: ErrorOptions) {
    super(reason, options)
    this.state = state
  }
}

export interface ApplyLineParts {
  readonly hub: string
  readonly store: ConfigurationStore
  readonly bus: Bus
  readonly collectors: LiveCollectors
  /** The revision that is active now. */
  readonly active: () => string
  readonly clock: Clock
  readonly log: Log
  readonly nextId: () => string
}
