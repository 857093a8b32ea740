import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { z } from 'zod'
import type { Clock } from '../../../base/clock.ts'
import {
  createAuthority,
  issueCertificate,
  whyRenew,
  type KeyedCertificate,
} from './certificates.ts'
import { privateFolder, readIfThere, writePrivate, writePrivateOnce } from './private-files.ts'
import {
  createSeeds,
  createUserSeed,
  publicKeyOf,
  signAccount,
  signAsker,
  signCollector,
  signHub,
  signLeaf,
  signOperator,
  signSystemAccount,
  signSystemLeaf,
  signSystemUser,
  type Asker,
  type CollectorUser,
  type Credentials,
} from './signing.ts'

/**
 * Who may do what on the bus of an installation: its keys, its CA, and who was shut out. Everything is in one folder; a second hub that gets
 * a copy of it belongs to the same installation and can let others in just as well.
 */
export interface Trust {
  /** Of the installation, the same at all its hubs. */
  readonly id: string
  /** PEM; whoever believes this CA and no other cannot be fooled by a stranger's server. */
  readonly ca: string
  /** What servers are configured with. */
  readonly anchors: TrustAnchors
  /** May do everything in the account. The key is a new one each time. */
  hubCredentials(hub: string): Promise<Credentials>
  /** May look at servers and change their accounts. */
  systemCredentials(): Promise<Credentials>
  /** Signs the public key that a collector made itself. */
  signCollector(user: CollectorUser): Promise<string>
  /** With a key that is made here, where both ends are ours. */
  collectorCredentials(user: Omit<CollectorUser, 'user'>): Promise<Credentials>
  /** Of a cluster's own servers towards the hubs. */
  leafCredentials(cluster: string): Promise<LeafCredentials>
  /** Of one who asks one question and hears its answer. */
  askerCredentials(asker: Omit<Asker, 'user'>): Promise<Credentials>
  /** As servers want it now: it changes when somebody is revoked. */
  account(): Promise<string>
  /** Public keys of users that were shut out for ever, in order. */
  revoked(): readonly string[]
  /** Survives a crash once it resolves. Servers hear of it by `pushAccount`. @returns `false`: all of them were known */
  revoke(users: readonly string[]): Promise<boolean>
  /** Of the server with this name; it is made anew when the names change or it expires within 30 days. */
  certificate(server: string, names: readonly string[]): Promise<ServerCertificate>
}

export interface TrustAnchors {
  readonly operator: string
  readonly system: { readonly id: string; readonly jwt: string }
  readonly accountId: string
}

/** A cluster's servers stand in two accounts: where the work is, and where the servers hear of revocations. */
export interface LeafCredentials {
  readonly account: Credentials
  readonly system: Credentials
}

export interface ServerCertificate extends KeyedCertificate {
  readonly certificatePath: string
  readonly keyPath: string
  readonly isNew: boolean
}

/** The folder holds what is no trust of ours; a person must act, because a new one would shut everybody out. */
export class TrustDamaged extends Error {
  override readonly name = 'TrustDamaged'
}

const installationFile = z.object({
  version: z.literal(1),
  id: z.string(),
  seeds: z.object({ operator: z.string(), system: z.string(), account: z.string() }),
  authority: z.object({ certificate: z.string(), key: z.string() }),
  operator: z.string(),
  system: z.string(),
})
type Installation = z.output<typeof installationFile>

const revokedFile = z.object({ version: z.literal(1), users: z.array(z.string()) })

/**
 * Reads the trust of the folder, or makes one where there is none yet.
 * @throws TrustDamaged
 */
export async function openTrust(folder: string, clock: Clock): Promise<Trust> {
  await privateFolder(folder)
  const path = join(folder, 'installation.json')
  let text = await readIfThere(path)
  if (text === undefined) {
    await writePrivateOnce(path, `${JSON.stringify(await createInstallation(clock), null, 2)}\n`)
    text = await readIfThere(path)
  }
  const installation = parsed(path, text ?? '', installationFile)
  const revokedPath = join(folder, 'revoked.json')
  const revoked = await readIfThere(revokedPath)
  const users = revoked === undefined ? [] : parsed(revokedPath, revoked, revokedFile).users
  return new FolderTrust(folder, installation, new Set(users), clock)
}

async function createInstallation(clock: Clock): Promise<Installation> {
  const id = `parallax-${randomBytes(6).toString('hex')}`
  const seeds = createSeeds()
  return {
    version: 1,
    id,
    seeds,
    authority: await createAuthority(`Parallax CA ${id}`, clock.now()),
    operator: await signOperator(seeds, id),
    system: await signSystemAccount(seeds),
  }
}

