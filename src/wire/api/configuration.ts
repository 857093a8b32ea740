import { z } from 'zod'

/**
 * Configuration through the API: objects that wait until they are applied, plans, apply jobs, revisions.
 * Times are ISO 8601 in UTC. Kinds are the keys of a configuration file, with a dot below `templates`: `hosts`, `templates.hosts`.
 */

export const configurationKind = z.enum([
  'hosts',
  'services',
  'apply',
  'observe',
  'commands',
  'templates.hosts',
  'templates.services',
  'templates.contacts',
  'hostGroups',
  'serviceGroups',
  'timePeriods',
  'contacts',
  'contactGroups',
  'hostDependencies',
  'serviceDependencies',
  'hostEscalations',
  'serviceEscalations',
  'clusters',
  'resources',
  'secrets',
])
export type ConfigurationKind = z.infer<typeof configurationKind>

/** Whose an object is, such as `api`, `file` or `git:shop`. Only its owner changes it, unless forced. */
export const owner = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[A-Za-z0-9][A-Za-z0-9:._/@-]*$/, 'use letters, digits and : . _ / @ -')

const line = z
  .string()
  .max(500)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must not hold control characters')

/** A file of a proposal: YAML text with any objects. */
export const configurationDocument = z.object({
  /** Shown in problems as the file's name. */
  name: line.min(1),
  text: z.string().max(16 * 1024 * 1024),
})
export type ConfigurationDocument = z.infer<typeof configurationDocument>
/** As many files as a folder may have. */
export const DOCUMENTS_MAX = 10_000

/**
 * What should be. Without documents: the hub's own files as they are on its disk now, with the objects of the API as they stand.
 * With documents: these in addition, owned by `managedBy`; objects of that owner that the documents lack stay, unless `prune`.
 */
export const proposal = z.object({
  documents: z.array(configurationDocument).max(DOCUMENTS_MAX).optional(),
  managedBy: owner.optional(),
  /** Objects of `managedBy` that the documents lack are deleted. Needs `managedBy`. */
  prune: z.boolean().optional(),
  /** Takes objects over from other owners. */
  force: z.boolean().optional(),
})
export type Proposal = z.infer<typeof proposal>

export const applyRequest = proposal.extend({
  message: line.optional(),
  /** The plan that was looked at: refused with `plan_outdated` when another revision is active by now. */
  expectedActive: z.string().max(64).optional(),
  /** A collector that has not answered by then makes the job fail. Default 30 s. */
  timeoutMs: z.int().min(1000).max(600_000).optional(),
})
export type ApplyRequest = z.infer<typeof applyRequest>

export const rollbackRequest = z.object({
  revision: z.string().min(4).max(64),
  message: line.optional(),
  timeoutMs: z.int().min(1000).max(600_000).optional(),
})
export type RollbackRequest = z.infer<typeof rollbackRequest>

export const configurationProblem = z.object({
  file: z.string(),
  line: z.number().int(),
  column: z.number().int(),
  message: z.string(),
  hint: z.string().nullable(),
  /** What kind of problem it is, where somebody may act on it: the object belongs to another owner. */
  code: z.enum(['object_owned']).optional(),
})
export type ConfigurationProblem = z.infer<typeof configurationProblem>

/** Lists are cut at 1000 names; counts are whole. */
export const kindChange = z.object({
  /** A kind of the resolved fleet: host, service, hostGroup, timePeriod ... */
  kind: z.string(),
  created: z.number().int(),
  changed: z.number().int(),
  deleted: z.number().int(),
  objects: z.array(
    z.object({
      name: z.string(),
      change: z.enum(['created', 'changed', 'deleted']),
      /** Of a changed object: each attribute that differs, secrets masked. */
      attributes: z.array(
        z.object({ name: z.string(), before: z.string().nullable(), after: z.string().nullable() }),
      ),
      /** Where it is written now; of a deleted object, where it was. */
      source: z.string(),
      managedBy: z.string().nullable(),
    }),
  ),
})
export type KindChange = z.infer<typeof kindChange>

