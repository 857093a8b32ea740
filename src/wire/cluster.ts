import { z } from 'zod'
import { isInstant } from '../base/instant.ts'
import type { Question, Subject } from './bus.ts'
import { NAME_MAX } from './readers/fields.ts'
import { readWelcome } from './readers/welcome.ts'
import { MESSAGE_VERSION, type Plan } from './subjects.ts'

/**
 * What the members of a cluster tell each other, and what a collector and a hub ask each other. Names of collectors in subjects are
 * `cluster.name`, so permissions can be given for one collector or for a cluster. Every message carries its version; fields are only added.
 */

const version = z.literal(MESSAGE_VERSION)
const at = z.number().refine(isInstant, 'no time')
const count = z.number().int().nonnegative()
/** Lengths of time and offsets: some thousand years. */
const ms = z.number().min(-1e14).max(1e14)
/** Names of collectors, hubs and boots, digests, versions. */
const word = z.string().max(200)
const checkId = z.string().max(NAME_MAX)
const weight = z.number().min(0.001).max(1_000)
const REASON_MAX = 100_000
const NUMBERS_MAX = 400
/** Of one installation; more are not followed. */
const HUBS_MAX = 64
const STANDINGS_MAX = 10_000
const OUTPUT_MAX = 10_000

/** Every second, from each member to its cluster and to the hubs. */
export const beat = z.object({
  version,
  /** `cluster.name`. */
  collector: word,
  boot: word,
  /** Counts up within the boot. */
  number: count,
  /** The sender's wall clock. */
  at,
  /** What it does: schedules and executes, or executes only what others hand over. */
  role: z.enum(['full', 'executor']),
  /** `joining` until `activeFrom`; `leaving` until `activeUntil`; `cordoned` keeps nothing and gets nothing until it is lifted. */
  standing: z.enum(['active', 'joining', 'leaving', 'cordoned']),
  /** Slots due from this instant on are its own ... */
  activeFrom: at,
  /** ... until this one; `null`: nobody has said. */
  activeUntil: at.nullable(),
  /** Capacity compared with the others; 1 is ordinary. */
  weight,
  /** The weight for slots due from then on, said beforehand so that all change it at the same slot. */
  nextWeight: z.object({ weight, from: at }).optional(),
  /** Of the plan that it follows; empty before the first. */
  revision: word,
  epoch: count,
  /** Digest of who shares what, as it sees it: members that agree have the same. */
  view: word,
  /** Who takes part, as it sees it: a member that is not in it was declared gone. Absent: it counts everybody it hears. */
  sharers: z.array(word).max(1_000).optional(),
  /** Version of the program. */
  program: word,
  /** What it can take on now. */
  load: z.object({
    slots: count,
    running: count,
    waiting: count,
    lateP99Ms: ms,
    /** How late its own event loop rang the last time. */
    loopLagMs: ms,
  }),
  /** So many plugins of other members it would run now. Absent: none. */
  room: count.optional(),
  checks: count,
  hosts: count,
  results: count,
  /** One for each hub it sends to. */
  outboxes: z
    .array(
      z.object({
        hub: word,
        waiting: count,
        bytes: count,
        lost: count,
        /** Since the oldest entry finished, 0 when nothing waits. */
        oldestAgeMs: ms,
        isConnected: z.boolean(),
      }),
    )
    .max(HUBS_MAX),
  clocks: z.array(z.object({ hub: word, offsetMs: ms, errorMs: ms, ageMs: ms })).max(HUBS_MAX),
  memoryBytes: count,
  /** Counted since its start: leases of the cluster's work that were lost and queued again. */
  leasesLost: count,
  /** Its own metrics by name, as in `base/metrics.ts`; not in every beat. */
  numbers: z
    .record(z.string().max(200), z.number())
    .refine((numbers) => Object.keys(numbers).length <= NUMBERS_MAX, 'too many numbers')
    .optional(),
})
export type Beat = z.output<typeof beat>

