import type { Instant } from '../base/instant.ts'
import type {
  ApplyJob,
  ConfigurationKind,
  ConfigurationObject,
  RevisionSummary,
} from '../wire/api/configuration.ts'
import type { Sharing } from './plan.ts'

/** One text of a configuration: a file, or an object of the API. The same bytes have the same hash and are kept once. */
export interface ManifestEntry {
  /** As problems name it. */
  readonly file: string
  readonly hash: string
  /** Of an object of the API; absent for a file. */
  readonly object?: ManifestObject
}

export interface ManifestObject {
  readonly kind: ConfigurationKind
  readonly name: string
  readonly managedBy: string
}

/** A text of the store, deflated. */
export interface StoredText {
  readonly hash: string
  readonly body: Uint8Array
}

/** Collectors to whom plans go. */
export interface LiveCollectors {
  /** Those that are there now. */
  live(): readonly Addressee[]
  /** All that joined, whether they are there or not. */
  members(): readonly Addressee[]
}

export interface Addressee {
  /** `cluster.name`, or `local` in one process. */
  readonly id: string
  readonly cluster: string
}

/** What makes one activation newer than another, everywhere in the installation: its epoch, then the name of the hub. */
export interface ActivationEpoch {
  readonly epoch: number
  readonly hub: string
  readonly sharing: Sharing
}

/** A revision that was active, with where its texts are. */
export interface Activation extends Omit<RevisionSummary, 'isActive'>, ActivationEpoch {
  /** Orders activations; what `revisions` pages by. */
  readonly number: number
  /** A restart begins with its texts instead of the files. */
  readonly isPinned: boolean
  readonly manifest: readonly ManifestEntry[]
  /** That activated it; its name in all hubs. */
  readonly job: string
  /** What was active before. */
  readonly parent: string | null
  /** The hub that activated it first; `hub` is the one that renewed its epoch. */
  readonly origin: string
  /** Another hub activated it, and this one cannot run it. */
  readonly fault: string | null
  /** What its texts mean by `$PARALLAXURL$`, where that is not this hub. */
  readonly url: string | null
}

/** An object of the API as it stands, with its text. */
export interface StoredObject extends ManifestObject {
  /** `null`: it was deleted, and its owner left something else. */
  readonly hash: string | null
  readonly text: string | null
  /** Of the text that its owner left. */
  readonly ownerHash: string | null
}

/** What a proposal makes of the objects of the API. */
export interface ObjectWrite extends ManifestObject {
  /** `undefined` deletes it. */
  readonly written:
    { readonly hash: string; readonly text: string; readonly value: unknown } | undefined
  /** It is what its owner wants; otherwise the object drifts from that. */
  readonly isOfOwner: boolean
}

/** All that becomes true in one transaction when a job succeeds. */
export interface NewActivation extends ActivationEpoch {
  readonly job: ApplyJob
  readonly revision: string
  readonly isPinned: boolean
  readonly hosts: number
  readonly services: number
  readonly manifest: readonly ManifestEntry[]
  readonly writes: readonly ObjectWrite[]
  /** The revision is active already: its texts are replaced, history gets no entry, and its epoch stays. */
  readonly isSame: boolean
  /** As in `Activation`. */
  readonly url?: string | null
  readonly at: Instant
}

export interface ObjectFilter {
  readonly kind: ConfigurationKind | undefined
  readonly managedBy: string | undefined
  readonly isPending: boolean | undefined
  /** `kind/name` of the last one before. */
  readonly after: string | undefined
  readonly limit: number
}

/** An object that is other than its owner left it. */
export interface DriftedObject extends ManifestObject {
  readonly changedBy: string
  readonly changedAt: string
  readonly change: 'created' | 'changed' | 'deleted'
}

/** Jobs and activations that are kept. */
export const JOBS_KEPT = 100
export const ACTIVATIONS_KEPT = 200

/** Jobs, revisions and objects that outlive the hub. Every method throws `StoreUnavailable` while the database is away. */
export interface ConfigurationStore {
  saveJob(job: ApplyJob): Promise<void>
  /** Newest first. */
  loadJobs(): Promise<readonly ApplyJob[]>
  loadJob(id: string): Promise<ApplyJob | undefined>
  /** Hashes of which no text is stored yet. */
  missingTexts(hashes: readonly string[]): Promise<readonly string[]>
  saveTexts(texts: readonly StoredText[]): Promise<void>
  /** At most as many as were asked for; what is gone is left out. */
  loadTexts(hashes: readonly string[]): Promise<readonly StoredText[]>
  /** All or nothing. */
  activate(activation: NewActivation): Promise<void>
  /** Forgets old activations, and texts that nothing needs any more. Not while another job stores texts. */
  trim(): Promise<void>
  activeActivation(): Promise<Activation | undefined>
  /** The same without its texts. */
  newest(): Promise<Omit<Activation, 'manifest'> | undefined>
  /** Of all activations that are kept, whoever made them; 0 when there is none. */
  highestEpoch(): Promise<number>
  /** What followed what, of all that are kept; newest first. */
  lineage(): Promise<
    readonly { readonly id: string; readonly parent: string | null; readonly epoch: number }[]
  >
  /** The newest activation, under another epoch; a greater one than its own. */
  renewEpoch(epoch: ActivationEpoch): Promise<void>
  /** The newest activation of each revision whose name begins so; at most two. */
  findRevisions(prefix: string): Promise<readonly Activation[]>
  revisions(
    limit: number,
    before: number | undefined,
  ): Promise<readonly Omit<Activation, 'manifest'>[]>
  /** As they stand. */
  storedObjects(): Promise<readonly StoredObject[]>
  objects(filter: ObjectFilter): Promise<readonly ConfigurationObject[]>
  /** Also one that is deleted and waits for an apply. */
  object(kind: ConfigurationKind, name: string): Promise<ConfigurationObject | undefined>
  /** `undefined`: another owner has it, and nothing was changed. Checked and written in one step. */
  write(change: ObjectChangeOrder): Promise<ConfigurationObject | undefined>
  countPending(): Promise<number>
  drift(): Promise<readonly DriftedObject[]>
}

export interface ObjectChangeOrder {
  readonly write: ObjectWrite
  readonly author: string
  readonly at: Instant
  /** The owner that the object must have, if it exists; `undefined` when anybody's may be changed. */
  readonly expectedOwner: string | undefined
}
