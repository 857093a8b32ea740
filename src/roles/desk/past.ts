import { assert } from '../../base/assert.ts'
import type { Activation, ConfigurationStore } from '../../orchestrator/ports.ts'
import type { ConfigurationDesk, RevisionUnknown } from '../../web/ports.ts'
import type { KindChange, RevisionSummary } from '../../wire/api/configuration.ts'
import type { DeskParts } from './parts.ts'
import { loadSources } from './sources.ts'

/** What was active when, and what it was made of. */
export function createPastDesk({
  active,
  line,
  store,
  compiler,
}: DeskParts): Pick<ConfigurationDesk, 'status' | 'revisions' | 'diff' | 'exportYaml'> {
  return {
    async status() {
      const [newest] = await store.revisions(1, undefined)
      return {
        active: newest === undefined ? null : summaryOf(newest, newest.number),
        pending: await store.countPending(),
        isPinned: active.isPinned,
        job: line.newest ?? null,
      }
    },
    async revisions(limit, before) {
      const number = before === undefined ? undefined : Number(before)
      if (number !== undefined && !Number.isSafeInteger(number))
        return { revisions: [], nextBefore: null }
      const [newest] = await store.revisions(1, undefined)
      const found = await store.revisions(limit + 1, number)
      const listed = found.slice(0, limit)
      const last = listed.at(-1)
      return {
        revisions: listed.map((one) => summaryOf(one, newest?.number)),
        nextBefore: found.length > limit && last !== undefined ? String(last.number) : null,
      }
    },
    async diff(from, to) {
      const [first, second] = [await revisionFor(store, from), await revisionFor(store, to)]
      if (isUnknown(first)) return first
      if (isUnknown(second)) return second
      const names = { from: first.revision, to: second.revision }
      if (names.from === names.to) return { ...names, changes: [] }
      const request = {
        kind: 'diff',
        from: await loadSources(store, first.manifest),
        to: await loadSources(store, second.manifest),
      } as const
      const answer = await compiler.alone((ask) => ask(request))
      assert(answer.kind === 'diff', 'the compiler answers what it was asked')
      return { ...names, changes: answer.changes as KindChange[] }
    },
    async exportYaml(revision) {
      const found = await revisionFor(store, revision ?? active.revision)
      if (isUnknown(found)) return found
      const texts = await loadSources(store, found.manifest)
      const answer = await compiler.alone((ask) => ask({ kind: 'export', texts }))
      assert(answer.kind === 'export', 'the compiler answers what it was asked')
      return answer.text
    },
  }
}

/** By a beginning of its name that only one has. @throws StoreUnavailable */
export async function revisionFor(
  store: ConfigurationStore,
  revision: string,
): Promise<Activation | RevisionUnknown> {
  const found = await store.findRevisions(revision)
  const [first] = found
  if (first === undefined) return { kind: 'unknown', revision }
  return found.length === 1 ? first : { kind: 'ambiguous', revision }
}

export function isUnknown(found: Activation | RevisionUnknown): found is RevisionUnknown {
  return found.kind === 'unknown' || found.kind === 'ambiguous'
}

function summaryOf(
  activation: Omit<Activation, 'manifest'>,
  newest: number | undefined,
): RevisionSummary {
  const { revision, author, message, kind, activatedAt, hosts, services, changed } = activation
  const isActive = activation.number === newest
  return { revision, author, message, kind, activatedAt, isActive, hosts, services, changed }
}
