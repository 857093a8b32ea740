import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { parseCollectorId } from '../domain/cluster.ts'
import { BusUnavailable, Refused, type Bus, type Subscription } from '../wire/bus.ts'
import { helloTo, type Hello } from '../wire/cluster.ts'
import { compareEditions, editionOf, NO_EDITION, type Edition } from '../wire/edition.ts'
import { MESSAGE_VERSION, plan as planTo, type Plan } from '../wire/subjects.ts'
import { PlanFileDamaged, type PlanFile } from './plan-file.ts'
import { planFault, stagePlans, versionFault } from './staged-plan.ts'

export interface PlanKeeperParts {
  /** `cluster.name`, or `local` in one process. */
  readonly name: string
  readonly boot: string
  /** Version of the program. */
  readonly program: string
  /** Who is asked for plans. */
  readonly hubs: readonly string[]
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Log
  /** Absent: it cannot start without a hub, as in one process. */
  readonly file?: PlanFile | undefined
  /** Runs a plan from now on. It is runnable, and newer than the one before. */
  readonly follow: (plan: Plan) => void
}

export interface PlanKeeper {
  /** Of the plan that is followed. */
  readonly edition: Edition
  /** Follows the plan on disk, then asks the hubs, at once and every half minute. */
  begin(): Promise<void>
  /** Asks the hubs now: call it when one can be reached again. */
  ask(): void
  /** Takes and asks for no plans any more; resolves when the last one is on disk, or cannot be. */
  close(): Promise<void>
}

/** A plan that cannot be run as it is; the one before stays. */
export class PlanRefused extends Error {
  override readonly name = 'PlanRefused'
}

const ASK_EVERY_MS = 30_000
/** As long as there is nothing to follow. */
const ASK_SOON_MS = 2_000
/** A plan of some megabytes over a slow line. */
const ANSWER_WITHIN_MS = 25_000
/** After the first plan came the other hubs have so long to give a newer one. */
const GATHER_MS = 1_000
/** A disk that hangs does not hold up the end for longer. */
const SAVED_WITHIN_MS = 3_000

/** Knows which plan is followed, and where a newer one comes from. Rules PN4 to PN10 of docs/spec/plans.md. */
export function createPlanKeeper(parts: PlanKeeperParts): PlanKeeper {
  return new Keeper(parts)
}

class Keeper implements PlanKeeper {
  readonly #parts: PlanKeeperParts
  readonly #inputs: readonly Subscription[]
  readonly #stop = new AbortController()
  #edition = NO_EDITION
  #refused: Hello['refused']
  /** Hubs that refused to answer the last time: one line in the log for each episode. */
  readonly #refusing = new Set<string>()
  #isAsking = false
  #cancelTimer: () => void = () => undefined
  #unsaved: Plan | undefined
  #saving: Promise<void> = Promise.resolve()
  #isSaving = false
  #isSavingFailing = false

