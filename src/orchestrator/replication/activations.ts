import type { Log } from '../../base/log.ts'
import { ACTIVATIONS_KEPT } from '../ports.ts'
import { overtakenBy } from './lineage.ts'
import { compareForms } from './order.ts'
import type { HeldActivation, ReplicaStore, ReplicatedActivation } from './ports.ts'
import { sortIn } from './sort-in.ts'

/** The part of the hub that makes a revision active. */
export interface Adopter {
  /** Runs `work` in its place between apply jobs: nothing else becomes active meanwhile. Rejects as `work` does. */
  between(work: () => Promise<void>): Promise<void>
  /** Compiles it, stores it by `ReplicaStore.adoptActivation` and makes it active. @returns why it cannot be run here, else `undefined` */
  adopt(activation: ReplicatedActivation): Promise<string | undefined>
  /** Another hub has come so far. @returns whether it is believed */
  hearEpoch(epoch: number): boolean
}

export interface ActivationsParts {
  readonly hub: string
  readonly store: Pick<
    ReplicaStore,
    'heldActivations' | 'keepActivation' | 'bodyOf' | 'adoptActivation'
  >
  readonly adopter: Adopter
  /** Address of this hub's console. */
  readonly url: string
  readonly log: Log
}

/**
 * Takes activations of other hubs in; their texts are stored already. The newest that this hub can run becomes active, the others are kept in
 * history. @throws StoreUnavailable
 */
export async function takeActivations(
  parts: ActivationsParts,
  received: readonly ReplicatedActivation[],
): Promise<void> {
  const { store, adopter, log } = parts
  const believed = received.filter(({ head }) => {
    const isBelieved = adopter.hearEpoch(head.epoch)
    if (!isBelieved)
      log.warn('an activation with an impossible epoch is not taken', { ...factsOf(head) })
    return isBelieved
  })
  if (believed.length === 0) return
  await adopter.between(async () => {
    const held = await store.heldActivations()
    const { candidates, past } = sortIn(held, believed, ACTIVATIONS_KEPT)
    for (const activation of past) await store.keepActivation(activation, null)
    await adoptFirst(parts, candidates)
    await tellOfConflicts(parts, held)
  })
}

/** What could not be run the last time: what it lacked may be there now. @throws StoreUnavailable */
export async function retryFaulty(parts: ActivationsParts): Promise<void> {
  const { store, adopter, url } = parts
  await adopter.between(async () => {
    const held = await store.heldActivations()
    const active = held.find(({ fault }) => fault === null)
    const waiting: ReplicatedActivation[] = []
    for (const { fault, ...head } of held) {
      if (fault === null || (active !== undefined && compareForms(head, active) < 0)) continue
      const stored = await store.bodyOf(head.id, url)
      if (stored !== undefined) waiting.push({ head, body: stored.body })
    }
    await adoptFirst(parts, waiting)
  })
}

/** The first that can be run is active then, those behind it are history. */
async function adoptFirst(
  { store, adopter, log }: ActivationsParts,
  candidates: readonly ReplicatedActivation[],
): Promise<void> {
  let isDone = false
  for (const activation of candidates) {
    const fault = isDone ? undefined : await adopter.adopt(activation)
    if (fault === undefined && !isDone) {
      isDone = true
      continue
    }
    await store.keepActivation(activation, fault ?? null)
    if (fault === undefined) continue
    log.error('a revision of another hub cannot be run here, the one before stays', {
      ...factsOf(activation.head),
      reason: fault,
    })
  }
}

async function tellOfConflicts(
  { store, hub, log }: ActivationsParts,
  before: readonly HeldActivation[],
): Promise<void> {
  const now = await store.heldActivations()
  const overtaken = overtakenNow(now)
  const known = overtakenNow(before)
  const winner = now[0]
  for (const activation of now) {
    if (winner === undefined || !overtaken.has(activation.id) || known.has(activation.id)) continue
    log.warn('two hubs activated different revisions at the same time, one was overtaken', {
      overtaken: activation.revision,
      of: activation.origin,
      by: activation.author,
      active: winner.revision,
      activeOf: winner.origin,
      hub,
    })
  }
}

function overtakenNow(held: readonly HeldActivation[]): ReadonlySet<string> {
  const [newest] = held
  return newest === undefined ? new Set() : overtakenBy(held, newest.id)
}

function factsOf({ revision, epoch, hub, origin, author }: ReplicatedActivation['head']) {
  return { revision, epoch, hub, origin, author }
}
