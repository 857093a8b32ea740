import type {
  ApplyJob,
  ApplyRequest,
  ConfigurationObject,
  KindChange,
  PlanAnswer,
  Proposal,
  RollbackRequest,
} from '../src/wire/api/configuration.ts'
import type { ConfigurationDesk, ObjectChange, RevisionUnknown } from '../src/web/ports.ts'

/** A desk for tests of routes and commands: it keeps objects and jobs in memory and answers plans as it was told. */
export interface MemoryDesk extends ConfigurationDesk {
  /** What `plan` answers; `apply` makes its revision active. */
  next: PlanAnswer
  active: string
  /** What `plan` throws. */
  failure: Error | undefined
  /** How jobs end; `undefined`: they stay as they began until `end` is called. */
  ending: Partial<ApplyJob> | undefined
  readonly asked: { author: string; request: Proposal | ApplyRequest | RollbackRequest }[]
  end(id: string, job: Partial<ApplyJob>): void
  /** Resolves when somebody waits for this job, or so many. */
  waitedFor(id: string, count?: number): Promise<void>
}

const AT = '2026-03-01T12:00:00.000Z'
const REVISIONS = ['aaaa11112222', 'aaaa33334444', 'bbbb55556666']

export const PLAN: PlanAnswer = {
  active: 'aaaa11112222',
  revision: 'bbbb55556666',
  problems: [],
  changes: [],
  effects: [],
  drift: [],
  tookMs: 3,
}