  constructor(parts: PlanKeeperParts) {
    this.#parts = parts
    const { name, bus, log } = parts
    this.#inputs = [
      ...stagePlans({
        name,
        bus,
        log,
        objection: (plan) => this.#fault(plan),
        olderFault: (plan) => this.#olderFault(plan),
        take: (plan) => this.#take(plan),
      }),
      bus.subscribe(planTo(name), (plan) => {
        const fault = this.#take(plan)
        if (fault !== undefined) throw new PlanRefused(fault)
      }),
    ]
  }

  get edition(): Edition {
    return this.#edition
  }

  async begin(): Promise<void> {
    await this.#restore()
    if (this.#stop.signal.aborted) return
    this.ask()
    this.#askAgain()
  }

  ask(): void {
    if (this.#isAsking || this.#stop.signal.aborted) return
    this.#isAsking = true
    void this.#round().finally(() => {
      this.#isAsking = false
    })
  }

  async close(): Promise<void> {
    this.#stop.abort()
    this.#cancelTimer()
    for (const subscription of this.#inputs) subscription.close()
    await Promise.race([this.#saving, this.#parts.clock.sleep(SAVED_WITHIN_MS)])
  }

  #askAgain(): void {
    const waitMs = this.#edition === NO_EDITION ? ASK_SOON_MS : ASK_EVERY_MS
    this.#cancelTimer = this.#parts.clock.timer(waitMs, () => {
      this.ask()
      this.#save() // when the disk would not do it before
      this.#askAgain()
    })
  }

  async #restore(): Promise<void> {
    const { file, log } = this.#parts
    if (file === undefined) return
    try {
      const plan = await file.load()
      // A hub may have been quicker than the disk.
      if (plan !== undefined && this.#edition === NO_EDITION) this.#take(plan, 'disk')
    } catch (error) {
      const words =
        error instanceof PlanFileDamaged
          ? 'the plan on disk is damaged, a hub must give one'
          : 'the plan on disk cannot be read, a hub must give one'
      log.error(words, { error })
    }
  }

  /** Asks every hub; the newest of the plans that come is followed. */
  async #round(): Promise<void> {
    let best: Plan | undefined
    let cancelGathering: (() => void) | undefined
    const takeBest = (): void => {
      cancelGathering?.()
      const plan = best
      best = undefined
      if (plan !== undefined && !this.#stop.signal.aborted) this.#take(plan)
    }
    const asked = this.#parts.hubs.map(async (hub) => {
      const plan = await this.#askHub(hub)
      if (plan === undefined) return
      if (best === undefined || compareEditions(editionOf(plan), editionOf(best)) > 0) best = plan
      cancelGathering ??= this.#parts.clock.timer(GATHER_MS, takeBest)
    })
    await Promise.all(asked)
    takeBest()
  }

  async #askHub(hub: string): Promise<Plan | undefined> {
    const { name, boot, program, bus, log } = this.#parts
    const { revision, epoch } = this.#edition
    const message: Hello = {
      version: MESSAGE_VERSION,
      collector: name,
      boot,
      program,
      revision,
      epoch,
    }
    const refused = this.#refused
    try {
      const { plan } = await bus.request(
        helloTo(hub, name),
        refused === undefined ? message : { ...message, refused },
        ANSWER_WITHIN_MS,
      )
      this.#refusing.delete(hub)
      return plan
    } catch (error) {
      if (error instanceof BusUnavailable) return undefined
      if (!this.#refusing.has(hub)) {
        this.#refusing.add(hub)
        const facts = error instanceof Refused ? { reason: error.message } : { error }
        log.warn('a hub gives no plan', { hub, ...facts })
      }
      return undefined
    }
  }

  /** @returns why it is not followed */
  #take(plan: Plan, from: 'bus' | 'disk' = 'bus'): string | undefined {
    const { follow, log } = this.#parts
    const edition = editionOf(plan)
    const fault = versionFault(plan.version) ?? this.#olderFault(plan)
    if (fault !== undefined) return fault
    if (this.#isFollowed(plan)) return undefined
    const reason = this.#fault(plan)
    if (reason !== undefined) {
      const { revision, epoch } = edition
      const isNew = this.#refused?.revision !== revision || this.#refused.epoch !== epoch
      this.#refused = { revision, epoch, reason }
      if (isNew) log.warn('a plan cannot be followed, the one before stays', this.#refused)
      return reason
    }
    follow(plan)
    this.#edition = edition
    this.#refused = undefined
    if (from === 'disk') {
      log.info('following the plan on disk', { ...edition, checks: plan.checks.length })
      return undefined
    }
    this.#unsaved = plan
    this.#save()
    return undefined
  }

  /** The folder of a collector that joined another cluster still holds the plan of the one before. */
  #fault(plan: Plan): string | undefined {
    const of = plan.cluster?.name
    const own = parseCollectorId(this.#parts.name)?.cluster
    if (of !== undefined && of !== own) return `it is the plan of cluster '${of}'`
    return planFault(plan)
  }

  /** A program that does not count its plans sends them in the order in which they count. */
  #olderFault(plan: Plan): string | undefined {
    if (plan.epoch === undefined) return undefined
    if (compareEditions(editionOf(plan), this.#edition) >= 0) return undefined
    const { epoch, revision } = this.#edition
    return `it is older than the one that is followed (epoch ${plan.epoch}; ${epoch}, revision ${revision}, is followed)`
  }

  #isFollowed(plan: Plan): boolean {
    return plan.epoch !== undefined && compareEditions(editionOf(plan), this.#edition) === 0
  }

  #save(): void {
    const { file } = this.#parts
    if (file === undefined || this.#isSaving || this.#unsaved === undefined) return
    this.#isSaving = true
    this.#saving = this.#saveAll(file).finally(() => {
      this.#isSaving = false
    })
  }

  /** The newest only: what came while one was written replaces the others. */
  async #saveAll(file: PlanFile): Promise<void> {
    const { log } = this.#parts
    for (let plan = this.#unsaved; plan !== undefined; plan = this.#unsaved) {
      this.#unsaved = undefined
      try {
        await file.save(plan)
        this.#isSavingFailing = false
      } catch (error) {
        this.#unsaved ??= plan
        if (!this.#isSavingFailing)
          log.warn('the plan cannot be kept on disk, it is tried again', { error })
        this.#isSavingFailing = true
        return
      }
    }
  }
}
