import type { CheckId } from '../domain/check-id.ts'
import type { Clock } from '../base/clock.ts'
import type { Fleet } from '../domain/fleet.ts'
import type { History } from '../results/ports.ts'
import type { LiveIndex } from '../results/live-index.ts'
import type { Log } from '../base/log.ts'
import type { Metric } from '../base/metrics.ts'
import type { PassiveResults } from '../wire/subjects.ts'
import type { z } from 'zod'
import type { SystemStatus } from '../wire/api/actions.ts'
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

/** What the web server needs of the rest of the hub; the role composes it. */
export interface HubFacade {
  readonly clock: Clock
  readonly log: Log
  readonly live: LiveIndex
  readonly history: History
  readonly accounts: AccountStore
  readonly configuration: ConfigurationDesk
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
