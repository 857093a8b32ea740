import { hash32 } from '../../base/hash.ts'
import type { Check } from '../../domain/check.ts'
import type { CheckId } from '../../domain/check-id.ts'
import type { Plan, PlanOfCluster } from '../../wire/subjects.ts'
import { hostTable, type HostTable } from './host-table.ts'
import { shareOut, type Sharer, type Shares } from './share-out.ts'

/** A plan with all that sharing it needs. */
export interface ClusterPlan {
  readonly plan: Plan
  readonly terms: PlanOfCluster
  readonly hosts: HostTable
  /** By the index of the check: index of its host. A host and its services stay together. */
  readonly hostOf: Int32Array
  readonly checks: ReadonlyMap<CheckId, Check>
}

export function clusterPlan(plan: Plan, terms: PlanOfCluster): ClusterPlan {
  const hosts = hostTable(new Set(plan.checks.map((check) => check.hostName)), terms)
  return {
    plan,
    terms,
    hosts,
    hostOf: Int32Array.from(plan.checks, ({ hostName }) => hosts.indexOf.get(hostName) ?? -1),
    checks: new Map(plan.checks.map((check) => [check.id, check])),
  }
}

/** A plan as it is shared by those who took part then. */
export interface Sharing {
  readonly of: ClusterPlan
  readonly shares: Shares
  /** Who took part, with what weight. */
  readonly signature: string
}

export function share(of: ClusterPlan, sharers: readonly Sharer[]): Sharing {
  return { of, shares: shareOut(of.hosts, sharers), signature: signatureOf(sharers) }
}

export function signatureOf(sharers: readonly Sharer[]): string {
  return sharers.map(({ id, weight }) => `${id}:${weight}`).join(' ')
}

/** Digest of who shares what. */
export function viewOf(sharing: Sharing | undefined): string {
  const text = `${sharing?.of.plan.revision ?? ''} ${sharing?.signature ?? ''}`
  return hash32(text).toString(16).padStart(8, '0')
}

export function hostCountOf({ shares }: Sharing, id: string): number {
  const own = shares.sharers.findIndex((sharer) => sharer.id === id)
  return own < 0 ? 0 : shares.ownerOf.reduce((count, owner) => count + Number(owner === own), 0)
}

export function sharerOf({ of, shares }: Sharing, host: string): string | undefined {
  const index = of.hosts.indexOf.get(host)
  const owner = index === undefined ? -1 : (shares.ownerOf[index] ?? -1)
  return shares.sharers[owner]?.id
}

export function checksOf({ of, shares }: Sharing, id: string): readonly Check[] {
  const own = shares.sharers.findIndex((sharer) => sharer.id === id)
  if (own < 0) return []
  return of.plan.checks.filter((_, index) => shares.ownerOf[of.hostOf[index] as number] === own)
}

/** Whether `id` has the same hosts of the same plan in both. */
export function isSameFor(id: string, a: Sharing, b: Sharing): boolean {
  if (a.of !== b.of) return false
  const inA = a.shares.sharers.findIndex((sharer) => sharer.id === id)
  const inB = b.shares.sharers.findIndex((sharer) => sharer.id === id)
  return a.shares.ownerOf.every(
    (owner, host) => (owner === inA && inA >= 0) === (b.shares.ownerOf[host] === inB && inB >= 0),
  )
}
