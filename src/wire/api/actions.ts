import { z } from 'zod'

export const recheckRequest = z.object({ ids: z.array(z.string()).min(1).max(10_000) })
/** `passive` ids have results handed in: there is nothing to run. */
export type RecheckAnswer = z.infer<typeof recheckAnswer>
export const recheckAnswer = z.object({
  passive: z.array(z.string()),
  accepted: z.number().int(),
  unknown: z.array(z.string()),
})

/** One passive result. `service: null` or absent is the host's own. */
export const passiveResult = z.object({
  host: z.string().min(1).max(255),
  service: z.string().min(1).max(255).nullable().optional(),
  /** Plugin return code for services; 0 up, 1 down for hosts. */
  code: z.number().int().min(0).max(3),
  /** Plugin output as it would be printed: text, then `|` and performance data, then more lines. */
  output: z.string().max(65_536),
  /** When it was observed; the time of arrival when absent. */
  at: z.iso.datetime({ offset: true }).optional(),
})
export type PassiveResultInput = z.infer<typeof passiveResult>
export const passiveRequest = z.object({ results: z.array(passiveResult).min(1).max(10_000) })
/** `accepted` results are durable when this answer arrives. */
export const passiveAnswer = z.object({
  accepted: z.number().int(),
  refused: z.array(z.object({ index: z.number().int(), reason: z.string() })),
})

/** Every failure of the API has this shape; the codes are listed in docs/reference/errors.md. */
export const apiError = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    /** Where in the input, when the input is at fault. */
    details: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  }),
})
export type ApiErrorBody = z.infer<typeof apiError>

/** One line that people can read and databases can keep. */
const line = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must not hold control characters')

export const setupRequest = z.object({
  token: z.string().max(256),
  username: line(64),
  password: z.string().min(12).max(256),
})
export const signInRequest = z.object({ username: line(64), password: z.string().max(256) })
/** `csrf` goes back in the header `x-parallax-csrf` of every changing request of a session. */
export const sessionInfo = z.object({
  username: z.string(),
  role: z.enum(['admin', 'operator', 'viewer']),
  csrf: z.string(),
})
export type SessionInfo = z.infer<typeof sessionInfo>
/** Open to anybody: what the sign-in page must know. */
export const setupState = z.object({ needsSetup: z.boolean(), version: z.string() })

export const tokenRequest = z.object({
  name: line(100),
  role: z.enum(['admin', 'operator', 'viewer']),
  expiresAt: z.iso.datetime({ offset: true }).nullable().optional(),
})
/** `token` is shown once. */
export const tokenCreated = z.object({
  id: z.string(),
  token: z.string(),
  name: z.string(),
  role: z.string(),
  expiresAt: z.string().nullable(),
})

export const systemStatus = z.object({
  version: z.string(),
  startedAt: z.iso.datetime(),
  revision: z.string(),
  hosts: z.number().int(),
  services: z.number().int(),
  /** `ok`, or what is wrong with it in words. */
  database: z.string(),
  outbox: z.object({ waiting: z.number().int(), lost: z.number().int() }),
  executor: z.object({
    running: z.number().int(),
    slots: z.number().int(),
    waiting: z.number().int(),
    /** How late checks start, 99th percentile of the last minute. */
    latenessP99Ms: z.number(),
  }),
  resultsPerSecond: z.number(),
})
export type SystemStatus = z.infer<typeof systemStatus>
