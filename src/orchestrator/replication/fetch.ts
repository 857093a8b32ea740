import { createHash } from 'node:crypto'
import { inflateRaw } from 'node:zlib'
import { promisify } from 'node:util'
import {
  activationBody,
  replicaOf,
  TEXTS_MAX,
  type ActivationBody,
  type ActivationHead,
  type ReplicaAnswer,
  type ReplicaQuery,
} from '../../wire/replication.ts'
import { BusUnavailable, type Bus } from '../../wire/bus.ts'
import { MESSAGE_VERSION } from '../../wire/subjects.ts'
import type { ConfigurationStore, StoredText } from '../ports.ts'
import { compareForms } from './order.ts'

const inflate = promisify(inflateRaw)

/** One answer of another hub may take so long. */
const ANSWER_WITHIN_MS = 15_000
/** What a text or a body may grow to. */
const INFLATED_MAX = 64 * 1024 * 1024
const SLICES_MAX = 1_000
/** Texts that are asked for again, because an answer had no room for them. */
const ROUNDS_MAX = 10_000

/** What another hub answered is of no use; the same may be right when it is asked again. */
export class AnswerUnusable extends Error {
  override readonly name = 'AnswerUnusable'
}

/** Another hub, to be asked. */
export interface Asked {
  readonly self: string
  readonly hub: string
  readonly bus: Bus
}

/** Each kind of question without what all have. */
type Asking = ReplicaQuery extends infer Q
  ? Q extends ReplicaQuery
    ? Omit<Q, 'version' | 'from'>
    : never
  : never

type AnswerOf<K extends ReplicaAnswer['kind']> = Extract<ReplicaAnswer, { kind: K }>

/** @returns `undefined`: it is gone there @throws BusUnavailable, Refused, AnswerUnusable */
export async function ask<K extends Asking['kind']>(
  { self, hub, bus }: Asked,
  query: Asking & { readonly kind: K },
): Promise<AnswerOf<K> | undefined> {
  const whole = { version: MESSAGE_VERSION, from: self, ...query } as ReplicaQuery
  const answer = await bus.request(replicaOf(hub), whole, ANSWER_WITHIN_MS)
  if (answer.kind === 'gone') return undefined
  if (answer.kind !== query.kind) throw new AnswerUnusable(`${hub} answers something else`)
  return answer as AnswerOf<K>
}

/** @returns `undefined`: that form is gone there, a newer one comes with its own number */
export async function fetchBody(
  of: Asked,
  head: ActivationHead,
): Promise<ActivationBody | undefined> {
  const whole = await slices(async (offset) => {
    const answer = await ask(of, { kind: 'body', id: head.id, offset })
    return answer === undefined || compareForms(answer, head) !== 0 ? undefined : answer
  })
  if (whole === undefined) return undefined
  const text = (await inflated(whole)).toString('utf8')
  const read = activationBody.safeParse(JSON.parse(text))
  if (read.success) return read.data
  throw new AnswerUnusable(`the body of ${head.revision} is none: ${read.error.issues[0]?.message}`)
}

/** Stores all of these texts that are not here yet. @throws AnswerUnusable when one is gone there, or is another text */
export async function fetchTexts(
  of: Asked,
  store: Pick<ConfigurationStore, 'missingTexts' | 'saveTexts'>,
  hashes: readonly string[],
): Promise<void> {
  const unique = [...new Set(hashes)]
  for (let from = 0; from < unique.length; from += TEXTS_MAX) {
    let missing = await store.missingTexts(unique.slice(from, from + TEXTS_MAX))
    for (let round = 0; missing.length > 0; round++) {
      if (round >= ROUNDS_MAX) throw new AnswerUnusable(`${of.hub} does not give all texts`)
      missing = await fetchSome(of, store, missing)
    }
  }
}

/** @returns what is still missing */
async function fetchSome(
  of: Asked,
  store: Pick<ConfigurationStore, 'saveTexts'>,
  hashes: readonly string[],
): Promise<readonly string[]> {
  const answer = await ask(of, { kind: 'texts', hashes: [...hashes] })
  const [large] = answer?.left ?? []
  const given: StoredText[] = (answer?.texts ?? []).map(({ hash, bytes }) => ({
    hash,
    body: Buffer.from(bytes, 'base64'),
  }))
  if (given.length === 0 && large !== undefined)
    given.push({ hash: large, body: await fetchLarge(of, large) })
  const wanted = given.filter(({ hash }) => hashes.includes(hash))
  if (wanted.length === 0) throw new AnswerUnusable(`${of.hub} does not have the text ${hashes[0]}`)
  for (const { hash, body } of wanted) await assertIs(hash, body)
  await store.saveTexts(wanted)
  const there = new Set(wanted.map(({ hash }) => hash))
  return hashes.filter((hash) => !there.has(hash))
}

async function fetchLarge(of: Asked, hash: string): Promise<Buffer> {
  const whole = await slices((offset) => ask(of, { kind: 'text', hash, offset }))
  if (whole === undefined) throw new AnswerUnusable(`${of.hub} does not have the text ${hash}`)
  return whole
}

async function slices(
  next: (offset: number) => Promise<{ readonly total: number; readonly bytes: string } | undefined>,
): Promise<Buffer | undefined> {
  const parts: Buffer[] = []
  let length = 0
  for (let n = 0; n < SLICES_MAX; n++) {
    const one = await next(length)
    if (one === undefined) return undefined
    const part = Buffer.from(one.bytes, 'base64')
    parts.push(part)
    length += part.length
    if (length >= one.total) return Buffer.concat(parts)
    if (part.length === 0) break
  }
  throw new AnswerUnusable('an answer in slices does not end')
}

async function assertIs(hash: string, body: Uint8Array): Promise<void> {
  const text = await inflated(body)
  // As the compiler names texts.
  const found = createHash('sha256').update(text).digest('hex').slice(0, hash.length)
  if (found !== hash) throw new AnswerUnusable(`the text ${hash} came as ${found}`)
}

async function inflated(body: Uint8Array): Promise<Buffer> {
  try {
    return await inflate(body, { maxOutputLength: INFLATED_MAX })
  } catch (error) {
    throw new AnswerUnusable('an answer cannot be unpacked', { cause: error })
  }
}

const PASSING = new Set(['Refused', 'StoreUnavailable', 'TextsMissing', 'ZodError'])

/** The other hub is away, or says something of no use now: the next news from it begins anew. */
export function isPassing(error: unknown): boolean {
  if (error instanceof BusUnavailable || error instanceof AnswerUnusable) return true
  return error instanceof Error && PASSING.has(error.name)
}
