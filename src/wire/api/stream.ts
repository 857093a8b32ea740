import { z } from 'zod'
import { changeRow, counters, objectRow } from './objects.ts'

/**
 * The live stream: `GET /api/v1/stream`, server-sent events. Each event's `id` is `<boot>-<sequence>`; a client that comes back
 * with `Last-Event-ID` gets what it missed, or `reset` when that is no longer held: then it reads the lists again.
 * Comments keep the connection alive every 15 s.
 */
export const streamHello = z.object({
  boot: z.string(),
  sequence: z.number().int(),
  now: z.iso.datetime(),
})
/** event: objects — rows that changed, whole; `removed` are ids that left the configuration. */
export const streamObjects = z.object({
  rows: z.array(objectRow),
  removed: z.array(z.string()),
  counters,
})
/** event: changes — lines of the alert log as they happen. */
export const streamChanges = z.object({ changes: z.array(changeRow) })
/** event: reset */
export const streamReset = z.object({ reason: z.enum(['too-old', 'other-boot', 'slow-reader']) })

export type StreamObjects = z.infer<typeof streamObjects>
export type StreamChanges = z.infer<typeof streamChanges>
export type StreamReset = z.infer<typeof streamReset>
