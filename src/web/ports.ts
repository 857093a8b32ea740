import type {
  Digest,
  ExplanationAnswer,
  ObserverList,
  RawReport,
  Reports,
  VantageMatrix,
} from '../wire/api/truth.ts'
import type { Readable } from 'node:stream'
import type { CheckId } from '../domain/check-id.ts'
import type { Clock } from '../base/clock.ts'
import type { Instant } from '../base/instant.ts'
import type { Fleet } from '../domain/fleet.ts'
import type { History, PageQuery, ReceiptPage } from '../results/ports.ts'
import type { EvidenceList, ObservedTopology } from '../wire/api/past-verdicts.ts'
import type { LiveIndex } from '../results/live-index.ts'
import type { Log } from '../base/log.ts'
import type { Metric } from '../base/metrics.ts'
import type { PassiveResults } from '../wire/subjects.ts'
import type { z } from 'zod'
import type { SystemStatus } from '../wire/api/actions.ts'
import type {
  ClusterRow,
  CollectorOrder,
  CollectorRow,
  HubComparison,
  HubRow,
} from '../wire/api/network.ts'
import type {
  ApplyJob,
  ApplyRequest,
  configurationObjects,
  configurationStatus,
  ConfigurationKind,
  ConfigurationObject,
  diffAnswer,
  PlanAnswer,
  Proposal,
  revisionList,
  RollbackRequest,
} from '../wire/api/configuration.ts'
import type { TunnelRow } from '../wire/api/tunnels.ts'

/** What the web server needs of the rest of the hub; the role composes it. */
export interface HubFacade {
  readonly clock: Clock
  readonly log: Log
  readonly live: LiveIndex
  readonly history: History
  readonly accounts: AccountStore
  readonly configuration: ConfigurationDesk
  readonly network: NetworkDesk
  /** The bytes of a backup file, keys of the installation included. Ends with an error when it cannot be read to its end. */
  backup(): Readable
  /** Absent: all collectors are in this process, nobody can join. */
  readonly enrolment?: EnrolmentDesk | undefined
  /** Absent: this hub reaches out to nobody. */
  readonly tunnels?: TunnelDesk | undefined
  /** Verdicts of several observers. */
  readonly truth: TruthDesk
  fleet(): Fleet
  /** Ids that some collector took. */
  recheck(ids: readonly CheckId[]): Promise<void>
  /** Resolves when the results are durable in an outbox. */
  submit(results: PassiveResults['results']): Promise<void>
  /** Applies the files as they are now, without what is pending. All problems, or the new revision. */
  reload(author: string): Promise<ReloadOutcome>
  status(): SystemStatus
  /** `ready` only with state loaded, database up, configuration active. */
  readiness(): { readonly isReady: boolean; readonly reasons: readonly string[] }
  readonly metrics: readonly Metric[]
}

/** What several observers say of one check, and what was decided; `undefined`: it has one observer, or nothing was decided. */
export interface TruthDesk {
  /** At an instant: the last change before it. @throws StoreUnavailable */
  explain(id: CheckId, at: Instant | undefined): Promise<ExplanationAnswer | undefined>
  reports(id: CheckId): Reports | undefined
  /** What each observer of a check said last; without any when it has one observer. */
  words(id: CheckId): readonly ObserverWord[]
  standings(): VantageMatrix['observers']
  /** With incidents of the last week. @throws StoreUnavailable */
  observers(): Promise<ObserverList>
  digest(at: Instant | undefined): Digest
  /** @throws StoreUnavailable */
  pastReceipts(query: PageQuery): Promise<ReceiptPage>
  /** Of checks that several clusters observe now. @throws StoreUnavailable */
  pastEvidence(query: PageQuery): Promise<EvidenceList>
  topology(): ObservedTopology
}

export type ObserverWord = Omit<RawReport, 'id' | 'host' | 'service' | 'verdict'>

