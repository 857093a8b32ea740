import type { ApiObject } from '../../configuration/desired.ts'
import { ApplyImpossible } from '../../orchestrator/apply-work.ts'
import type { ConfigurationStore, ManifestEntry, StoredObject } from '../../orchestrator/ports.ts'
import type { CompileOrder, StoredSource } from '../compiler/protocol.ts'
import type { Active } from './active.ts'

const TEXTS_AT_ONCE = 500

/** A manifest with its texts. @throws ApplyImpossible when one is gone, StoreUnavailable */
export async function loadSources(
  store: ConfigurationStore,
  manifest: readonly ManifestEntry[],
): Promise<readonly StoredSource[]> {
  const hashes = [...new Set(manifest.map(({ hash }) => hash))]
  const bodies = new Map<string, Uint8Array>()
  for (let at = 0; at < hashes.length; at += TEXTS_AT_ONCE) {
    for (const { hash, body } of await store.loadTexts(hashes.slice(at, at + TEXTS_AT_ONCE)))
      bodies.set(hash, body)
  }
  return manifest.map((entry) => {
    const body = bodies.get(entry.hash)
    if (body === undefined)
      throw new ApplyImpossible('failed', `the stored text of ${entry.file} is gone`)
    return { ...entry, body }
  })
}

/** The files as they are, with the objects of the API as they are active: what a restart and a reload begin with. */
export async function orderOfFiles(
  store: ConfigurationStore,
  manifest: readonly ManifestEntry[] | undefined,
  files: FileSources = { files: 'on-disk' },
): Promise<CompileOrder> {
  const objects = (manifest ?? []).filter(({ object }) => object !== undefined)
  const activeObjects = await loadSources(store, objects)
  return { ...files, activeObjects, objects: [], proposal: undefined }
}

export type FileSources = Pick<CompileOrder, 'files' | 'url'>

/**
 * The hub's own files; where it has none, and runs the revision of another hub, that one's. Rule RP9.
 * @throws ApplyImpossible when a text is gone, StoreUnavailable
 */
export async function fileSources(
  store: ConfigurationStore,
  { url, manifest }: Pick<Active, 'url' | 'manifest'>,
  hasFiles: boolean,
): Promise<FileSources> {
  if (hasFiles || url === undefined || manifest === undefined) return { files: 'on-disk' }
  const entries = manifest.filter(({ object }) => object === undefined)
  return { files: await loadSources(store, entries), url }
}

/** Exactly what a revision was made of. */
export async function orderOfRevision(
  store: ConfigurationStore,
  manifest: readonly ManifestEntry[],
  url?: string | null,
): Promise<CompileOrder> {
  const sources = await loadSources(store, manifest)
  return {
    files: sources.filter(({ object }) => object === undefined),
    activeObjects: sources.filter(({ object }) => object !== undefined),
    objects: [],
    proposal: undefined,
    url: url ?? undefined,
  }
}

export function apiObjectOf(stored: StoredObject): ApiObject {
  const { kind, name, managedBy, hash, text, ownerHash } = stored
  return {
    kind,
    name,
    managedBy,
    written: hash === null || text === null ? undefined : { hash, text },
    ownerHash: ownerHash ?? undefined,
  }
}
