import { z } from 'zod'

/** SSH connections that a hub keeps to clusters that cannot reach it. */

export const tunnelRow = z.object({
  cluster: z.string(),
  /** `user@host:port`. */
  to: z.string(),
  /** On the loopback of that machine; comes out at the hub's bus. */
  remotePort: z.number().int(),
  /** `refused`: it stays so until a person acts. */
  state: z.enum(['connecting', 'up', 'refused', 'down']),
  since: z.iso.datetime(),
  /** Empty while it is connecting or up. */
  reason: z.string(),
})
export type TunnelRow = z.infer<typeof tunnelRow>
export const tunnelList = z.object({ items: z.array(tunnelRow) })

/** The line for `authorized_keys` on the machine of the cluster. */
export const tunnelAuthorization = z.object({ to: z.string(), line: z.string() })

/** What the sshd of the cluster shows at this moment, the best kind first. None of it is trusted by that. */
export const hostKeyList = z.object({
  to: z.string(),
  items: z.array(z.object({ kind: z.string(), fingerprint: z.string() })),
})

export const trustRequest = z.object({
  fingerprint: z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/, 'write it as SHA256:...'),
})