/** Collectors, clusters and hubs as this hub sees them. */
export interface NetworkDesk {
  /** By id. */
  collectors(): readonly CollectorRow[]
  clusters(): readonly ClusterRow[]
  hubs(): readonly HubRow[]
  /** Asks the others which checks are down there. */
  compareHubs(): Promise<HubComparison>
  /** Hands the order on; the collector keeps it over a restart. */
  order(id: string, want: CollectorOrder, author: string): Promise<OrderOutcome>
}

export type OrderOutcome =
  | { readonly kind: 'taken'; readonly standing: string }
  /** It can be asked, and will not. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** It does not answer. */
  | { readonly kind: 'away'; readonly reason: string }
  | { readonly kind: 'unknown' }

/** SSH connections to clusters that cannot reach the hub. What asks a machine throws SshUnavailable. */
export interface TunnelDesk {
  status(): readonly TunnelEntry[]
  /** `undefined` here and below: no tunnel to this cluster. */
  hostKeysOf(
    cluster: string,
  ): Promise<readonly { readonly kind: string; readonly fingerprint: string }[] | undefined>
  trust(cluster: string, fingerprint: string): Promise<'trusted' | 'not-shown' | 'no-tunnel'>
  authorization(cluster: string): Promise<string | undefined>
}

export interface TunnelEntry {
  readonly cluster: string
  readonly to: string
  readonly remotePort: number
  readonly state: TunnelRow['state']
  readonly since: Instant
  readonly reason: string
}

/** Who may join, who has joined, and who was shut out. */
export interface EnrolmentDesk {
  /** `undefined`: there is no such cluster. */
  issue(wish: {
    readonly cluster: string
    readonly name: string | undefined
    readonly forMs: number
    readonly author: string
  }): Promise<
    { readonly id: string; readonly text: string; readonly stored: JoinTokenEntry } | undefined
  >
  /** Newest first. */
  tokens(): Promise<readonly JoinTokenEntry[]>
  /** `false`: it is not there, or was used. */
  withdraw(id: string): Promise<boolean>
  /** By id. */
  collectors(): Promise<readonly EnrolmentEntry[]>
  /** `untold`: why servers do not know it yet. */
  revoke(
    id: string,
    author: string,
  ): Promise<
    { readonly kind: 'revoked'; readonly untold: string | undefined } | { readonly kind: 'unknown' }
  >
}

export interface JoinTokenEntry {
  readonly id: string
  readonly cluster: string
  readonly name: string | undefined
  readonly createdBy: string
  readonly createdAt: Instant
  readonly expiresAt: Instant
  readonly usedBy: string | undefined
  readonly usedAt: Instant | undefined
}

export interface EnrolmentEntry {
  readonly id: string
  readonly cluster: string
  readonly name: string
  readonly publicKey: string
  readonly joinedAt: Instant
  readonly joinedBy: string
  readonly revokedAt: Instant | undefined
}

export type ReloadOutcome =
  | { readonly kind: 'active'; readonly revision: string; readonly changed: number }
  | { readonly kind: 'refused'; readonly problems: readonly string[] }

