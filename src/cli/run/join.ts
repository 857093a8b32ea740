import { mkdir } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join as pathJoin } from 'node:path'
import { joinHub, JoinFailed, JoinRefused, type Joined } from '../../adapters/nats/join.ts'
import { readIfThere, writePrivate } from '../../adapters/nats/trust/private-files.ts'
import { systemClock } from '../../adapters/system/clock.ts'
import { NODE_NAME } from '../../domain/cluster.ts'
import {
  COLLECTOR_FILE,
  collectorIdentity,
  type CollectorIdentity,
} from '../../settings/collector-identity.ts'
import { VERSION } from '../../settings/program.ts'
import { readJoinToken, TokenUnreadable, type JoinToken } from '../../wire/enrolment.ts'
import { CommandFailed, EXIT } from '../exit.ts'
import { createTerminal } from '../terminal.ts'

export interface JoinWish {
  readonly token: string
  /** `undefined`: the token's, else the machine's. */
  readonly name: string | undefined
  readonly data: string
  /** Servers of the cluster's own, which lead to all hubs. */
  readonly servers: readonly string[] | undefined
  readonly force: boolean
}

/** Joins a cluster: afterwards the data folder says who this collector is. Needs no Parallax that runs here. */
export async function join(wish: JoinWish): Promise<void> {
  const token = readToken(wish.token)
  const path = pathJoin(wish.data, COLLECTOR_FILE)
  const own = identityFrom(await readIfThere(path))
  const name = nameOf(wish, token, own)
  await refuseWhenJoined(path, wish.force, own)
  await mkdir(wish.data, { recursive: true, mode: 0o755 }).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new CommandFailed(EXIT.failed, `the data folder ${wish.data} cannot be used: ${why}`)
  })
  const isItself = own?.name === name && own.cluster === token.cluster
  const seed = isItself ? own.credentials?.seed : undefined
  const joined = await joinAs(token, name, seed).catch((error: unknown) => {
    if (error instanceof JoinFailed) throw new CommandFailed(EXIT.auth, error.message)
    throw error
  })
  const identity = identityOf(joined, wish.servers)
  await writePrivate(path, `${JSON.stringify(identity, null, 2)}\n`)
  const hubs = [...new Set(identity.links.flatMap((link) => link.hubs))]
  const terminal = createTerminal(false)
  terminal.data(`Joined as ${identity.cluster}.${identity.name}, for ${hubs.join(', ')}`)
  terminal.say(`start it: parallax collector --data ${wish.data}`)
}

/** With its own key it keeps its name. One that was shut out, or that another hub of this name never knew, needs a new one. */
async function joinAs(token: JoinToken, name: string, seed: string | undefined): Promise<Joined> {
  const parts = { token, name, program: VERSION, clock: systemClock }
  try {
    return await joinHub({ ...parts, seed })
  } catch (error) {
    if (seed === undefined || !(error instanceof JoinRefused)) throw error
    return joinHub({ ...parts, seed: undefined })
  }
}

function readToken(text: string): JoinToken {
  try {
    return readJoinToken(text)
  } catch (error) {
    if (error instanceof TokenUnreadable)
      throw new CommandFailed(
        EXIT.usage,
        error.message,
        '`parallax collector token --cluster NAME` on the hub prints one',
      )
    throw error
  }
}

function nameOf({ name }: JoinWish, token: JoinToken, own: CollectorIdentity | undefined): string {
  const before = own?.cluster === token.cluster ? own?.name : undefined
  const wanted = name ?? token.name ?? before ?? hostname().split('.')[0]?.toLowerCase() ?? ''
  if (NODE_NAME.test(wanted)) return wanted
  throw new CommandFailed(
    EXIT.usage,
    name === undefined
      ? `this machine's name '${wanted}' cannot be the name of a collector`
      : `--name: '${wanted}' cannot be used`,
    'write small letters, digits and hyphens, such as --name c1',
  )
}

/** A collector that joins again over its own data would leave results of another one in its outbox. */
async function refuseWhenJoined(
  path: string,
  force: boolean,
  own: CollectorIdentity | undefined,
): Promise<void> {
  if (force || (await readIfThere(path)) === undefined) return
  const who = own === undefined ? '' : ` as ${own.cluster}.${own.name}`
  throw new CommandFailed(
    EXIT.conflict,
    `this data folder has joined already${who}: ${path}`,
    'choose another folder with --data, or replace it with --force',
  )
}

function identityFrom(text: string | undefined): CollectorIdentity | undefined {
  return text === undefined ? undefined : collectorIdentity.safeParse(jsonOf(text)).data
}

function identityOf(
  { answer, ca, seed }: Joined,
  servers: readonly string[] | undefined,
): CollectorIdentity {
  const { cluster, name, jwt, links } = answer
  const hubs = [...new Set(links.flatMap((link) => link.hubs))]
  return collectorIdentity.parse({
    version: 1,
    cluster,
    name,
    links: servers === undefined ? links : [{ hubs, servers }],
    ca,
    credentials: { jwt, seed },
  })
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
