import { mkdir } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join as pathJoin } from 'node:path'
import { joinHub, JoinFailed, type Joined } from '../../adapters/nats/join.ts'
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
  const name = nameOf(wish, token)
  const path = pathJoin(wish.data, COLLECTOR_FILE)
  await refuseWhenJoined(path, wish.force)
  await mkdir(wish.data, { recursive: true, mode: 0o755 }).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new CommandFailed(EXIT.failed, `the data folder ${wish.data} cannot be used: ${why}`)
  })
  const joined = await joinHub({ token, name, program: VERSION, clock: systemClock }).catch(
    (error: unknown) => {
      if (error instanceof JoinFailed) throw new CommandFailed(EXIT.auth, error.message)
      throw error
    },
  )
  const identity = identityOf(joined, wish.servers)
  await writePrivate(path, `${JSON.stringify(identity, null, 2)}\n`)
  const hubs = [...new Set(identity.links.flatMap((link) => link.hubs))]
  const terminal = createTerminal(false)
  terminal.data(`Joined as ${identity.cluster}.${identity.name}, for ${hubs.join(', ')}`)
  terminal.say(`start it: parallax collector --data ${wish.data}`)
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

function nameOf({ name }: JoinWish, token: JoinToken): string {
  const wanted = name ?? token.name ?? hostname().split('.')[0]?.toLowerCase() ?? ''
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
async function refuseWhenJoined(path: string, force: boolean): Promise<void> {
  const text = await readIfThere(path)
  if (text === undefined || force) return
  const parsed = collectorIdentity.safeParse(jsonOf(text))
  const who = parsed.success ? ` as ${parsed.data.cluster}.${parsed.data.name}` : ''
  throw new CommandFailed(
    EXIT.conflict,
    `this data folder has joined already${who}: ${path}`,
    'choose another folder with --data, or replace it with --force',
  )
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
