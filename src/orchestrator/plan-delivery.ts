import type { Log } from '../base/log.ts'
import { DEFAULT_CLUSTER, parseCollectorId } from '../domain/cluster.ts'
import { Refused, type Bus } from '../wire/bus.ts'
import { helloTo, type Hello, type Welcome } from '../wire/cluster.ts'
import { compareEditions, type Edition } from '../wire/edition.ts'
import { MESSAGE_VERSION, plan as planTo, type Plan } from '../wire/subjects.ts'
import type { Epochs } from './epochs.ts'
import type { PlanBook } from './plan.ts'
import type { LiveCollectors } from './ports.ts'

export interface DeliveryParts {
  readonly hub: string
  readonly bus: Bus
  readonly collectors: LiveCollectors
  /** Of what is active now. */
  readonly book: () => PlanBook
  readonly epochs: Epochs
  readonly log: Log
}

export interface PlanDelivery {
  /** Gives what is active to every collector that is there; the others ask for it when they come. */
  announce(): void
  /** Why collectors do not follow what is active, by collector. */
  refusals(): ReadonlyMap<string, string>
  close(): void
}

/** Collectors of whom it is remembered that they refuse. */
const REFUSALS_MAX = 10_000

interface Refusal {
  readonly edition: Pick<Edition, 'revision' | 'epoch'>
  readonly reason: string
}

/** Answers collectors that ask for plans. Rules PN7 to PN10 of docs/spec/plans.md. */
export function deliverPlans(parts: DeliveryParts): PlanDelivery {
  const { hub, bus, collectors, book, log } = parts
  const refusals = new Map<string, Refusal>()
  // All who ask for the same plan get the same object: a bus need not write a large one anew for each.
  const welcomes = new WeakMap<Plan, Welcome>()
  const welcomeWith = (plan: Plan): Welcome => {
    const known = welcomes.get(plan)
    if (known !== undefined) return known
    const made: Welcome = { version: MESSAGE_VERSION, hub, plan }
    welcomes.set(plan, made)
    return made
  }
  const asked = bus.answer(helloTo(hub, '>'), (hello, name): Welcome => {
    const { collector } = hello
    if (name !== helloTo(hub, collector).name)
      throw new Refused(`this is not the name of who asks: ${collector}`)
    hear(hello, parts, refusals)
    const { edition, planFor } = book()
    return isBehind(hello, edition)
      ? welcomeWith(planFor(clusterOf(collector)))
      : { version: MESSAGE_VERSION, hub, plan: undefined }
  })
  return {
    announce() {
      for (const { id, cluster } of collectors.live()) {
        bus.publish(planTo(id), book().planFor(cluster)).catch((error: unknown) => {
          log.debug('a collector is not reached, it asks for the plan itself', {
            collector: id,
            error,
          })
        })
      }
    },
    refusals() {
      const { edition } = book()
      const standing = [...refusals].filter(([, refusal]) => isOf(refusal.edition, edition))
      return new Map(standing.map(([collector, { reason }]) => [collector, reason]))
    },
    close: () => asked.close(),
  }
}

/** Its own would win, or it said that it cannot follow ours: then it is not sent again. */
function isBehind({ revision, epoch, refused }: Hello, ours: Edition): boolean {
  if (refused !== undefined && isOf(refused, ours)) return false
  if (epoch === ours.epoch) return revision !== ours.revision
  return compareEditions({ revision, epoch, hub: '' }, ours) < 0
}

function isOf(one: Pick<Edition, 'revision' | 'epoch'>, edition: Edition): boolean {
  return one.revision === edition.revision && one.epoch === edition.epoch
}

function hear(
  { collector, epoch, refused }: Hello,
  { epochs, book, log }: DeliveryParts,
  refusals: Map<string, Refusal>,
): void {
  const { highest } = epochs
  if (!epochs.hear(epoch))
    log.warn('a collector says that it follows an impossible epoch', { collector, epoch })
  else if (epoch > highest)
    log.warn('a collector follows a newer plan than this hub has, the next apply overtakes it', {
      collector,
      epoch,
      own: book().edition.epoch,
    })
  if (refused === undefined) {
    refusals.delete(collector)
    return
  }
  const before = refusals.get(collector)
  const { reason, ...edition } = refused
  if (before === undefined && refusals.size >= REFUSALS_MAX) return
  refusals.set(collector, { edition, reason })
  if (before?.edition.epoch !== edition.epoch || before.edition.revision !== edition.revision)
    log.warn('a collector cannot follow the active plan, the one before stays there', {
      collector,
      ...refused,
    })
}

/** In one process the only collector has no cluster, and the only plan is for it. */
function clusterOf(collector: string): string {
  return parseCollectorId(collector)?.cluster ?? DEFAULT_CLUSTER
}
