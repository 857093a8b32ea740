import { assert } from '../../base/assert.ts'
import type { Clock } from '../../base/clock.ts'
import { totalOf, withDeltas, type FleetDelta } from '../../configuration/fleet-difference.ts'
import type { FleetDigests } from '../../configuration/revision.ts'
import type { Fleet } from '../../domain/fleet.ts'
import type { ConfigurationStore } from '../../orchestrator/ports.ts'
import type { Ask } from '../compiler/compiler.ts'
import type { CompileOrder, CompileOutcome, DeltaObject } from '../compiler/protocol.ts'
import type { Active } from './active.ts'

/** A compiled configuration beside the active one. */
export interface Draft {
  readonly outcome: CompileOutcome
  /** What it was compared with. */
  readonly before: Fleet
  /** The active fleet where it has problems. */
  readonly fleet: Fleet
  readonly digests: FleetDigests
  /** Objects that are new, other, or gone. */
  readonly changed: number
}

/** Compiles in the thread, and fetches what differs from the active fleet bit by bit: this loop stays free in between. */
export async function draftOf(
  ask: Ask,
  order: CompileOrder,
  active: Active,
  clock: Clock,
): Promise<Draft> {
  const { fleet: before, revision, digests } = active
  const outcome = await compile(ask, order, { revision, digests })
  if (outcome.problems.length > 0) return { outcome, before, fleet: before, digests, changed: 0 }
  const objects: DeltaObject[] = []
  for (let isLast = outcome.difference.size === 0; !isLast;) {
    const portion = await ask({ kind: 'next-objects' })
    assert(portion.kind === 'objects', 'the compiler answers what it was asked')
    objects.push(...portion.objects)
    isLast = portion.isLast
  }
  const byKind = Map.groupBy(objects, ({ kind }) => kind)
  const fleet = withDeltas(before, deltasOf(outcome, byKind))
  await clock.sleep(0) // checks have their turn
  return {
    outcome,
    before,
    fleet,
    digests: digestsAfter(digests, outcome, byKind),
    changed: totalOf(outcome.difference),
  }
}

async function compile(
  ask: Ask,
  order: CompileOrder,
  { revision, digests }: Pick<Active, 'revision' | 'digests'>,
): Promise<CompileOutcome> {
  const first = await ask({ kind: 'compile', order, basis: { revision, digests: undefined } })
  const answer =
    first.kind === 'needs-basis'
      ? await ask({ kind: 'compile', order, basis: { revision, digests } })
      : first
  assert(answer.kind === 'compiled', 'the compiler answers what it was asked')
  return answer.outcome
}

type ByKind = ReadonlyMap<string, readonly DeltaObject[]>

function deltasOf({ difference, orders }: CompileOutcome, byKind: ByKind): readonly FleetDelta[] {
  return [...difference].map(([kind, { deleted }]) => ({
    kind,
    upserted: new Map((byKind.get(kind) ?? []).map(({ id, object }) => [id, object])),
    deleted,
    order: orders.get(kind),
  }))
}

function digestsAfter(
  before: FleetDigests,
  { difference }: CompileOutcome,
  byKind: ByKind,
): FleetDigests {
  const after = new Map(before)
  for (const [kind, { deleted }] of difference) {
    const digests = new Map(before.get(kind))
    for (const id of deleted) digests.delete(id)
    for (const { id, digest } of byKind.get(kind) ?? []) digests.set(id, digest)
    after.set(kind, digests)
  }
  return after
}

/** Texts are asked for and stored so many at a time. */
const TEXTS_AT_ONCE = 200

/** Stores the texts of what was compiled last, those that are not stored yet. What no revision comes to need is trimmed later. */
export async function keepTexts(
  ask: Ask,
  store: ConfigurationStore,
  { manifest }: CompileOutcome,
): Promise<void> {
  const missing = await store.missingTexts([...new Set(manifest.map(({ hash }) => hash))])
  for (let at = 0; at < missing.length; at += TEXTS_AT_ONCE) {
    const hashes = missing.slice(at, at + TEXTS_AT_ONCE)
    const answer = await ask({ kind: 'texts', hashes })
    assert(answer.kind === 'texts', 'the compiler answers what it was asked')
    await store.saveTexts(answer.texts)
  }
}