/** The last known state of a check, shared so that a new owner goes on where the old one stopped. */
export const standing = z.object({
  checkId,
  /** Return code of the last result. */
  code: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]),
  /** Problems in a row: the attempt of the collector's own retries. */
  failures: count,
  /** The slot of the last result. */
  dueAt: at,
  finishedAt: at,
  /** First line, bounded. */
  output: z.string().max(OUTPUT_MAX),
})
export type Standing = z.output<typeof standing>

export const standings = z.object({
  version,
  collector: word,
  standings: z.array(standing).max(STANDINGS_MAX),
})
export type Standings = z.output<typeof standings>

/** Of one who has just started: all that the others know, page by page. */
export const standingsQuery = z.object({
  version,
  collector: word,
  /** Of the last page; `null` for the first. */
  after: checkId.nullable(),
})
export type StandingsQuery = z.output<typeof standingsQuery>

export const standingsPage = z.object({
  version,
  standings: z.array(standing).max(STANDINGS_MAX),
  /** `null`: this was the last page. */
  next: checkId.nullable(),
})
export type StandingsPage = z.output<typeof standingsPage>

/** A collector says where it stands; a hub that has a newer plan gives it. Asked at the start and every half minute. */
export const hello = z.object({
  version,
  collector: word,
  boot: word,
  program: word,
  revision: word,
  epoch: count,
  /** A newer plan that it was given and cannot follow. */
  refused: z
    .object({ revision: word, epoch: count, reason: z.string().max(REASON_MAX) })
    .optional(),
})
export type Hello = z.output<typeof hello>

/** `undefined` plan: the collector's own is the newest. */
export interface Welcome {
  readonly version: typeof MESSAGE_VERSION
  readonly hub: string
  readonly plan: Plan | undefined
}

/** Answered at once; the collector halves the way. */
export const clockAnswer = z.object({ version, hub: word, at })
export type ClockAnswer = z.output<typeof clockAnswer>
export const clockQuery = z.object({ version, collector: word })
export type ClockQuery = z.output<typeof clockQuery>

/** What people want of a collector; it keeps it over a restart. */
export const order = z.object({
  version,
  author: z.string().max(1_024),
  want: z.discriminatedUnion('kind', [
    /** Hand everything over without a gap, then stay without hosts until `uncordon`. */
    z.object({ kind: z.literal('drain') }),
    z.object({ kind: z.literal('cordon') }),
    z.object({ kind: z.literal('uncordon') }),
    z.object({ kind: z.literal('weight'), weight: z.number().min(0.01).max(100) }),
  ]),
})
export type Order = z.output<typeof order>

export const orderTaken = z.object({ version, standing: beat.shape.standing })
export type OrderTaken = z.output<typeof orderTaken>

const reading = <M>(name: string, schema: z.ZodType<M>): Subject<M> => ({
  name,
  read: (value) => schema.parse(value),
})

export const beatOf = (collector: string): Subject<Beat> => reading(`beat.${collector}`, beat)
/** Of all members of a cluster; of `*`, of everybody. */
export const beatsOf = (cluster: string): Subject<Beat> => beatOf(`${cluster}.*`)
export const standingsOf = (collector: string): Subject<Standings> =>
  reading(`standing.${collector}`, standings)
export const standingsPageOf = (collector: string): Question<StandingsQuery, StandingsPage> => ({
  name: `standings-page.${collector}`,
  read: (value) => standingsQuery.parse(value),
  readAnswer: (value) => standingsPage.parse(value),
})
/** To a hub. */
export const helloTo = (hub: string, collector: string): Question<Hello, Welcome> => ({
  name: `hello.${hub}.${collector}`,
  hub,
  hasLongAnswer: true,
  read: (value) => hello.parse(value),
  readAnswer: readWelcome,
})
export const clockOf = (hub: string, collector: string): Question<ClockQuery, ClockAnswer> => ({
  name: `clock.${hub}.${collector}`,
  hub,
  read: (value) => clockQuery.parse(value),
  readAnswer: (value) => clockAnswer.parse(value),
})
export const orderTo = (collector: string): Question<Order, OrderTaken> => ({
  name: `order.${collector}`,
  read: (value) => order.parse(value),
  readAnswer: (value) => orderTaken.parse(value),
})
