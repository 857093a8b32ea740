import { X509Certificate } from 'node:crypto'
import { decode as decodeJwt } from '@nats-io/jwt'
import { connect, errors, type NatsConnection } from '@nats-io/transport-node'
import type { Clock } from '../../base/clock.ts'
import { Refused } from '../../wire/bus.ts'
import {
  enrolAt,
  enrolInboxPrefix,
  type EnrolAnswer,
  type EnrolQuestion,
  type JoinToken,
} from '../../wire/enrolment.ts'
import { MESSAGE_VERSION } from '../../wire/subjects.ts'
import { decode, encode } from './codec.ts'
import { authenticatorOf } from './trust/credentials.ts'
import { createUserSeed, publicKeyOf } from './trust/signing.ts'
import { tlsOf } from './trust/tls.ts'

export interface JoinParts {
  readonly token: JoinToken
  readonly name: string
  /** Of the same collector, which joins again; `undefined`: a new one is made. */
  readonly seed?: string | undefined
  /** Version of the program. */
  readonly program: string
  readonly clock: Clock
}

/** What the hub let in, with its key, which never leaves this machine. */
export interface Joined {
  readonly answer: EnrolAnswer
  readonly seed: string
  /** PEM. */
  readonly ca: string
}

/** It did not work; the message says why, for people. */
export class JoinFailed extends Error {
  override readonly name: string = 'JoinFailed'
}

/** The hub said no. */
export class JoinRefused extends JoinFailed {
  override readonly name = 'JoinRefused'
}

const CONNECT_MS = 10_000
const ANSWER_MS = 10_000
/** The same question may be asked again: its answer may have been lost. */
const ATTEMPTS = 3

/**
 * Makes a key where it has none, shows the hub the token's secret, and takes what the hub signs. Speaks only to servers with a certificate of the token's CA.
 * @throws JoinFailed
 */
export async function joinHub({
  token,
  name,
  program,
  clock,
  ...parts
}: JoinParts): Promise<Joined> {
  const ca = new X509Certificate(Buffer.from(token.ca, 'base64')).toString()
  const { seed, publicKey } = userOf(parts.seed)
  const connection = await open(token, ca, clock)
  try {
    const { id, secret, hub } = token
    const question: EnrolQuestion = {
      version: MESSAGE_VERSION,
      token: id,
      secret,
      name,
      publicKey,
      program,
    }
    return { answer: await ask(connection, hub, question), seed, ca }
  } finally {
    await connection.close()
  }
}

function userOf(seed: string | undefined): { readonly seed: string; readonly publicKey: string } {
  return seed === undefined ? createUserSeed() : { seed, publicKey: publicKeyOf(seed) }
}

async function open(token: JoinToken, ca: string, clock: Clock): Promise<NatsConnection> {
  const { servers, jwt, seed, id } = token
  try {
    return await connect({
      servers: [...servers],
      name: 'parallax collector join',
      tls: tlsOf(ca, servers),
      authenticator: authenticatorOf({ jwt, seed }),
      inboxPrefix: enrolInboxPrefix(id),
      timeout: CONNECT_MS,
      reconnect: false,
      ignoreClusterUpdates: true,
      noAsyncTraces: true,
    })
  } catch (cause) {
    throw new JoinFailed(whyClosed(cause, token, clock), { cause })
  }
}

async function ask(
  connection: NatsConnection,
  hub: string,
  question: EnrolQuestion,
): Promise<EnrolAnswer> {
  const { name, readAnswer } = enrolAt(hub)
  for (let attempt = 1; ; attempt++) {
    try {
      const { data } = await connection.request(name, encode(question), { timeout: ANSWER_MS })
      const { refused, answer } = decode(data) as { refused?: string; answer?: unknown }
      if (refused !== undefined) throw new Refused(refused)
      return (readAnswer as (value: unknown) => EnrolAnswer)(answer)
    } catch (cause) {
      if (cause instanceof Refused) throw new JoinRefused(cause.message, { cause })
      if (attempt < ATTEMPTS && cause instanceof errors.TimeoutError) continue
      throw new JoinFailed(whyNoAnswer(cause, hub), { cause })
    }
  }
}

function whyClosed(cause: unknown, { servers, hub, jwt }: JoinToken, clock: Clock): string {
  const where = servers.join(', ')
  if (
    cause instanceof errors.AuthorizationError ||
    cause instanceof errors.UserAuthenticationExpiredError
  ) {
    return hasExpired(jwt, clock)
      ? 'this token has expired: ask for another with `parallax collector token`'
      : `the servers of ${hub} do not take this token: it is of another installation, or was withdrawn`
  }
  const text = causes(cause).join(': ')
  const isOther =
    /certificate|CERT_|altnames|self.signed|UNABLE_TO|issuer/i.test(text) && !/ECONN/.test(text)
  return isOther
    ? `who answers at ${where} has no certificate of the hub's own CA: somebody is in between, or the token is of another installation (${text})`
    : `cannot reach ${hub} at ${where}: ${text}`
}

function whyNoAnswer(cause: unknown, hub: string): string {
  if (cause instanceof errors.NoRespondersError) return `${hub} is not running now; its server is`
  if (cause instanceof errors.TimeoutError) return `${hub} does not answer now: try again`
  return `${hub} could not be asked: ${causes(cause).join(': ')}`
}

function hasExpired(jwt: string, clock: Clock): boolean {
  const { exp } = decodeJwt(jwt)
  return exp !== undefined && exp * 1000 <= clock.now()
}

/** Messages of an error and of what caused it. */
function causes(error: unknown): string[] {
  const texts: string[] = []
  let at: unknown = error
  for (let depth = 0; at instanceof Error && depth < 5; depth++) {
    if (at.message !== '' && !texts.includes(at.message)) texts.push(at.message)
    at = at.cause
  }
  return texts
}
