import type { Instant } from '../../base/instant.ts'
import type { ActivationBody, ActivationHead, Intent } from '../../wire/replication.ts'
import type { Bus } from '../../wire/bus.ts'
import type { ActivationForm } from './order.ts'

/** What this hub holds of an activation. */
export interface HeldActivation extends ActivationHead {
  /** Why this hub cannot run it. */
  readonly fault: string | null
}

export interface ReplicatedActivation {
  readonly head: ActivationHead
  readonly body: ActivationBody
}

/** Changes as they are numbered here, in that order. */
export interface Changes {
  readonly activations: readonly ActivationHead[]
  readonly intents: readonly Intent[]
  readonly through: number
  readonly isLast: boolean
}

/** How far this hub has taken what another has. */
export interface PeerMark {
  readonly hub: string
  /** Of its database ... */
  readonly store: string
  /** ... and of its process, when `taken` was counted. */
  readonly boot: string
  readonly taken: number
  readonly takenAt: Instant
}

/** Every method throws `StoreUnavailable` while the database is away. */
export interface ReplicaStore {
  /** Name of the database, and its newest number. */
  identity(): Promise<{ readonly store: string; readonly newest: number }>
  changesAfter(after: number, limit: number): Promise<Changes>
  /** @param ownUrl address of this hub, which texts of its own mean */
  bodyOf(
    id: string,
    ownUrl: string,
  ): Promise<{ readonly form: ActivationForm; readonly body: ActivationBody } | undefined>
  /** All that are kept, newest first. */
  heldActivations(): Promise<readonly HeldActivation[]>
  /** Into history; @throws TextsMissing. An own one that is renewed by another hub stays readable from its files. */
  keepActivation(activation: ReplicatedActivation, fault: string | null): Promise<void>
  /** As `keepActivation`, and objects of the API become what they are in it; those that wait for an apply go on waiting. */
  adoptActivation(
    activation: ReplicatedActivation,
    objects: readonly AdoptedObject[],
    by: { readonly isPinned: boolean; readonly at: Instant },
  ): Promise<void>
  peer(hub: string): Promise<PeerMark | undefined>
  savePeer(mark: PeerMark): Promise<void>
}

/** Texts of an activation went between their storing and its own: they are to be fetched again. */
export class TextsMissing extends Error {
  override readonly name = 'TextsMissing'
}

/** An object of the API in an activation. */
export interface AdoptedObject {
  readonly kind: string
  readonly name: string
  readonly managedBy: string
  readonly hash: string
  readonly text: string
  readonly value: unknown
  readonly ownerHash: string | null
}

/** What people want of checks. Every method throws `StoreUnavailable` while the database is away. */
export interface IntentStore {
  intent(id: string): Promise<Intent | undefined>
  /** Those that are not withdrawn, of a subject or of all; by id. */
  intents(filter: {
    readonly subject?: string
    readonly after?: string
    readonly limit: number
  }): Promise<readonly Intent[]>
  /**
   * The next form, made of the one that is there, in one step. `undefined` of `next`: nothing is to be changed.
   * @returns what was stored
   */
  change(
    id: string,
    next: (before: Intent | undefined) => Intent | undefined,
  ): Promise<Intent | undefined>
  /** Forms from another hub; `newerOf` says which of them count. All or nothing. @returns those that were stored */
  receive(
    intents: readonly Intent[],
    newerOf: (held: ReadonlyMap<string, Intent>) => readonly Intent[],
  ): Promise<readonly Intent[]>
  /** Forgets those that were withdrawn before then. @returns how many */
  forgetWithdrawn(before: Instant): Promise<number>
}

/** A bus on which other hubs may be. */
export interface ReplicaBus {
  readonly bus: Bus
  /** Calls `run` whenever it is connected again. Absent: it always is. */
  readonly onOpen?: (run: () => void) => void
}