/** An object that is other than its owner left it. */
export const drift = z.object({
  kind: configurationKind,
  name: z.string(),
  managedBy: z.string(),
  changedBy: z.string(),
  changedAt: z.iso.datetime(),
  change: z.enum(['created', 'changed', 'deleted']),
})

export const planAnswer = z.object({
  /** What is active, and what would be. Equal when nothing changes. */
  active: z.string(),
  revision: z.string(),
  problems: z.array(configurationProblem),
  changes: z.array(kindChange),
  /** In words, one line each: "+14 services", "2 services are checked no more", "1 downtime ends". */
  effects: z.array(z.string()),
  drift: z.array(drift),
  /** How long it took, ms. */
  tookMs: z.number(),
})
export type PlanAnswer = z.infer<typeof planAnswer>

/**
 * staging: collectors look at it; active: it is what is monitored; refused: it has problems, or a collector refused it;
 * failed: a collector did not answer in time, or the hub ended. After refused and failed the revision before stays active.
 */
export const jobState = z.enum(['compiling', 'staging', 'active', 'refused', 'failed'])
export const collectorAnswer = z.object({
  collector: z.string(),
  /** away: it is not there, and gets the plan when it comes back. */
  state: z.enum(['waiting', 'staged', 'active', 'refused', 'silent', 'away']),
  reason: z.string().nullable(),
  answeredAt: z.iso.datetime().nullable(),
})
export const applyJob = z.object({
  id: z.string(),
  kind: z.enum(['apply', 'reload', 'rollback', 'start']),
  state: jobState,
  /** `null` until it is compiled. */
  revision: z.string().nullable(),
  before: z.string(),
  author: z.string(),
  message: z.string(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  /** Why it was refused or failed, in words. */
  reason: z.string().nullable(),
  problems: z.array(configurationProblem),
  /** Objects that are new, other, or gone. */
  changed: z.number().int(),
  collectors: z.array(collectorAnswer),
})
export type ApplyJob = z.infer<typeof applyJob>

export const revisionSummary = z.object({
  revision: z.string(),
  author: z.string(),
  message: z.string(),
  kind: applyJob.shape.kind,
  activatedAt: z.iso.datetime(),
  isActive: z.boolean(),
  hosts: z.number().int(),
  services: z.number().int(),
  changed: z.number().int(),
  /** The hub where it was activated. */
  origin: z.string().optional(),
  /** In words: another hub had activated another one at the same time, or this hub cannot run it. */
  remark: z.string().optional(),
})
export type RevisionSummary = z.infer<typeof revisionSummary>
export const revisionList = z.object({
  /** Newest activation first; a revision that was active twice stands twice. */
  revisions: z.array(revisionSummary),
  nextBefore: z.string().nullable(),
})

export const diffAnswer = z.object({
  from: z.string(),
  to: z.string(),
  changes: z.array(kindChange),
})

/** An object kept by the hub itself, not in its files. */
export const configurationObject = z.object({
  kind: configurationKind,
  name: z.string(),
  managedBy: z.string(),
  /** As in a configuration file; values of secrets are masked. */
  value: z.unknown(),
  /** `null`: active as it is. Else it waits for an apply. */
  pending: z.enum(['created', 'changed', 'deleted']).nullable(),
  changedBy: z.string(),
  changedAt: z.iso.datetime(),
})
export type ConfigurationObject = z.infer<typeof configurationObject>
export const configurationObjects = z.object({
  objects: z.array(configurationObject),
  /** Name to go on after. */
  nextAfter: z.string().nullable(),
})

export const objectPut = z.object({
  value: z.unknown(),
  managedBy: owner.optional(),
  force: z.boolean().optional(),
})
export type ObjectPut = z.infer<typeof objectPut>

export const configurationStatus = z.object({
  active: revisionSummary.nullable(),
  /** Objects of the API that wait for an apply. */
  pending: z.number().int(),
  /** After a rollback: the files are not what is active until the next apply. */
  isPinned: z.boolean(),
  job: applyJob.nullable(),
})
