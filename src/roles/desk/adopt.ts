import { inflateRawSync } from 'node:zlib'
import { objectsIn } from '../../configuration/desired.ts'
import { ApplyImpossible } from '../../orchestrator/apply-work.ts'
import { NO_SHARING } from '../../orchestrator/plan.ts'
import type { Adopter } from '../../orchestrator/replication/activations.ts'
import type {
  AdoptedObject,
  ReplicaStore,
  ReplicatedActivation,
} from '../../orchestrator/replication/ports.ts'
import type { ManifestEntry } from '../../orchestrator/ports.ts'
import { CompilerBusy, CompilerFailed } from '../compiler/compiler.ts'
import type { Active } from './active.ts'
import { draftOf, type Draft } from './draft.ts'
import type { DeskParts } from './parts.ts'
import { loadSources, orderOfRevision } from './sources.ts'

/** Makes revisions of other hubs active here, as a restart after a rollback does it: from their texts. Rules RP3 and RP5. */
export function createAdopter(
  parts: DeskParts,
  replica: Pick<ReplicaStore, 'adoptActivation'>,
): Adopter {
  return {
    between: (work) => parts.line.between(work),
    hearEpoch: (epoch) => parts.epochs.hear(epoch),
    async adopt(activation) {
      try {
        return await adopt(parts, replica, activation)
      } catch (error) {
        const isOurs =
          error instanceof ApplyImpossible ||
          error instanceof CompilerFailed ||
          error instanceof CompilerBusy
        if (isOurs) return error.message
        throw error
      }
    },
  }
}

/** @returns why it cannot be run here */
async function adopt(
  parts: DeskParts,
  replica: Pick<ReplicaStore, 'adoptActivation'>,
  activation: ReplicatedActivation,
): Promise<string | undefined> {
  const { active, clock, cut, index, delivery } = parts
  const { head, body } = activation
  const manifest: readonly ManifestEntry[] = body.manifest.map(({ object, ...entry }) =>
    object === undefined ? entry : { ...entry, object },
  )
  const isSame = head.revision === active.revision
  const draft = isSame ? undefined : await compiled(parts, manifest, body.url)
  const fault = draft === undefined ? undefined : faultOf(draft, head.revision)
  if (fault !== undefined) return fault
  // Files that make the same revision go on being what a restart reads.
  const isPinned = isSame ? active.isPinned : true
  const objects = await objectsOf(parts, activation, manifest)
  await replica.adoptActivation(activation, objects, { isPinned, at: clock.now() })

  const fleet = draft?.fleet ?? active.fleet
  const sharing = body.sharing ?? NO_SHARING
  const edition = { revision: head.revision, epoch: head.epoch, hub: head.hub }
  const owners = draft?.outcome.owners ?? active.owners
  const book = cut(fleet, edition, sharing)
  const { revision } = head
  Object.assign(active, {
    revision,
    owners,
    isPinned,
    manifest,
    url: isSame ? active.url : body.url,
    sharing,
    book,
  } satisfies Partial<Active>)
  if (draft !== undefined) {
    Object.assign(active, { fleet, digests: draft.digests } satisfies Partial<Active>)
    index.applyFleet(fleet, clock.now())
  }
  delivery.announce()
  parts.log.info('the configuration of another hub is active', {
    revision,
    epoch: head.epoch,
    hub: head.origin,
    author: head.author,
    objectsChanged: draft?.changed ?? 0,
  })
  return undefined
}

async function compiled(
  { compiler, store, active, clock }: DeskParts,
  manifest: readonly ManifestEntry[],
  url: string,
): Promise<Draft> {
  const order = await orderOfRevision(store, manifest, url)
  return compiler.alone((ask) => draftOf(ask, order, active, clock))
}

function faultOf({ outcome }: Draft, expected: string): string | undefined {
  const [problem] = outcome.problems
  if (problem !== undefined)
    return `${problem.file}:${problem.line}:${problem.column}: ${problem.message}`
  if (outcome.revision !== expected)
    return `it compiles to ${outcome.revision} here: a secret, a file that it names, or the program is other than there`
  return undefined
}

async function objectsOf(
  { store }: DeskParts,
  { body }: ReplicatedActivation,
  manifest: readonly ManifestEntry[],
): Promise<readonly AdoptedObject[]> {
  const drifted = new Map(
    body.drifted.map(({ kind, name, ownerHash }) => [`${kind}/${name}`, ownerHash]),
  )
  const sources = await loadSources(
    store,
    manifest.filter(({ object }) => object !== undefined),
  )
  return sources.flatMap(({ object, hash, file, body: deflated }) => {
    if (object === undefined) return []
    const text = inflateRawSync(deflated).toString('utf8')
    const { kind, name } = object
    const written = objectsIn({ file, text }).find((one) => one.kind === kind && one.name === name)
    const key = `${kind}/${name}`
    const ownerHash = drifted.has(key) ? (drifted.get(key) ?? null) : hash
    return [{ ...object, hash, text, value: written?.value ?? {}, ownerHash }]
  })
}
