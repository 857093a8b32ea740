import { z } from 'zod'
import { NODE_NAME } from '../domain/cluster.ts'

/**
 * A backup is gzip over lines of JSON: a head, files of the trust folder, rows of tables, and an end that carries the SHA-256 of all lines before
 * it. Rules BR1 to BR6 of docs/spec/replication.md.
 */
export const BACKUP_FORMAT = 1

export const backupHead = z.object({
  parallax: z.literal('backup'),
  format: z.number().int(),
  program: z.string(),
  hub: z.string().regex(NODE_NAME),
  /** Address of its console. */
  url: z.string(),
  createdAt: z.iso.datetime(),
})
export type BackupHead = z.output<typeof backupHead>

/** A path within the trust folder: no way out of it. */
const path = z
  .string()
  .max(500)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*){0,4}$/)

export const backupLine = z.union([
  z.object({ file: path, bytes: z.base64() }),
  z.object({ table: z.string(), row: z.record(z.string(), z.unknown()) }),
  z.object({ end: z.literal(true), lines: z.number().int(), sha256: z.string() }),
])
export type BackupLine = z.output<typeof backupLine>
export type BackupItem = Exclude<BackupLine, { readonly end: true }>

/** Longer than the largest text of a configuration, written as hexadecimal digits. */
export const LINE_MAX = 256 * 1024 * 1024
