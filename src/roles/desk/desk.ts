import { effectsOf } from '../../configuration/change-effects.ts'
import { kindChangesOf, type FleetDifference } from '../../configuration/fleet-difference.ts'
import type { Metric } from '../../base/metrics.ts'
import { applyMetrics } from '../../orchestrator/apply-metrics.ts'
import type { Adopter } from '../../orchestrator/replication/activations.ts'
import type { ReplicaStore } from '../../orchestrator/replication/ports.ts'
import type { ConfigurationDesk, ReloadOutcome } from '../../web/ports.ts'
import type { KindChange, PlanAnswer, Proposal } from '../../wire/api/configuration.ts'
import { ownerOf } from '../compiler/owner-of.ts'
import type { Active } from './active.ts'
import { createAdopter } from './adopt.ts'
import { draftOf } from './draft.ts'
import { createObjectDesk } from './objects.ts'
import type { DeskParts } from './parts.ts'
import { createPastDesk, isUnknown, revisionFor } from './past.ts'
import { applyWork, orderOfProposal, reloadWork, rollbackWork } from './works.ts'

export interface Desk extends ConfigurationDesk {
  /** As the API and SIGHUP ask for it: the files again, and the objects of the API as they are active. */
  reload(author: string): Promise<ReloadOutcome>
  /**
   * What members of clusters share has changed (costs, who was shut out): the active revision goes to them once more under a new epoch.
   * @throws StoreUnavailable
   */
  renewPlans(): Promise<void>
  /** Why collectors do not follow what is active, by id. */
  refusals(): ReadonlyMap<string, string>
  /** Takes revisions of other hubs. */
  adopter(replica: Pick<ReplicaStore, 'adoptActivation'>): Adopter
  readonly metrics: readonly Metric[]
}

/** What is monitored, and how it comes to change. Rules: docs/spec/configuration-changes.md. */
export function createDesk(parts: DeskParts): Desk {
  const { active, line, store, clock } = parts
  return {
    ...createObjectDesk(parts),
    ...createPastDesk(parts),
    plan: (proposal) => plan(parts, proposal),
    async apply(request, author) {
      const { expectedActive } = request
      if (expectedActive !== undefined && expectedActive !== active.revision)
        return { kind: 'outdated', active: active.revision }
      return line.start(applyWork(parts, request, author))
    },
    async rollback({ revision, message, timeoutMs }, author) {
      const found = await revisionFor(store, revision)
      if (isUnknown(found)) return found
      return line.start(rollbackWork(parts, found, { author, message, timeoutMs }))
    },
    job: (id, waitMs) => line.job(id, waitMs),
    reload: (author) => reload(parts, author),
    renewPlans: () => line.between(() => renewPlans(parts)),
    refusals: () => parts.delivery.refusals(),
    adopter: (replica) => createAdopter(parts, replica),
    metrics: applyMetrics(() => line.newest, clock),
  }
}

async function renewPlans(parts: DeskParts): Promise<void> {
  const { active, store, cut, epochs, hub, delivery } = parts
  const { revision, fleet } = active
  const sharing = parts.sharing()
  const edition = { revision, epoch: epochs.next(), hub }
  await store.renewEpoch({ epoch: edition.epoch, hub, sharing })
  epochs.hear(edition.epoch)
  Object.assign(active, { sharing, book: cut(fleet, edition, sharing) } satisfies Partial<Active>)
  delivery.announce()
}

async function plan(parts: DeskParts, proposal: Proposal): Promise<PlanAnswer> {
  const { active, compiler, store, clock } = parts
  const began = clock.monotonicMs()
  const order = await orderOfProposal(parts, proposal)
  const { against, outcome, before, fleet } = await compiler.alone(async (ask) => {
    const now = { ...active } // an apply may come to its end meanwhile
    return { against: now, ...(await draftOf(ask, order, now, clock)) }
  })
  const { revision, isPinned, owners } = against
  const all = new Map([...owners, ...outcome.owners])
  const isGood = outcome.problems.length === 0
  const difference: FleetDifference = isGood ? outcome.difference : new Map()
  const compared = { before, after: fleet, difference }
  const effects: string[] = []
  const changes: KindChange[] = []
  for (const effect of effectsOf(compared)) {
    if (effect !== undefined) effects.push(effect)
    await clock.sleep(0) // checks have their turn
  }
  for (const change of kindChangesOf(difference, compared, (at) => ownerOf(all, at))) {
    changes.push(change as KindChange)
    await clock.sleep(0)
  }
  if (isGood && isPinned) effects.push(...(await unpinningOf(parts)))
  return {
    active: revision,
    revision: outcome.revision,
    problems: [...outcome.problems],
    changes,
    effects,
    drift: [...(await store.drift())],
    tookMs: Math.round(clock.monotonicMs() - began),
  }
}

/** What an apply means where the files were not what is active. A hub without files goes on with those of the revision. */
async function unpinningOf({ active, store, hasFiles }: DeskParts): Promise<readonly string[]> {
  const { revision } = active
  if ((await store.newest())?.kind === 'rollback')
    return [`ends the rollback to ${revision}: a restart reads the files again`]
  return hasFiles ? [`the files of this hub count again, not ${revision} of another hub`] : []
}

async function reload(parts: DeskParts, author: string): Promise<ReloadOutcome> {
  const { line } = parts
  const started = await line.start(reloadWork(parts, author))
  const { state, revision, changed, problems, reason } = await line.ended(started.id)
  if (state === 'active') return { kind: 'active', revision: revision ?? '', changed }
  const lines = problems.map(({ file, line: at, column, message, hint }) => {
    const words = `${file}:${at}:${column}: ${message}`
    return hint === null ? words : `${words} (${hint})`
  })
  return { kind: 'refused', problems: lines.length > 0 ? lines : [reason ?? 'it was not taken'] }
}
