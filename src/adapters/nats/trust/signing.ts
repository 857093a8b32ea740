import { Algorithms, encodeAccount, encodeOperator, encodeUser, type User } from '@nats-io/jwt'
import { createAccount, createOperator, createUser, fromSeed } from '@nats-io/nkeys'
import type { Instant } from '../../../base/instant.ts'
import {
  clusterPermissions,
  collectorPermissions,
  type Permissions,
} from '../../../wire/permissions.ts'

/** The keys of an installation: whoever has them can let anybody in. */
export interface SigningSeeds {
  readonly operator: string
  readonly system: string
  readonly account: string
}

/** What the bus believes somebody to be, and the key that proves it. */
export interface Credentials {
  readonly jwt: string
  readonly seed: string
}

/** What was signed for a revoked key never counts again, whatever a clock says: whoever comes back makes another key. */
const FOR_EVER_S = 253_370_764_800

const UNBOUNDED = -1
const EVERYTHING: Permissions = { publish: ['>'], subscribe: ['>'] }
const SECOND_NS = 1_000_000_000
/** A question is answered once, and by then. */
const ANSWER = { max: 1, ttl: 60 * SECOND_NS }
/** Who only asks to join needs no more. */
const ENROL_PAYLOAD_MAX = 16 * 1024
const ENROL_SUBSCRIPTIONS_MAX = 4

export function createSeeds(): SigningSeeds {
  const seedOf = (pair: { getSeed(): Uint8Array }): string => textOf(pair.getSeed())
  return {
    operator: seedOf(createOperator()),
    system: seedOf(createAccount()),
    account: seedOf(createAccount()),
  }
}

export function createUserSeed(): { readonly seed: string; readonly publicKey: string } {
  const pair = createUser()
  return { seed: textOf(pair.getSeed()), publicKey: pair.getPublicKey() }
}

export function publicKeyOf(seed: string): string {
  return fromSeed(bytesOf(seed)).getPublicKey()
}

/** @param id of the installation */
export function signOperator(seeds: SigningSeeds, id: string): Promise<string> {
  const operator = { system_account: publicKeyOf(seeds.system) }
  return encodeOperator(id, fromSeed(bytesOf(seeds.operator)), operator)
}

export function signSystemAccount(seeds: SigningSeeds): Promise<string> {
  const signer = fromSeed(bytesOf(seeds.operator))
  return encodeAccount('SYS', fromSeed(bytesOf(seeds.system)), { limits: LIMITS }, options(signer))
}

/**
 * The account in which all of an installation happens. Servers that have an older one take this one.
 * @param revoked public keys of users
 */
export function signAccount(seeds: SigningSeeds, revoked: Iterable<string>): Promise<string> {
  const revocations = Object.fromEntries([...revoked].map((user) => [user, FOR_EVER_S]))
  const signer = fromSeed(bytesOf(seeds.operator))
  return encodeAccount(
    'PARALLAX',
    fromSeed(bytesOf(seeds.account)),
    { limits: { ...LIMITS, ...STREAM_LIMITS }, revocations },
    options(signer),
  )
}

const LIMITS = {
  subs: UNBOUNDED,
  data: UNBOUNDED,
  payload: UNBOUNDED,
  imports: UNBOUNDED,
  exports: UNBOUNDED,
  wildcards: true,
  conn: UNBOUNDED,
  leaf: UNBOUNDED,
}

/** The server's own bounds count. */
const STREAM_LIMITS = {
  mem_storage: UNBOUNDED,
  disk_storage: UNBOUNDED,
  streams: UNBOUNDED,
  consumer: UNBOUNDED,
}

export function signHub(seeds: SigningSeeds, hub: string, user: string): Promise<string> {
  return signUser(seeds.account, {
    name: `hub ${hub}`,
    user,
    rights: rightsOf(EVERYTHING, 'STANDARD'),
  })
}

/** May look at servers and give them new accounts. */
export function signSystemUser(seeds: SigningSeeds, user: string): Promise<string> {
  return signUser(seeds.system, {
    name: 'system',
    user,
    rights: rightsOf(EVERYTHING, 'STANDARD'),
  })
}

/** @param user public key that the collector made. @param expiresAt absent: until it is revoked */
export function signCollector(
  seeds: SigningSeeds,
  { cluster, name, user, expiresAt }: CollectorUser,
): Promise<string> {
  const rights = { ...rightsOf(collectorPermissions(cluster, name), 'STANDARD'), resp: ANSWER }
  return signUser(seeds.account, { name: `${cluster}.${name}`, user, rights, expiresAt })
}

export interface CollectorUser {
  readonly cluster: string
  readonly name: string
  readonly user: string
  readonly expiresAt?: Instant
}

/** Of a cluster's own servers, towards the hubs. */
export function signLeaf(seeds: SigningSeeds, cluster: string, user: string): Promise<string> {
  const rights = { ...rightsOf(clusterPermissions(cluster), 'LEAFNODE'), resp: ANSWER }
  return signUser(seeds.account, { name: `cluster ${cluster}`, user, rights })
}

/** Of a cluster's own servers: hears of accounts that have changed, so that who is revoked is cut there too. */
export function signSystemLeaf(
  seeds: SigningSeeds,
  cluster: string,
  user: string,
): Promise<string> {
  const rights = {
    ...rightsOf({ publish: [], subscribe: [CLAIMS_UPDATE] }, 'LEAFNODE'),
    resp: ANSWER,
  }
  return signUser(seeds.system, { name: `cluster ${cluster}`, user, rights })
}

export const CLAIMS_UPDATE = '$SYS.REQ.CLAIMS.UPDATE'

/** May ask one question, and hear its answer. */
export function signAsker(
  seeds: SigningSeeds,
  { question, inbox, user, expiresAt }: Asker,
): Promise<string> {
  const rights = rightsOf({ publish: [question], subscribe: [`${inbox}.>`] }, 'STANDARD')
  const bounds = { payload: ENROL_PAYLOAD_MAX, subs: ENROL_SUBSCRIPTIONS_MAX }
  return signUser(seeds.account, {
    name: 'enrol',
    user,
    rights: { ...rights, ...bounds },
    expiresAt,
  })
}

export interface Asker {
  readonly question: string
  readonly inbox: string
  readonly user: string
  readonly expiresAt: Instant
}

function rightsOf(
  { publish, subscribe }: Permissions,
  kind: 'STANDARD' | 'LEAFNODE',
): Partial<User> {
  const some = (list: readonly string[]): { allow?: string[]; deny?: string[] } =>
    list.length === 0 ? { deny: ['>'] } : { allow: [...list] }
  return { pub: some(publish), sub: some(subscribe), allowed_connection_types: [kind] }
}

interface Signed {
  readonly name: string
  readonly user: string
  readonly rights: Partial<User>
  readonly expiresAt?: Instant | undefined
}

/** @param account its seed */
function signUser(account: string, { name, user, rights, expiresAt }: Signed): Promise<string> {
  const expiry = expiresAt === undefined ? {} : { exp: Math.floor(expiresAt / 1_000) }
  const signer = fromSeed(bytesOf(account))
  return encodeUser(name, user, signer, rights, { algorithm: Algorithms.v2, ...expiry })
}

function options(signer: ReturnType<typeof fromSeed>) {
  return { algorithm: Algorithms.v2, signer }
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()
export const bytesOf = (text: string): Uint8Array => encoder.encode(text)
const textOf = (bytes: Uint8Array): string => decoder.decode(bytes)
