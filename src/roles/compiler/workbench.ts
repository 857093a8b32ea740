import { deflateRaw, inflateRawSync } from 'node:zlib'
import { promisify } from 'node:util'
import { assert } from '../../base/assert.ts'
import {
  compileDesired,
  type CompiledDesired,
  type DesiredRequest,
} from '../../configuration/compile-desired.ts'
import { CompileMemory } from '../../configuration/compile-memory.ts'
import type { ApiObject, Desired, KeptText } from '../../configuration/desired.ts'
import type { LoadOptions } from '../../configuration/load.ts'
import { readSecretFile } from '../../configuration/read-sources.ts'
import {
  differenceOf,
  kindChangesOf,
  type FleetDifference,
} from '../../configuration/fleet-difference.ts'
import {
  digestOf,
  digestsOf,
  mapsOf,
  revisionOfDigests,
  type FleetDigests,
} from '../../configuration/revision.ts'
import type { Fleet } from '../../domain/fleet.ts'
import type { ManifestEntry, StoredText } from '../../orchestrator/ports.ts'
import { collectGarbage } from './garbage.ts'
import type { ConfigurationKind, ConfigurationProblem } from '../../wire/api/configuration.ts'
import { exportedYaml } from '../../configuration/export-yaml.ts'
import { ownerOf } from './owner-of.ts'
import type {
  Basis,
  CompileOrder,
  CompileOutcome,
  CompilerAnswer,
  CompilerRequest,
  CompilerSettings,
  DeltaObject,
  StoredSource,
} from './protocol.ts'

/** So many objects are in one message: some milliseconds for the one who reads it. */
const PORTION = 500

/** At 50,000 services the digests of one are some 5 MB. */
const KNOWN_MAX = 3

const deflate = promisify(deflateRaw)

interface Candidate {
  readonly fleet: Fleet
  readonly digests: FleetDigests
  readonly revision: string
  readonly kept: readonly KeptText[]
  /** Objects that were not asked for yet. */
  readonly pending: Iterator<DeltaObject>
}

/** What the compiler's thread does, and what it keeps between two requests. */
export class Workbench {
  readonly #settings: CompilerSettings
  /** Of the revisions that were compiled last: one of them is what the next is compared with. */
  readonly #known = new Map<string, FleetDigests>()
  /** What did not change since the last time is not read and compiled again. */
  readonly #memory = new CompileMemory()
  #candidate: Candidate | undefined

  constructor(settings: CompilerSettings) {
    this.#settings = settings
  }

