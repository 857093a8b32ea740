import { assert } from '../../base/assert.ts'
import { overtakenBy } from '../../orchestrator/replication/lineage.ts'
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
      const newest = await store.newest()
      return {
        active: newest === undefined ? null : summaryOf(newest, { newest, overtaken: new Set() }),
        pending: await store.countPending(),
        isPinned: active.isPinned,
        job: line.newest ?? null,
      }
    },
    async revisions(limit, before) {
      const number = before === undefined ? undefined : Number(before)
      if (number !== undefined && !Number.isSafeInteger(number))
        return { revisions: [], nextBefore: null }
      const newest = await store.newest()
      const lineage = await store.lineage()
      const overtaken = overtakenBy(lineage, lineage[0]?.id ?? '')
      const found = await store.revisions(limit + 1, number)
      const listed = found.slice(0, limit)
      const last = listed.at(-1)
      return {
        revisions: listed.map((one) => summaryOf(one, { newest, overtaken })),
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

type Known = Omit<Activation, 'manifest'>

function summaryOf(
  activation: Known,
  of: { readonly newest: Known | undefined; readonly overtaken: ReadonlySet<string> },
): RevisionSummary {
  const { revision, author, message, kind, activatedAt, hosts, services, changed, origin } =
    activation
  const isActive = activation.number === of.newest?.number
  const remark = remarkOf(activation, of.overtaken)
  return {
    revision,
    author,
    message,
    kind,
    activatedAt,
    isActive,
    hosts,
    services,
    changed,
    origin,
    ...(remark === undefined ? {} : { remark }),
  }
}

function remarkOf({ job, fault }: Known, overtaken: ReadonlySet<string>): string | undefined {
  if (fault !== null) return `cannot be run here: ${fault}`
  return overtaken.has(job)
    ? 'overtaken: another hub activated another revision at the same time'
    : undefined
}
