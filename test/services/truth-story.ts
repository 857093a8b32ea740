import type { ChangeRow } from '../../src/wire/api/objects.ts'
import type { Digest, ExplanationAnswer, ObserverList, Reports } from '../../src/wire/api/truth.ts'
import type { Receipt } from '../../src/results/decision/receipt.ts'
import type { TestHub } from './network.ts'
import { eventually } from './program.ts'

/** What a hub says of verdicts and observers, asked until it says what a story expects. */
export type Incident = ObserverList['incidents'][number]

const since = (from: number): string => encodeURIComponent(new Date(from).toISOString())

/** @param at of then instead of now, from the last receipt up to it */
export function explanationOf(hub: TestHub, id: string, at?: string): Promise<ExplanationAnswer> {
  const when = at === undefined ? '' : `?at=${encodeURIComponent(at)}`
  return hub.api<ExplanationAnswer>(`/api/v1/objects/${encodeURIComponent(id)}/explanation${when}`)
}

export const reportsOf = (hub: TestHub, id: string): Promise<Reports> =>
  hub.api<Reports>(`/api/v1/objects/${encodeURIComponent(id)}/reports`)

/** Resolves when the verdict of this check is of this kind; the sentence of the last one is in the error. */
export async function verdict(
  hub: TestHub,
  id: string,
  kind: ExplanationAnswer['kind'],
  limitMs = 30_000,
): Promise<ExplanationAnswer> {
  let last = ''
  return eventually(
    async () => {
      const found = await explanationOf(hub, id)
      last = found.sentence
      return found.kind === kind ? found : undefined
    },
    limitMs,
    `${hub.name} says ${kind} of ${id}`,
  ).catch((error: unknown) => {
    throw new Error(`${(error as Error).message}; it says ${last}`, { cause: error })
  })
}

/** Resolves with the first of these checks whose verdict is DOWN for this cause. */
export function downFor(
  hub: TestHub,
  ids: readonly string[],
  { scope, limitMs }: { readonly scope: 'service' | 'host' | 'site'; readonly limitMs: number },
): Promise<ExplanationAnswer> {
  let seen: readonly ExplanationAnswer[] = []
  return eventually(
    async () => {
      seen = await Promise.all(ids.map((id) => explanationOf(hub, id)))
      return seen.find(({ kind, cause }) => kind === 'down' && cause?.scope === scope)
    },
    limitMs,
    `${hub.name} says DOWN for the ${scope}`,
  ).catch((error: unknown) => {
    const said = seen.map(({ id, sentence }) => `${id}: ${sentence}`).join('; ')
    throw new Error(`${(error as Error).message}; it says ${said}`, { cause: error })
  })
}

/** Every change to or from a hard state since then. */
export async function alarmsSince(hub: TestHub, from: number): Promise<readonly string[]> {
  const { items } = await hub.api<{ items: ChangeRow[] }>(
    `/api/v1/changes?from=${since(from)}&limit=1000`,
  )
  return items.flatMap(({ id, type, to }) => (type === 'hard' ? [`${id} ${to}`] : []))
}

export const observersOf = (hub: TestHub): Promise<ObserverList> =>
  hub.api<ObserverList>('/api/v1/observers')

/** Of observers, opened since then, also those that are over. */
export async function incidentsSince(hub: TestHub, from: number): Promise<readonly Incident[]> {
  const { incidents } = await observersOf(hub)
  return incidents.filter(({ openedAt }) => Date.parse(openedAt) >= from)
}

export function incidentOf(
  hub: TestHub,
  what: Partial<Incident>,
  { from, limitMs }: { readonly from: number; readonly limitMs: number },
): Promise<Incident> {
  let seen: readonly Incident[] = []
  return eventually(
    async () => {
      seen = await incidentsSince(hub, from)
      return seen.find((one) =>
        Object.entries(what).every(([key, value]) => one[key as keyof Incident] === value),
      )
    },
    limitMs,
    `${hub.name} has an incident ${JSON.stringify(what)}`,
  ).catch((error: unknown) => {
    const texts = seen.map(({ text }) => text).join('; ')
    throw new Error(`${(error as Error).message}; it has ${texts}`, { cause: error })
  })
}

/** Resolves with the digest that all hubs have at one moment. */
export function equalDigest(hubs: readonly TestHub[], limitMs: number): Promise<Digest> {
  return eventually(
    async () => {
      const at = since(Date.now() - 500)
      const [one, ...others] = await Promise.all(
        hubs.map((hub) => hub.api<Digest>(`/api/v1/digest?at=${at}`)),
      )
      return one !== undefined && others.every(({ digest }) => digest === one.digest)
        ? one
        : undefined
    },
    limitMs,
    'the hubs have the same digest',
  )
}

/** What a hub stored of every change of a verdict since then, oldest first. */
export async function receiptsSince(hub: TestHub, from: number): Promise<readonly Receipt[]> {
  const rows = await hub.sql<{ receipt: string }>(
    'SELECT receipt FROM verdict_receipt WHERE at >= $1 ORDER BY at',
    [from],
  )
  return rows.map(({ receipt }) => JSON.parse(receipt) as Receipt)
}
