import { z } from 'zod'
import { NODE_NAME } from '../domain/cluster.ts'
import { applyJob, configurationKind, owner } from './api/configuration.ts'
import type { Question, Subject } from './bus.ts'
import { MESSAGE_VERSION } from './subjects.ts'

/**
 * What hubs of one installation tell each other. Each numbers what changes in its database; another one asks for all that came after the
 * number that it knows, page by page, so whoever was away catches up by asking. Everything may come twice and in any order. Rules:
 * docs/spec/replication.md.
 */

/** Changes in one page. */
export const CHANGES_MAX = 200
/** Texts that are asked for at once. */
export const TEXTS_MAX = 500
/** Names of checks that are told at once. */
export const OUTAGES_MAX = 1_000
/** Bytes of one answer, before they are written as base64. */
export const SLICE_BYTES = 512 * 1024
/** Characters of an intent's body. */
export const INTENT_BODY_MAX = 16_384

const NAME_MAX = 600
const MESSAGE_MAX = 2_000
const version = z.literal(MESSAGE_VERSION)
const count = z.number().int().nonnegative()
const at = z.number().int()
const hub = z.string().regex(NODE_NAME)
const id = z.string().min(1).max(200)
const hash = z.string().min(1).max(128)
const bytes = z.base64().max(4 * SLICE_BYTES)

/** What makes one form of an activation newer than another: epoch, then hub, then how often its texts were replaced since. */
const form = { epoch: count, hub: z.string().max(63), edits: count }

/** A revision that was activated somewhere, without its texts. */
export const activationHead = z.object({
  /** Of the job that activated it: the same in every hub. */
  id,
  ...form,
  /** Where it was activated first. */
  origin: z.string().max(63),
  /** What was active there before. */
  parent: id.nullable(),
  revision: z.string().min(1).max(64),
  kind: applyJob.shape.kind,
  author: z.string().max(NAME_MAX),
  message: z.string().max(MESSAGE_MAX),
  at,
  hosts: count,
  services: count,
  changed: count,
})
export type ActivationHead = z.output<typeof activationHead>

const object = z.object({
  kind: configurationKind,
  name: z.string().min(1).max(NAME_MAX),
  managedBy: owner,
})

/** What an activation was made of; may be large, so it travels deflated and in slices. */
export const activationBody = z.object({
  manifest: z.array(z.object({ file: z.string(), hash, object: object.optional() })),
  /** What its texts mean by `$PARALLAXURL$`. */
  url: z.string().max(2_000),
  /** Only of the newest. */
  sharing: z
    .object({ costs: z.record(z.string(), z.number()), revoked: z.array(z.string()) })
    .nullable(),
  /** Objects of the API that are other than their owner left them. */
  drifted: z.array(object.extend({ ownerHash: hash.nullable() })),
})
export type ActivationBody = z.output<typeof activationBody>

/** What a person wants of a check: its newest form, or that it is withdrawn. */
export const intent = z.object({
  id,
  kind: z.enum(['acknowledgement', 'downtime', 'comment']),
  /** The check or host that it is about. */
  subject: z.string().min(1).max(NAME_MAX),
  /** JSON. */
  body: z.string().max(INTENT_BODY_MAX),
  /** Counts the changes of this intent; of two forms with one count that of the hub with the greater name wins. */
  version: z.number().int().positive(),
  hub,
  changedBy: z.string().max(NAME_MAX),
  changedAt: at,
  isWithdrawn: z.boolean(),
})
export type Intent = z.output<typeof intent>

/** The verdicts on checks that several clusters observe, in short. */
export const verdictSummary = z.object({
  checks: count,
  down: count,
  /** Names those that are down: hubs that say the same of each check have the same one. */
  digest: z.string().regex(/^[0-9a-f]{16}$/),
})
export type VerdictSummary = z.output<typeof verdictSummary>

/** Every two seconds, and at once after a change. */
export const replicaNews = z.object({
  version,
  hub,
  /** Of its process. */
  boot: id,
  /** Of its database. */
  store: id,
  /** Number of its newest change. */
  newest: count,
  program: z.string().max(100),
  startedAt: z.iso.datetime(),
  revision: z.string().max(64),
  epoch: count,
  database: z.string().max(100),
  hosts: count,
  services: count,
  resultsPerSecond: z.number(),
  /** Absent from hubs of a version before. */
  verdicts: verdictSummary.optional(),
})
export type ReplicaNews = z.output<typeof replicaNews>

export const replicaQuery = z.discriminatedUnion('kind', [
  /** Changes after this number; `store` is the database of the one who asks. */
  z.object({ version, kind: z.literal('changes'), from: hub, store: id, after: count }),
  /** What an activation was made of, from this byte on. */
  z.object({ version, kind: z.literal('body'), from: hub, id, offset: count }),
  /** Texts of configurations, deflated. */
  z.object({
    version,
    kind: z.literal('texts'),
    from: hub,
    hashes: z.array(hash).min(1).max(TEXTS_MAX),
  }),
  /** One text, deflated, from this byte on. */
  z.object({ version, kind: z.literal('text'), from: hub, hash, offset: count }),
  /** Which checks are down, of those that several clusters observe. */
  z.object({ version, kind: z.literal('outages'), from: hub }),
])
export type ReplicaQuery = z.output<typeof replicaQuery>

export const changePage = z.object({
  kind: z.literal('changes'),
  store: id,
  boot: id,
  activations: z.array(activationHead).max(CHANGES_MAX),
  intents: z.array(intent).max(CHANGES_MAX),
  /** All changes up to this number are in this page and those before. */
  through: count,
  isLast: z.boolean(),
})
export type ChangePage = z.output<typeof changePage>

const slice = { total: count, bytes }
export const replicaAnswer = z.discriminatedUnion('kind', [
  changePage,
  /** Which form of it this is: it may change between two slices. */
  z.object({ kind: z.literal('body'), ...form, ...slice }),
  z.object({
    kind: z.literal('texts'),
    texts: z.array(z.object({ hash, bytes })).max(TEXTS_MAX),
    /** Too large for this answer: ask for them alone. */
    left: z.array(hash).max(TEXTS_MAX),
  }),
  z.object({ kind: z.literal('text'), ...slice }),
  z.object({
    kind: z.literal('outages'),
    verdicts: verdictSummary,
    /** The first by name. */
    ids: z.array(z.string().min(1).max(NAME_MAX)).max(OUTAGES_MAX),
  }),
  /** It is not there, or not any more. */
  z.object({ kind: z.literal('gone') }),
])
export type ReplicaAnswer = z.output<typeof replicaAnswer>

export const replicaNewsOf = (of: string): Subject<ReplicaNews> => ({
  name: `replica-news.${of}`,
  read: (value) => replicaNews.parse(value),
})
/** Of every hub that is heard. */
export const allReplicaNews = replicaNewsOf('*')
/** Asked by other hubs, over whichever bus both are on. */
export const replicaOf = (of: string): Question<ReplicaQuery, ReplicaAnswer> => ({
  name: `replica.${of}`,
  read: (value) => replicaQuery.parse(value),
  readAnswer: (value) => replicaAnswer.parse(value),
})
