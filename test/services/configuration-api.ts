import type { z } from 'zod'
import type {
  ApplyJob,
  ApplyRequest,
  ConfigurationObject,
  configurationStatus,
  diffAnswer,
  ObjectPut,
  PlanAnswer,
  Proposal,
  RevisionSummary,
  RollbackRequest,
} from '../../src/wire/api/configuration.ts'
import type { Program } from './program.ts'

export type { ApplyJob, PlanAnswer, RevisionSummary }
export type DiffAnswer = z.infer<typeof diffAnswer>

/** The configuration's part of the API of a program that runs. Everything throws for what is not 2xx, with status and body. */
export interface ConfigurationApi {
  status(): Promise<z.infer<typeof configurationStatus>>
  plan(proposal: Proposal): Promise<PlanAnswer>
  /** The job when it has ended. */
  apply(request: ApplyRequest): Promise<ApplyJob>
  rollback(request: RollbackRequest): Promise<ApplyJob>
  job(id: string): Promise<ApplyJob>
  revisions(): Promise<readonly RevisionSummary[]>
  objects(): Promise<readonly ConfigurationObject[]>
  put(kind: string, name: string, body: ObjectPut): Promise<ConfigurationObject>
  remove(kind: string, name: string, managedBy?: string): Promise<ConfigurationObject>
  get<T>(path: string): Promise<T>
  post<T>(path: string, body: unknown): Promise<T>
  text(path: string): Promise<string>
}

export function configurationApi(program: Program): ConfigurationApi {
  const at = '/api/v1/configuration'
  const post = <T>(path: string, body: unknown): Promise<T> =>
    program.api<T>(path, { method: 'POST', body: JSON.stringify(body) })
  const job = (id: string): Promise<ApplyJob> => program.api(`${at}/jobs/${id}?waitMs=20000`)
  const objectAt = (kind: string, name: string): string =>
    `${at}/objects/${kind}/${encodeURIComponent(name)}`
  return {
    status: () => program.api(at),
    plan: (proposal) => post(`${at}/plan`, proposal),
    apply: async (request) => job((await post<ApplyJob>(`${at}/apply`, request)).id),
    rollback: async (request) => job((await post<ApplyJob>(`${at}/rollback`, request)).id),
    job,
    revisions: async () =>
      (await program.api<{ revisions: RevisionSummary[] }>(`${at}/revisions`)).revisions,
    objects: async () =>
      (await program.api<{ objects: ConfigurationObject[] }>(`${at}/objects`)).objects,
    put: (kind, name, body) =>
      program.api(objectAt(kind, name), { method: 'PUT', body: JSON.stringify(body) }),
    remove: (kind, name, managedBy) =>
      program.api(
        `${objectAt(kind, name)}${managedBy === undefined ? '' : `?managedBy=${managedBy}`}`,
        { method: 'DELETE', body: '{}' },
      ),
    get: (path) => program.api(path),
    post,
    async text(path) {
      const response = await fetch(program.url + path, {
        headers: { authorization: `Bearer ${program.token}` },
      })
      if (!response.ok) throw new Error(`${path}: ${response.status}`)
      return response.text()
    },
  }
}
