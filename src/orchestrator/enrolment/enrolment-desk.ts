import { createHash, randomBytes } from 'node:crypto'
import type { Clock } from '../../base/clock.ts'
import { instant } from '../../base/instant.ts'
import type { Log } from '../../base/log.ts'
import { collectorId } from '../../domain/cluster.ts'
import { Refused } from '../../wire/bus.ts'
import {
  enrolAt,
  enrolInboxPrefix,
  writeJoinToken,
  type EnrolAnswer,
  type EnrolLink,
  type EnrolQuestion,
} from '../../wire/enrolment.ts'
import { MESSAGE_VERSION } from '../../wire/subjects.ts'
import { judgeEnrolment, refusalText, type EnrolCase, type RefusalReason } from './judge.ts'
import type { EnrolledCollector, EnrolmentStore, Gatekeeper, StoredJoinToken } from './ports.ts'

export interface EnrolmentParts {
  readonly hub: string
  readonly store: EnrolmentStore
  readonly gatekeeper: Gatekeeper
  /** This hub's servers as collectors of a cluster reach them. */
  readonly servers: (cluster: string) => readonly string[]
  /** Ways to all hubs that they reach, this one included. */
  readonly links: (cluster: string) => readonly EnrolLink[]
  readonly hasCluster: (name: string) => boolean
  /** Somebody joined, or was shut out. */
  readonly onChange: (collectors: readonly EnrolledCollector[]) => void
  readonly clock: Clock
  readonly log: Log
}

export interface TokenWish {
  readonly cluster: string
  readonly name: string | undefined
  readonly forMs: number
  readonly author: string
}

export interface IssuedToken {
  readonly id: string
  /** The one line; it is shown this once. */
  readonly text: string
  readonly stored: StoredJoinToken
}

export type Revocation =
  { readonly kind: 'revoked'; readonly untold: string | undefined } | { readonly kind: 'unknown' }

/** Who may join, who has joined, and who was shut out. */
export interface EnrolmentDesk {
  /** `undefined`: there is no such cluster. */
  issue(wish: TokenWish): Promise<IssuedToken | undefined>
  /** Newest first. */
  tokens(): Promise<readonly StoredJoinToken[]>
  /** `false`: it is not there, or was used. */
  withdraw(id: string): Promise<boolean>
  /** Answers who asks to join. @throws Refused with a reason for people */
  enrol(question: EnrolQuestion): Promise<EnrolAnswer>
  /** By id; those that were shut out are among them. */
  collectors(): Promise<readonly EnrolledCollector[]>
  /** Cut from the bus when it resolves, unless servers could not be told. */
  revoke(id: string, author: string): Promise<Revocation>
}

const SECRET_BYTES = 24
const ID_BYTES = 8

export function createEnrolmentDesk(parts: EnrolmentParts): EnrolmentDesk {
  return new Desk(parts)
}

class Desk implements EnrolmentDesk {
  readonly #parts: EnrolmentParts

  constructor(parts: EnrolmentParts) {
    this.#parts = parts
  }

  async issue({ cluster, name, forMs, author }: TokenWish): Promise<IssuedToken | undefined> {
    const { hub, store, gatekeeper, servers, hasCluster, clock } = this.#parts
    if (!hasCluster(cluster)) return undefined
    const id = randomBytes(ID_BYTES).toString('hex')
    const secret = randomBytes(SECRET_BYTES).toString('base64url')
    const now = clock.now()
    const expiresAt = instant(now + forMs)
    const credentials = await gatekeeper.admitAsker({
      question: enrolAt(hub).name,
      inbox: enrolInboxPrefix(id),
      expiresAt,
    })
    const stored: StoredJoinToken = {
      id,
      secretHash: digestOf(secret),
      cluster,
      name,
      createdBy: author,
      createdAt: now,
      expiresAt,
      usedBy: undefined,
      usedAt: undefined,
    }
    await store.saveToken(stored)
    const text = writeJoinToken({
      version: 1,
      id,
      hub,
      servers: [...servers(cluster)],
      ca: gatekeeper.ca,
      ...credentials,
      secret,
      cluster,
      ...(name !== undefined && { name }),
    })
    return { id, text, stored }
  }

  tokens(): Promise<readonly StoredJoinToken[]> {
    return this.#parts.store.tokens()
  }

  withdraw(id: string): Promise<boolean> {
    return this.#parts.store.deleteUnusedToken(id)
  }

  async enrol(question: EnrolQuestion): Promise<EnrolAnswer> {
    const { store, gatekeeper, links, clock } = this.#parts
    const token = await store.findToken(question.token)
    const id = collectorId(token?.cluster ?? '', question.name)
    const holder = token === undefined ? undefined : await store.find(id)
    const of: EnrolCase = { question, secretHash: digestOf(question.secret), token, holder }
    const verdict = judgeEnrolment(of, clock.now())
    if (verdict.kind === 'refuse') throw this.#refusal(verdict.reason, of)
    const { cluster, name, isAgain } = verdict
    const { publicKey } = question
    const jwt = await gatekeeper.signCollector({ cluster, name, publicKey })
    if (!isAgain) await this.#keep(id, question, of)
    return { version: MESSAGE_VERSION, cluster, name, jwt, links: [...links(cluster)] }
  }

  async #keep(id: string, { token, name, publicKey, program }: EnrolQuestion, of: EnrolCase) {
    const { store, clock, log } = this.#parts
    const { cluster = '', createdBy = '' } = of.token ?? {}
    const outcome = await store.enrol(token, {
      id,
      cluster,
      name,
      publicKey,
      joinedAt: clock.now(),
      joinedBy: createdBy,
      revokedAt: undefined,
    })
    if (outcome !== 'done') throw this.#refusal(outcome, of)
    log.info('a collector joined', { collector: id, program })
    await this.#tell()
  }

  collectors(): Promise<readonly EnrolledCollector[]> {
    return this.#parts.store.collectors()
  }

  async revoke(id: string, author: string): Promise<Revocation> {
    const { store, gatekeeper, clock, log } = this.#parts
    const collector = await store.find(id)
    if (collector === undefined || collector.revokedAt !== undefined) return { kind: 'unknown' }
    // First the key: what is in the database may be lost with it, a key that is shut out stays so.
    const untold = await gatekeeper.revoke([collector.publicKey])
    await store.revoke(id, clock.now())
    log.warn('a collector was shut out', { collector: id, author })
    if (untold !== undefined)
      log.error('not all servers know who is shut out', { collector: id, cause: untold })
    await this.#tell()
    return { kind: 'revoked', untold }
  }

  async #tell(): Promise<void> {
    this.#parts.onChange(await this.#parts.store.collectors())
  }

  #refusal(reason: RefusalReason, of: EnrolCase): Refused {
    const { name } = of.question
    const { id: token, cluster } = of.token ?? {}
    this.#parts.log.warn('somebody may not join', { reason, token, cluster, name })
    return new Refused(refusalText(reason, of))
  }
}

function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