function parsed<T>(path: string, text: string, shape: z.ZodType<T>): T {
  try {
    return shape.parse(JSON.parse(text))
  } catch (cause) {
    throw new TrustDamaged(
      `${path} is damaged: bring it back from a backup of this hub, or from another hub of the installation`,
      { cause },
    )
  }
}

class FolderTrust implements Trust {
  readonly #folder: string
  readonly #installation: Installation
  readonly #revoked: Set<string>
  readonly #clock: Clock
  #writing: Promise<unknown> = Promise.resolve()

  constructor(folder: string, installation: Installation, revoked: Set<string>, clock: Clock) {
    this.#folder = folder
    this.#installation = installation
    this.#revoked = revoked
    this.#clock = clock
  }

  get id(): string {
    return this.#installation.id
  }

  get ca(): string {
    return this.#installation.authority.certificate
  }

  get anchors(): TrustAnchors {
    const { operator, system, seeds } = this.#installation
    return {
      operator,
      system: { id: publicKeyOf(seeds.system), jwt: system },
      accountId: publicKeyOf(seeds.account),
    }
  }

  hubCredentials(hub: string): Promise<Credentials> {
    return withKey((user) => signHub(this.#installation.seeds, hub, user))
  }

  systemCredentials(): Promise<Credentials> {
    return withKey((user) => signSystemUser(this.#installation.seeds, user))
  }

  signCollector(user: CollectorUser): Promise<string> {
    return signCollector(this.#installation.seeds, user)
  }

  collectorCredentials(collector: Omit<CollectorUser, 'user'>): Promise<Credentials> {
    return withKey((user) => this.signCollector({ ...collector, user }))
  }

  async leafCredentials(cluster: string): Promise<LeafCredentials> {
    const { seeds } = this.#installation
    return {
      account: await withKey((user) => signLeaf(seeds, cluster, user)),
      system: await withKey((user) => signSystemLeaf(seeds, cluster, user)),
    }
  }

  askerCredentials(asker: Omit<Asker, 'user'>): Promise<Credentials> {
    return withKey((user) => signAsker(this.#installation.seeds, { ...asker, user }))
  }

  account(): Promise<string> {
    return signAccount(this.#installation.seeds, this.#revoked)
  }

  revoked(): readonly string[] {
    return [...this.#revoked].toSorted()
  }

  async revoke(users: readonly string[]): Promise<boolean> {
    const news = users.filter((user) => !this.#revoked.has(user))
    for (const user of news) this.#revoked.add(user)
    const written = this.#writing.then(() => this.#write())
    this.#writing = written.catch(() => undefined) // who asked hears of it
    await written
    return news.length > 0
  }

  #write(): Promise<void> {
    const file: z.output<typeof revokedFile> = { version: 1, users: [...this.revoked()] }
    return writePrivate(join(this.#folder, 'revoked.json'), `${JSON.stringify(file, null, 2)}\n`)
  }

  async certificate(server: string, names: readonly string[]): Promise<ServerCertificate> {
    await privateFolder(join(this.#folder, 'servers'))
    const folder = join(this.#folder, 'servers', server)
    const certificatePath = join(folder, 'server.crt')
    const keyPath = join(folder, 'server.key')
    const certificate = await readIfThere(certificatePath)
    const key = await readIfThere(keyPath)
    const paths = { certificatePath, keyPath }
    if (certificate !== undefined && key !== undefined && this.#isGood(certificate, names))
      return { certificate, key, ...paths, isNew: false }
    const { authority } = this.#installation
    const issued = await issueCertificate(authority, names, this.#clock.now())
    await privateFolder(folder)
    // A key without its certificate is what a crash leaves at worst; without the certificate both are made again.
    await writePrivate(certificatePath, '')
    await writePrivate(keyPath, issued.key)
    await writePrivate(certificatePath, issued.certificate)
    return { ...issued, ...paths, isNew: true }
  }

  #isGood(certificate: string, names: readonly string[]): boolean {
    try {
      return whyRenew(certificate, this.ca, names, this.#clock.now()) === undefined
    } catch {
      return false // cut off in the middle, or not ours
    }
  }
}

async function withKey(sign: (publicKey: string) => Promise<string>): Promise<Credentials> {
  const { seed, publicKey } = createUserSeed()
  return { jwt: await sign(publicKey), seed }
}
