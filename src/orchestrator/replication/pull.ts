import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import type { ActivationBody, ActivationHead, ReplicaNews } from '../../wire/replication.ts'
import type { ConfigurationStore } from '../ports.ts'
import { takeActivations, type Adopter } from './activations.ts'
import { AnswerUnusable, ask, fetchBody, fetchTexts, type Asked } from './fetch.ts'
import { newerIntents, WITHDRAWN_KEPT_MS } from './intents.ts'
import { compareForms } from './order.ts'
import type { Changes, IntentStore, PeerMark, ReplicaStore, ReplicatedActivation } from './ports.ts'

export interface PullParts {
  readonly self: string
  /** Address of this hub's console. */
  readonly url: string
  readonly store: ReplicaStore
  readonly intents: IntentStore
  readonly texts: Pick<ConfigurationStore, 'missingTexts' | 'saveTexts'>
  readonly adopter: Adopter
  readonly clock: Clock
  readonly log: Log
}

/** More than any hub has: 200 activations, and some millions of intents. */
const PAGES_MAX = 100_000
/** Activations that are in memory at the same time. */
const AT_ONCE = 10

/** Two hubs that met for the last time so long ago may have forgotten what was withdrawn meanwhile. Rule RP7. */
export function isEstranged(mark: PeerMark | undefined, now: number): boolean {
  return mark !== undefined && mark.takenAt < now - WITHDRAWN_KEPT_MS
}

/** After its restart a hub may have an older database than before: all that it has is looked at again. */
export function startOf(mark: PeerMark | undefined, news: ReplicaNews): number {
  return mark?.store === news.store && mark.boot === news.boot ? mark.taken : 0
}

/**
 * Takes all that another hub has and this one has not. What is taken stays taken when it stops on its way.
 * @returns the number up to which it has taken
 * @throws BusUnavailable, Refused, AnswerUnusable, StoreUnavailable
 */
export async function pullFrom(
  parts: PullParts,
  asked: Asked,
  { news, mark }: { readonly news: ReplicaNews; readonly mark: PeerMark | undefined },
): Promise<number> {
  const { store, clock } = parts
  const { hub } = asked
  // A database that came from a backup has another name: then all begins anew.
  const known = mark?.store === news.store ? mark : undefined
  const mayIntents = !isEstranged(known, clock.now())
  const { store: own } = await store.identity()
  let after = startOf(known, news)
  let fault: AnswerUnusable | undefined
  for (let pages = 0; pages < PAGES_MAX; pages++) {
    const answer = await ask(asked, { kind: 'changes', store: own, after })
    if (answer === undefined || answer.store !== news.store || answer.boot !== news.boot)
      throw new AnswerUnusable(`${hub} is another one than a moment ago`)
    const page = { ...answer, intents: mayIntents ? answer.intents : [] }
    const unusable = await takePage(parts, asked, page)
    fault ??= unusable
    if (answer.through < after) throw new AnswerUnusable(`${hub} counts backwards`)
    after = answer.through
    if (answer.isLast && fault !== undefined) throw fault
    if (fault !== undefined) continue // what could not be taken is asked for again, all else is taken now
    const takenAt = mayIntents ? clock.now() : (known?.takenAt ?? clock.now())
    await store.savePeer({ hub, store: news.store, boot: news.boot, taken: after, takenAt })
    if (answer.isLast) return after
  }
  throw new AnswerUnusable(`${hub} does not come to an end`)
}

/** @returns why some of it could not be taken */
async function takePage(
  parts: PullParts,
  asked: Asked,
  { activations, intents }: Pick<Changes, 'activations' | 'intents'>,
): Promise<AnswerUnusable | undefined> {
  const { store, clock } = parts
  if (intents.length > 0) {
    const now = clock.now()
    await parts.intents.receive(intents, (held) => newerIntents(held, intents, now))
  }
  if (activations.length === 0) return undefined
  const held = new Map((await store.heldActivations()).map((one) => [one.id, one]))
  const news = activations
    .filter((head) => {
      const known = held.get(head.id)
      return known === undefined || compareForms(head, known) > 0
    })
    .sort((a, b) => compareForms(b, a)) // with the newest first, none but that is compiled
  let fault: AnswerUnusable | undefined
  for (let from = 0; from < news.length; from += AT_ONCE) {
    const received: ReplicatedActivation[] = []
    for (const head of news.slice(from, from + AT_ONCE)) {
      try {
        const body = await fetchWhole(parts, asked, head)
        if (body !== undefined) received.push({ head, body })
      } catch (error) {
        if (!(error instanceof AnswerUnusable)) throw error
        fault ??= error
      }
    }
    await takeActivations({ ...parts, hub: parts.self }, received)
  }
  return fault
}

/** What it was made of; its texts are stored then. @throws AnswerUnusable */
async function fetchWhole(
  { texts }: PullParts,
  asked: Asked,
  head: ActivationHead,
): Promise<ActivationBody | undefined> {
  const body = await fetchBody(asked, head)
  const hashes = body?.manifest.map(({ hash }) => hash) ?? []
  await fetchTexts(asked, texts, hashes)
  return body
}
