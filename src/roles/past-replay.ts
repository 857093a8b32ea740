import { after, instant, type Instant } from '../base/instant.ts'
import type { CheckId } from '../domain/check-id.ts'
import type { DecisionPolicy } from '../domain/decision-policy.ts'
import {
  compareRuns,
  evidenceFrom,
  PastRun,
  type PastOutage,
  type RunsCompared,
} from '../results/decision/past-run.ts'
import type { Receipt } from '../results/decision/receipt.ts'
import { recompute } from '../results/decision/recompute.ts'
import type { DecisionTopology } from '../results/decision/topology.ts'
import type { EvidenceItem, ObservedTopology, ReceiptList } from '../wire/api/past-verdicts.ts'

/** Where the past comes from: the API of a hub. */
export interface PastSource {
  topology(): Promise<ObservedTopology>
  /** Oldest first. */
  receipts(from: Instant, to: Instant): AsyncIterable<ReceiptList['items'][number]>
  /** By their ends, oldest first. */
  evidence(from: Instant, to: Instant): AsyncIterable<EvidenceItem>
}

export interface PastOrder {
  readonly from: Instant
  readonly to: Instant
  /** What would decide instead, by host. Absent: nothing is compared. */
  readonly policy?: (host: string, standing: DecisionPolicy) => DecisionPolicy
}

/** A receipt whose verdict is another one when it is computed again from what it holds. */
export interface OddReceipt {
  readonly id: string
  readonly at: Instant
  readonly said: string
  readonly computed: string
}

export interface PastReplay {
  readonly checks: number
  readonly observers: number
  /** Of observers, in the time that was asked for and right before. */
  readonly results: number
  readonly receipts: { readonly total: number; readonly odd: readonly OddReceipt[] }
  readonly outages: readonly PastOutage[]
  readonly other?: { readonly outages: readonly PastOutage[]; readonly compared: RunsCompared }
}

/** More odd receipts are counted and not listed. */
const ODD_MAX = 1_000

/** Decides the past again. Rules DA4 to DA8 of docs/spec/replaying.md. @param progress 0 to 1 */
export async function replayPast(
  source: PastSource,
  { from, to, policy }: PastOrder,
  progress: (share: number) => void,
): Promise<PastReplay> {
  const topology = topologyOf(await source.topology())
  const begin = evidenceFrom(topology, from)
  const asNow = new PastRun(topology, begin, from)
  const other = policy === undefined ? undefined : underPolicy(topology, policy)
  const asOther = other && new PastRun(other, begin, from)
  const numbers = numbersOf(topology)
  let results = 0
  for await (const item of source.evidence(begin, to)) {
    const check = numbers.checks.get(item.id)
    const observer = numbers.observers.get(item.observer)
    if (check === undefined || observer === undefined) continue
    const { tie, class: kind, isProbe } = item
    const evidence = { check, observer, at: instant(item.at), tie, class: kind, isProbe }
    const endedAt = instant(item.endedAt)
    asNow.take(evidence, endedAt)
    asOther?.take(evidence, endedAt)
    if (++results % 1_000 === 0) progress((endedAt - begin) / (to - begin))
  }
  const receipts = await recomputed(source.receipts(from, to))
  const outages = asNow.finish(to)
  const { checks, observers } = topology
  const found = { checks: checks.length, observers: observers.length, results, receipts, outages }
  if (asOther === undefined) return found
  const theirs = asOther.finish(to)
  const compared = compareRuns(outages, theirs, to)
  return { ...found, other: { outages: theirs, compared } }
}

async function recomputed(
  receipts: AsyncIterable<ReceiptList['items'][number]>,
): Promise<PastReplay['receipts']> {
  let total = 0
  const odd: OddReceipt[] = []
  for await (const item of receipts) {
    total++
    const receipt = item as unknown as Receipt
    const computed = textOf(recompute(receipt))
    const said = textOf(receipt)
    if (computed === said || odd.length >= ODD_MAX) continue
    odd.push({ id: item.checkId, at: instant(item.at), said, computed })
  }
  return { total, odd }
}

function textOf({ kind, cause }: Pick<Receipt, 'kind' | 'cause'>): string {
  return cause === null ? kind : `${kind} with ${cause.scope} ${cause.name}`
}

function topologyOf({ checks, ...rest }: ObservedTopology): DecisionTopology {
  return { ...rest, checks: checks.map((check) => ({ ...check, id: check.id as CheckId })) }
}

function underPolicy(
  topology: DecisionTopology,
  policy: NonNullable<PastOrder['policy']>,
): DecisionTopology {
  const { hosts, checks } = topology
  return {
    ...topology,
    checks: checks.map((check) => ({
      ...check,
      ...policy(hosts[check.host]?.name ?? '', { rule: check.rule, theta: check.theta }),
    })),
  }
}

function numbersOf({ checks, observers }: DecisionTopology) {
  return {
    checks: new Map<string, number>(checks.map(({ id }, number) => [id, number])),
    observers: new Map(observers.map(({ name }, number) => [name, number])),
  }
}

/** Nothing is said about the last moments: their results may be on their way. */
export function settledBefore(now: Instant): Instant {
  return after(now, -30_000)
}
