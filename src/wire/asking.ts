import { z } from 'zod'
import type { CheckId } from '../domain/check-id.ts'
import type { Subject } from './bus.ts'
import { MESSAGE_VERSION } from './subjects.ts'

/** More in one message are refused; who asks sends several. */
export const ASKED_MAX = 500
/** Runs without an answer that one message tells of. */
export const HINTED_MAX = 500

const version = z.literal(MESSAGE_VERSION)
const word = z.string().min(1).max(600)
const checkId = z.custom<CheckId>((value) => word.safeParse(value).success)

/** A hub is in doubt: whoever of the cluster has these checks is to run them now, beside their schedule. Unknown ones are ignored. */
const probes = z.object({
  version,
  hub: word,
  asks: z.array(z.object({ checkId, timeoutMs: z.number().min(1).max(3_600_000) })).max(ASKED_MAX),
})
export type Probes = z.infer<typeof probes>

/** These runs of checks that several clusters observe have no answer yet. How long they wait needs no clock that two agree on. */
const hints = z.object({
  version,
  collector: word,
  runs: z.array(z.object({ checkId, waitedMs: z.number().min(0).max(3_600_000) })).max(HINTED_MAX),
})
export type Hints = z.infer<typeof hints>

export const probesOf = (collector: string): Subject<Probes> => ({
  name: `probe.${collector}`,
  read: (value) => probes.parse(value),
})

/** A hint that comes late is worth nothing: it waits nowhere. */
export const hintsTo = (hub: string, collector: string): Subject<Hints> => ({
  name: `hint.${hub}.${collector}`,
  hub,
  read: (value) => hints.parse(value),
})
