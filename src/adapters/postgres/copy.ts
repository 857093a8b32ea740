import { once } from 'node:events'
import { from as copyFrom } from 'pg-copy-streams'
import type { Client } from './connection.ts'

/** A COPY under way. */
export interface Copy {
  /** Resolves when all rows have left us; the server still works on them. */
  readonly sent: Promise<void>
  /** Resolves when the server has taken all rows. Rejects as `sent` does. */
  readonly done: Promise<void>
}

/** Sends chunk after chunk as the server takes them, so that it works on one while we encode the next. */
export function startCopy(client: Client, sql: string, chunks: Iterable<Buffer>): Copy {
  const stream = client.query(copyFrom(sql))
  const done = new Promise<void>((resolve, reject) => {
    stream.once('error', reject).once('finish', resolve)
  })
  const send = async (): Promise<void> => {
    for (const chunk of chunks) {
      if (!stream.write(chunk)) await Promise.race([once(stream, 'drain'), done])
    }
    stream.end()
  }
  const sent = send()
  for (const promise of [sent, done]) promise.catch(() => undefined) // heard where it is awaited
  return { sent, done }
}
