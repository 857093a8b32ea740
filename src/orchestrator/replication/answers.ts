import { deflateRawSync } from 'node:zlib'
import { assert } from '../../base/assert.ts'
import {
  CHANGES_MAX,
  SLICE_BYTES,
  type ReplicaAnswer,
  type ReplicaQuery,
} from '../../wire/replication.ts'
import { Refused } from '../../wire/bus.ts'
import type { ConfigurationStore } from '../ports.ts'
import { toldOutages, type Outages } from './agreement.ts'
import type { ReplicaStore } from './ports.ts'

export interface AnswersParts {
  readonly boot: string
  /** Address of this hub's console. */
  readonly url: string
  readonly store: ReplicaStore
  readonly texts: Pick<ConfigurationStore, 'loadTexts'>
  readonly outages: () => Outages
  /** Intents do not go to this hub: it was away for too long. */
  readonly isEstranged: (hub: string, store: string) => Promise<boolean>
}

/** Answers what other hubs ask. @throws Refused, StoreUnavailable */
export async function answerReplica(
  parts: AnswersParts,
  query: ReplicaQuery,
): Promise<ReplicaAnswer> {
  switch (query.kind) {
    case 'changes':
      return changes(parts, query)
    case 'body':
      return body(parts, query.id, query.offset)
    case 'texts':
      return texts(parts, query.hashes)
    case 'outages':
      return { kind: 'outages', ...toldOutages(parts.outages()) }
    case 'text': {
      const [found] = await parts.texts.loadTexts([query.hash])
      return found === undefined
        ? { kind: 'gone' }
        : { kind: 'text', ...slice(found.body, query.offset) }
    }
  }
}

async function changes(
  { store, boot, isEstranged }: AnswersParts,
  { from, store: theirs, after }: Extract<ReplicaQuery, { kind: 'changes' }>,
): Promise<ReplicaAnswer> {
  const { store: name } = await store.identity()
  const { activations, intents, ...page } = await store.changesAfter(after, CHANGES_MAX)
  return {
    kind: 'changes',
    store: name,
    boot,
    ...page,
    activations: [...activations],
    intents: (await isEstranged(from, theirs)) ? [] : [...intents],
  }
}

async function body(
  { store, url }: AnswersParts,
  id: string,
  offset: number,
): Promise<ReplicaAnswer> {
  const found = await store.bodyOf(id, url)
  if (found === undefined) return { kind: 'gone' }
  const whole = deflateRawSync(JSON.stringify(found.body))
  return { kind: 'body', ...found.form, ...slice(whole, offset) }
}

function slice(whole: Uint8Array, offset: number): { total: number; bytes: string } {
  if (offset > whole.length) throw new Refused(`there are only ${whole.length} bytes`)
  return { total: whole.length, bytes: base64(whole.subarray(offset, offset + SLICE_BYTES)) }
}

/** As many as fit in one answer. */
async function texts(
  { texts: store }: AnswersParts,
  hashes: readonly string[],
): Promise<ReplicaAnswer> {
  const given: { hash: string; bytes: string }[] = []
  const left: string[] = []
  let room = SLICE_BYTES
  for (const { hash, body: bytes } of await store.loadTexts(hashes)) {
    if (bytes.length > room) left.push(hash)
    else {
      room -= bytes.length
      given.push({ hash, bytes: base64(bytes) })
    }
  }
  assert(given.length + left.length <= hashes.length, 'a text is given once')
  return { kind: 'texts', texts: given, left }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}
