import { z } from 'zod'
import { NODE_NAME } from '../domain/cluster.ts'
import type { Question } from './bus.ts'
import { MESSAGE_VERSION } from './subjects.ts'

/** What a machine that wants to join asks a hub, with the credentials of its token, which allow nothing else. */

const version = z.literal(MESSAGE_VERSION)
const nodeName = z
  .string()
  .regex(NODE_NAME, 'write small letters, digits and hyphens, such as c1; 63 at most')

/** Public key of a user of the bus, as nkeys writes it. */
export const publicKey = z.string().regex(/^U[A-Z2-7]{55}$/, 'not the public key of a user')

export const enrolQuestion = z.object({
  version,
  /** Id of the token, and the secret that came with it. */
  token: z.string().min(1).max(64),
  secret: z.string().min(1).max(128),
  /** What it wants to be called in the token's cluster. */
  name: nodeName,
  /** Of the key that it made; the key itself stays there. */
  publicKey,
  /** Version of its program. */
  program: z.string().max(100),
})
export type EnrolQuestion = z.output<typeof enrolQuestion>

/** One for each way to hubs, as `collector.json` has it. */
export const enrolLink = z.object({
  hubs: z.array(nodeName).min(1),
  servers: z
    .array(z.string().regex(/^(nats|tls):\/\/\S+$/))
    .min(1)
    .max(50),
})
export type EnrolLink = z.output<typeof enrolLink>

export const enrolAnswer = z.object({
  version,
  cluster: nodeName,
  name: nodeName,
  /** What the hub signed for the public key. */
  jwt: z.string().min(1),
  links: z.array(enrolLink).min(1),
})
export type EnrolAnswer = z.output<typeof enrolAnswer>

export const enrolAt = (hub: string): Question<EnrolQuestion, EnrolAnswer> => ({
  name: `enrol.${hub}`,
  hub,
  read: (value) => enrolQuestion.parse(value),
  readAnswer: (value) => enrolAnswer.parse(value),
})

/** Where answers to one who joins come in. */
export function enrolInboxPrefix(token: string): string {
  return `_ENROL.${token}`
}

/** All that a machine needs to join, in one line. */
export const joinToken = z.object({
  version: z.literal(1),
  id: z.string().min(1).max(64),
  hub: nodeName,
  /** Servers of the hub. */
  servers: enrolLink.shape.servers,
  /** DER of the only CA that is believed, base64. */
  ca: z.base64().max(8_192),
  /** Credentials that allow the question, and expire with the token. */
  jwt: z.string().max(8_192),
  seed: z.string().max(128),
  secret: z.string().max(128),
  cluster: nodeName,
  /** What the machine is to be called; absent: it says so itself. */
  name: nodeName.optional(),
})
export type JoinToken = z.output<typeof joinToken>

/** The text is no token, or not all of one. */
export class TokenUnreadable extends Error {
  override readonly name = 'TokenUnreadable'
}

/** A longer text is no token. */
const TOKEN_CHARS_MAX = 32_768

export function writeJoinToken(token: JoinToken): string {
  return Buffer.from(JSON.stringify(token), 'utf8').toString('base64url')
}

/** @throws TokenUnreadable */
export function readJoinToken(text: string): JoinToken {
  const trimmed = text.trim()
  if (!/^[\w-]+$/.test(trimmed) || trimmed.length > TOKEN_CHARS_MAX)
    throw new TokenUnreadable('this is no token: a token is one line of letters, digits, - and _')
  try {
    return joinToken.parse(JSON.parse(Buffer.from(trimmed, 'base64url').toString('utf8')))
  } catch (cause) {
    throw new TokenUnreadable('this is no token, or a part of it is missing: copy the whole line', {
      cause,
    })
  }
}