/** What is monitored, and how it comes to change. The role composes it of compiler, store and apply jobs. */
export interface ConfigurationDesk {
  status(): Promise<z.infer<typeof configurationStatus>>
  /** Compiles what should be and compares it with what is active. Changes nothing. */
  plan(proposal: Proposal): Promise<PlanAnswer>
  /** Starts a job and answers as soon as it has an id; one job at a time, the next waits. */
  apply(request: ApplyRequest, author: string): Promise<ApplyJob | PlanOutdated>
  rollback(request: RollbackRequest, author: string): Promise<ApplyJob | RevisionUnknown>
  /** The job now, or after it ended when that takes less than `waitMs`. `undefined`: nobody knows it. */
  job(id: string, waitMs: number): Promise<ApplyJob | undefined>
  revisions(limit: number, before: string | undefined): Promise<z.infer<typeof revisionList>>
  /** Revisions by a beginning of their name that only one has. */
  diff(from: string, to: string): Promise<z.infer<typeof diffAnswer> | RevisionUnknown>
  /** The active configuration, or that of a revision, as one YAML text. Secrets are masked. */
  exportYaml(revision: string | undefined): Promise<string | RevisionUnknown>
  objects(query: ObjectQuery): Promise<z.infer<typeof configurationObjects>>
  object(kind: ConfigurationKind, name: string): Promise<ConfigurationObject | undefined>
  /** Pending until the next apply. */
  put(change: ObjectChange, author: string): Promise<ObjectOutcome>
  remove(change: Omit<ObjectChange, 'value'>, author: string): Promise<ObjectOutcome>
}

export interface ObjectQuery {
  readonly kind: ConfigurationKind | undefined
  readonly managedBy: string | undefined
  readonly isPending: boolean | undefined
  readonly after: string | undefined
  readonly limit: number
}

export interface ObjectChange {
  readonly kind: ConfigurationKind
  readonly name: string
  readonly value: unknown
  readonly managedBy: string | undefined
  readonly force: boolean
}

export type ObjectOutcome =
  | { readonly kind: 'done'; readonly object: ConfigurationObject }
  /** It is no such object: every fault with its place in the value. */
  | {
      readonly kind: 'invalid'
      readonly problems: readonly { readonly path: string; readonly message: string }[]
    }
  /** Another owner has it. */
  | { readonly kind: 'owned'; readonly managedBy: string }
  | { readonly kind: 'unknown' }

/** Another revision than the `expectedActive` of the request is active by now. */
export interface PlanOutdated {
  readonly kind: 'outdated'
  readonly active: string
}

export interface RevisionUnknown {
  readonly kind: 'unknown' | 'ambiguous'
  readonly revision: string
}

export type Role = 'admin' | 'operator' | 'viewer'

export interface Account {
  readonly username: string
  readonly passwordHash: string
  readonly role: Role
}

export interface StoredSession {
  /** SHA-256 of the cookie's value, hex. */
  readonly idHash: string
  readonly username: string
  readonly csrf: string
  readonly createdAt: number
  readonly lastSeenAt: number
  readonly expiresAt: number
}

export interface StoredToken {
  readonly id: string
  readonly secretHash: string
  readonly name: string
  readonly role: Role
  readonly createdBy: string
  readonly createdAt: number
  readonly expiresAt: number | null
  readonly lastUsedAt: number | null
}

/** Instants are ms since the epoch. `adapters/postgres` keeps it. */
export interface AccountStore {
  countAccounts(): Promise<number>
  /** False when the name is taken, or when `onlyWhenEmpty` and somebody was first: atomic. */
  createAccount(account: Account, onlyWhenEmpty: boolean): Promise<boolean>
  findAccount(username: string): Promise<Account | undefined>
  saveSession(session: StoredSession): Promise<void>
  findSession(idHash: string): Promise<StoredSession | undefined>
  touchSession(idHash: string, lastSeenAt: number): Promise<void>
  deleteSession(idHash: string): Promise<void>
  saveToken(token: StoredToken): Promise<void>
  findToken(id: string): Promise<StoredToken | undefined>
  listTokens(): Promise<readonly StoredToken[]>
  touchToken(id: string, lastUsedAt: number): Promise<void>
  deleteToken(id: string): Promise<boolean>
  audit(entry: AuditEntry): Promise<void>
  /** The SHA-256 of the first-run token; `undefined` once there is an account. */
  getSetupTokenHash(): Promise<string | undefined>
  setSetupTokenHash(hash: string | undefined): Promise<void>
}

export interface AuditEntry {
  readonly at: number
  readonly actor: string
  readonly action: string
  readonly subject: string
  readonly detail: string
}