export function createMemoryDesk(): MemoryDesk {
  const objects = new Map<string, ConfigurationObject>()
  const jobs = new Map<string, ApplyJob>()
  const waiting = new Map<string, ((job: ApplyJob) => void)[]>()
  const settle = (id: string, change: Partial<ApplyJob>): void => {
    const job = { ...(jobs.get(id) as ApplyJob), endedAt: AT, ...change }
    jobs.set(id, job)
    if (job.state === 'active' && job.revision !== null) desk.active = job.revision
    for (const tell of waiting.get(id) ?? []) tell(job)
    waiting.delete(id)
  }
  const start = (kind: ApplyJob['kind'], author: string, message: string, revision: string) => {
    const id = `job ${jobs.size + 1}`
    const job = { ...JOB, id, kind, before: desk.active, author, message, revision }
    jobs.set(id, job)
    if (desk.ending !== undefined) settle(id, desk.ending)
    return job
  }
  const desk: MemoryDesk = {
    next: PLAN,
    active: PLAN.active,
    failure: undefined,
    ending: { state: 'active' },
    asked: [],
    end: settle,
    async waitedFor(id, count = 1) {
      while ((waiting.get(id)?.length ?? 0) < count)
        await new Promise((resolve) => setImmediate(resolve))
    },
    status: async () => ({
      active: summaryOf(desk.active, true),
      pending: [...objects.values()].filter(({ pending }) => pending !== null).length,
      isPinned: false,
      job: [...jobs.values()].at(-1) ?? null,
    }),
    plan: async (request) => {
      desk.asked.push({ author: '', request })
      if (desk.failure !== undefined) throw desk.failure
      return desk.next
    },
    apply: async (request, author) => {
      desk.asked.push({ author, request })
      if (request.expectedActive !== undefined && request.expectedActive !== desk.active)
        return { kind: 'outdated', active: desk.active }
      return start('apply', author, request.message ?? '', desk.next.revision)
    },
    rollback: async (request, author) => {
      desk.asked.push({ author, request })
      const found = revisionOf(request.revision)
      return typeof found === 'string'
        ? start('rollback', author, request.message ?? '', found)
        : found
    },
    job: async (id, waitMs) => {
      const job = jobs.get(id)
      if (job === undefined || job.endedAt !== null || waitMs === 0) return job
      return new Promise((resolve) => {
        setTimeout(() => resolve(jobs.get(id)), waitMs).unref()
        waiting.set(id, [...(waiting.get(id) ?? []), resolve])
      })
    },
    revisions: async (limit, before) => {
      const from = Number(before ?? 0)
      const page = REVISIONS.slice(from, from + limit)
      const nextBefore = from + limit < REVISIONS.length ? String(from + limit) : null
      return { revisions: page.map((name) => summaryOf(name, name === desk.active)), nextBefore }
    },
    diff: async (from, to) => {
      const [a, b] = [revisionOf(from), revisionOf(to)]
      if (typeof a !== 'string') return a
      return typeof b === 'string' ? { from: a, to: b, changes: [...desk.next.changes] } : b
    },
    exportYaml: async (revision) => {
      const found = revisionOf(revision ?? desk.active)
      return typeof found === 'string' ? `# ${found}\nhosts:\n  h: {}\n` : found
    },
    objects: async ({ kind, managedBy, isPending, after, limit }) => {
      const rows = [...objects.values()]
        .filter((row) => kind === undefined || row.kind === kind)
        .filter((row) => managedBy === undefined || row.managedBy === managedBy)
        .filter((row) => isPending === undefined || (row.pending !== null) === isPending)
        .filter((row) => after === undefined || row.name > after)
      const page = rows.slice(0, limit)
      return { objects: page, nextAfter: rows.length > limit ? (page.at(-1)?.name ?? null) : null }
    },
    object: async (kind, name) => objects.get(`${kind}/${name}`),
    put: async (change, author) => {
      const key = `${change.kind}/${change.name}`
      const before = objects.get(key)
      if (typeof change.value !== 'object')
        return { kind: 'invalid', problems: [{ path: '', message: 'must be keys and values' }] }
      if (before !== undefined && isOthers(before, change))
        return { kind: 'owned', managedBy: before.managedBy }
      const object: ConfigurationObject = {
        kind: change.kind,
        name: change.name,
        managedBy: change.managedBy ?? before?.managedBy ?? 'api',
        value: change.value,
        pending: before === undefined ? 'created' : 'changed',
        changedBy: author,
        changedAt: AT,
      }
      objects.set(key, object)
      return { kind: 'done', object }
    },
    remove: async (change, author) => {
      const key = `${change.kind}/${change.name}`
      const before = objects.get(key)
      if (before === undefined) return { kind: 'unknown' }
      if (isOthers(before, change)) return { kind: 'owned', managedBy: before.managedBy }
      const object: ConfigurationObject = { ...before, pending: 'deleted', changedBy: author }
      objects.set(key, object)
      return { kind: 'done', object }
    },
  }
  return desk
}

const JOB: Omit<ApplyJob, 'id' | 'kind' | 'before' | 'author' | 'message' | 'revision'> = {
  state: 'compiling',
  startedAt: AT,
  endedAt: null,
  reason: null,
  problems: [],
  changed: 0,
  collectors: [],
}

function isOthers(object: ConfigurationObject, change: Omit<ObjectChange, 'value'>): boolean {
  return !change.force && object.managedBy !== (change.managedBy ?? 'api')
}

function revisionOf(beginning: string): string | RevisionUnknown {
  const [found, second] = REVISIONS.filter((name) => name.startsWith(beginning))
  if (found === undefined) return { kind: 'unknown', revision: beginning }
  return second === undefined ? found : { kind: 'ambiguous', revision: beginning }
}

function summaryOf(revision: string, isActive: boolean) {
  const counts = { hosts: 3, services: 6, changed: 9 }
  const about = { author: 'admin', message: 'first', kind: 'apply' as const, activatedAt: AT }
  return { revision, ...about, isActive, ...counts }
}

export function created(kind: string, names: readonly string[]): KindChange {
  const objects = names.map((name) => ({
    name,
    change: 'created' as const,
    attributes: [],
    source: 'a.yaml:1:1',
    managedBy: null,
  }))
  return { kind, created: names.length, changed: 0, deleted: 0, objects }
}