  async answer(request: CompilerRequest): Promise<CompilerAnswer> {
    switch (request.kind) {
      case 'compile':
        return this.#compile(request.order, request.basis)
      case 'next-objects':
        return this.#nextObjects()
      case 'texts':
        return { kind: 'texts', texts: await this.#texts(request.hashes) }
      case 'diff':
        return { kind: 'diff', changes: await this.#diff(request.from, request.to) }
      case 'rest':
        this.#candidate = undefined
        collectGarbage()
        return { kind: 'rested' }
      case 'export':
        return { kind: 'export', text: exportedYaml(request.texts.map(inflated), readSecretFile) }
    }
  }

  async #compile(order: CompileOrder, basis: Basis): Promise<CompilerAnswer> {
    const before = basis.digests ?? this.#known.get(basis.revision)
    if (before === undefined) return { kind: 'needs-basis' }
    this.#remember(basis.revision, before)
    this.#candidate = undefined
    const [desired, options] = desiredRequestOf(order, this.#settings)
    const compiled = await compileDesired(desired, { ...options, memory: this.#memory })
    const digests = digestsOf(compiled.fleet)
    const revision = revisionOfDigests(digests)
    this.#remember(revision, digests)
    const difference = differenceOf(before, digests)
    const { kept } = compiled.desired
    this.#candidate = {
      fleet: compiled.fleet,
      digests,
      revision,
      kept,
      pending: upserts(compiled.fleet, difference),
    }
    return { kind: 'compiled', outcome: outcomeOf(compiled, { revision, difference }) }
  }

  #remember(revision: string, digests: FleetDigests): void {
    this.#known.delete(revision)
    this.#known.set(revision, digests)
    for (const oldest of [...this.#known.keys()].slice(0, -KNOWN_MAX)) this.#known.delete(oldest)
  }

  #compiled(order: CompileOrder): Promise<CompiledDesired> {
    return compileDesired(...desiredRequestOf(order, this.#settings))
  }

  #nextObjects(): CompilerAnswer {
    assert(this.#candidate !== undefined, 'objects are asked for after a compilation')
    const objects: DeltaObject[] = []
    for (let next = this.#candidate.pending.next(); next.done !== true;) {
      objects.push(next.value)
      if (objects.length === PORTION) return { kind: 'objects', objects, isLast: false }
      next = this.#candidate.pending.next()
    }
    return { kind: 'objects', objects, isLast: true }
  }

  #texts(hashes: readonly string[]): Promise<StoredText[]> {
    const wanted = new Set(hashes)
    const found = new Map(
      this.#candidate?.kept
        .filter(({ hash }) => wanted.has(hash))
        .map(({ hash, text }) => [hash, text]),
    )
    assert(found.size === wanted.size, 'texts are asked for that were compiled last')
    return Promise.all(
      [...found].map(async ([hash, text]) => ({ hash, body: await deflate(text) })),
    )
  }

  async #diff(from: readonly StoredSource[], to: readonly StoredSource[]) {
    this.#candidate = undefined
    const compileTexts = (texts: readonly StoredSource[]): Promise<CompiledDesired> =>
      this.#compiled({ ...splitSources(texts), objects: [], proposal: undefined })
    const [before, after] = [await compileTexts(from), await compileTexts(to)]
    const difference = differenceOf(digestsOf(before.fleet), digestsOf(after.fleet))
    const fleets = { before: before.fleet, after: after.fleet }
    const owners = new Map([...before.desired.owners, ...after.desired.owners])
    return [...kindChangesOf(difference, fleets, (source) => ownerOf(owners, source))]
  }
}

/** The arguments of `compileDesired`. */
export function desiredRequestOf(
  order: CompileOrder,
  { path, url, environment, selfMonitoring = false }: CompilerSettings,
): readonly [DesiredRequest, LoadOptions] {
  return [
    {
      path,
      texts: order.files === 'on-disk' ? undefined : order.files.map(inflated),
      objects: [...order.objects, ...order.activeObjects.map(inflated).flatMap(asObject)],
      proposal: order.proposal,
    },
    { programMacros: { PARALLAXURL: order.url ?? url }, environment, selfMonitoring },
  ]
}

/** Files, and objects of the API. */
function splitSources(
  texts: readonly StoredSource[],
): Pick<CompileOrder, 'activeObjects'> & { readonly files: readonly StoredSource[] } {
  return {
    files: texts.filter(({ object }) => object === undefined),
    activeObjects: texts.filter(({ object }) => object !== undefined),
  }
}

function inflated({ body, ...entry }: StoredSource): KeptText & ManifestEntry {
  return { ...entry, text: inflateRawSync(body).toString('utf8') }
}

function asObject({ hash, text, object }: KeptText): ApiObject[] {
  return object === undefined ? [] : [{ ...object, written: { hash, text }, ownerHash: undefined }]
}

function* upserts(fleet: Fleet, difference: FleetDifference): Iterator<DeltaObject> {
  for (const [kind, objects] of mapsOf(fleet)) {
    const { created = [], changed = [] } = difference.get(kind) ?? {}
    for (const id of [...created, ...changed]) {
      const object = objects.get(id)
      if (object !== undefined) yield { kind, id, object, digest: digestOf(object) }
    }
  }
}

function outcomeOf(
  { fleet, problems, desired }: CompiledDesired,
  { revision, difference }: { readonly revision: string; readonly difference: FleetDifference },
): CompileOutcome {
  const orders = new Map(
    mapsOf(fleet).flatMap(([kind, objects]) => {
      const { created = [], deleted = [] } = difference.get(kind) ?? {}
      return created.length + deleted.length === 0 ? [] : [[kind, [...objects.keys()]] as const]
    }),
  )
  return {
    revision,
    problems: problems.map(problemOf),
    hosts: fleet.hosts.size,
    services: fleet.services.size,
    difference,
    orders,
    manifest: manifestOf(desired),
    writes: desired.writes.map(({ kind, ...write }) => ({
      ...write,
      kind: kind as ConfigurationKind,
      isOfOwner: true,
    })),
    owners: desired.owners,
  }
}

export function manifestOf({ kept }: Desired): readonly ManifestEntry[] {
  return kept.map(({ file, hash, object }) => ({
    file,
    hash,
    ...(object === undefined
      ? {}
      : { object: { ...object, kind: object.kind as ConfigurationKind } }),
  }))
}

function problemOf({
  file,
  line,
  column,
  message,
  hint,
  code,
}: CompiledDesired['problems'][number]): ConfigurationProblem {
  return {
    file,
    line,
    column,
    message,
    hint: hint ?? null,
    ...(code === undefined ? {} : { code }),
  }
}
