import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { NODE_NAME } from '../domain/cluster.ts'

/** Written by `parallax collector join`, readable by its user only: who a collector is and where its hubs are. */
export const COLLECTOR_FILE = 'collector.json'

const nodeName = z.string().regex(NODE_NAME, 'lower-case letters, digits and -, at most 63')

export const collectorIdentity = z.object({
  version: z.literal(1),
  cluster: nodeName,
  name: nodeName,
  /** Ways to hubs: one for each hub's servers, or one to the servers of the cluster that lead to all hubs. */
  links: z
    .array(
      z.object({
        hubs: z.array(nodeName).min(1),
        servers: z.array(z.string().regex(/^(nats|tls):\/\/\S+$/, 'write tls://host:port')).min(1),
      }),
    )
    .min(1),
  /** PEM of the only CA that is believed. Absent: servers without TLS, on the loopback. */
  ca: z.string().optional(),
  /** What the hub signed, and the key it is for. Absent: the servers ask nobody. */
  credentials: z.object({ jwt: z.string(), seed: z.string() }).optional(),
})
export type CollectorIdentity = z.output<typeof collectorIdentity>

/** The file is missing, unreadable or no such thing; the message says which. */
export class IdentityRefused extends Error {
  override readonly name = 'IdentityRefused'
}

/** @throws IdentityRefused */
export function readCollectorIdentity(data: string): CollectorIdentity {
  const path = join(data, COLLECTOR_FILE)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT'
    throw new IdentityRefused(
      isMissing ? `${path} is missing: this machine has not joined yet` : `cannot read ${path}`,
      { cause },
    )
  }
  try {
    const parsed = collectorIdentity.safeParse(JSON.parse(text))
    if (parsed.success) return parsed.data
    const [issue] = parsed.error.issues
    throw new IdentityRefused(`${path}: ${issue?.path.join('.')}: ${issue?.message}`)
  } catch (error) {
    if (error instanceof IdentityRefused) throw error
    throw new IdentityRefused(`${path} is no JSON: it was damaged`, { cause: error })
  }
}
