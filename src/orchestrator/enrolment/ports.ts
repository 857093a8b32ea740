import type { Instant } from '../../base/instant.ts'

/** One that was given out. The secret itself is nowhere. */
export interface StoredJoinToken {
  readonly id: string
  /** SHA-256 of the secret, hex. */
  readonly secretHash: string
  readonly cluster: string
  /** Only for this name; `undefined`: for any that is free. */
  readonly name: string | undefined
  readonly createdBy: string
  readonly createdAt: Instant
  readonly expiresAt: Instant
  /** Collector that joined with it, and when; it cannot be used again. */
  readonly usedBy: string | undefined
  readonly usedAt: Instant | undefined
}

/** A collector that joined. */
export interface EnrolledCollector {
  /** `cluster.name`. */
  readonly id: string
  readonly cluster: string
  readonly name: string
  /** What the hub signed for. */
  readonly publicKey: string
  readonly joinedAt: Instant
  /** Who gave out its token. */
  readonly joinedBy: string
  /** It was shut out, then. */
  readonly revokedAt: Instant | undefined
}

export interface EnrolmentStore {
  saveToken(token: StoredJoinToken): Promise<void>
  findToken(id: string): Promise<StoredJoinToken | undefined>
  /** Newest first, at most 1,000. */
  tokens(): Promise<readonly StoredJoinToken[]>
  /** @returns `false`: there is none that could be withdrawn */
  deleteUnusedToken(id: string): Promise<boolean>
  /**
   * Spends the token and keeps the collector, both or neither. A collector of the same id is replaced when it was revoked.
   * @returns why not: somebody was faster
   */
  enrol(token: string, collector: EnrolledCollector): Promise<'done' | 'token-used' | 'name-taken'>
  /** By id. */
  collectors(): Promise<readonly EnrolledCollector[]>
  /** As another hub knows them: what joined later here, or was shut out here, stays. */
  takeOver(collectors: readonly EnrolledCollector[]): Promise<void>
  find(id: string): Promise<EnrolledCollector | undefined>
  /** @returns `false`: it is not there, or was revoked before */
  revoke(id: string, at: Instant): Promise<boolean>
}

/** The keys of the installation, and the servers that heed them. */
export interface Gatekeeper {
  /** Credentials that may ask one question until they expire. */
  admitAsker(asker: {
    readonly question: string
    readonly inbox: string
    readonly expiresAt: Instant
  }): Promise<{ readonly jwt: string; readonly seed: string }>
  /** @returns the JWT of a collector */
  signCollector(of: {
    readonly cluster: string
    readonly name: string
    readonly publicKey: string
  }): Promise<string>
  /**
   * Shuts keys out for ever: kept when it resolves, and their connections cut.
   * @returns why servers could not be told; they hear of it when they are started again
   */
  revoke(publicKeys: readonly string[]): Promise<string | undefined>
  /** All that were shut out. */
  revoked(): readonly string[]
  /** DER, base64. */
  readonly ca: string
}
