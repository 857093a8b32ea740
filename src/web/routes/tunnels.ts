import { z } from 'zod'
import { isoOf } from '../../base/instant.ts'
import {
  hostKeyList,
  trustRequest,
  tunnelAuthorization,
  tunnelList,
  type TunnelRow,
} from '../../wire/api/tunnels.ts'
import { audit, type Web, type WebContext } from '../context.ts'
import { ApiFailure } from '../errors.ts'
import type { TunnelDesk, TunnelEntry } from '../ports.ts'

const TAGS = ['network']
const OF = z.object({ cluster: z.string().min(1).max(63) })

/** SSH connections to clusters that cannot reach the hub. */
export function tunnelRoutes(app: Web, context: WebContext): void {
  app.get(
    '/tunnels',
    {
      config: { access: 'viewer' },
      schema: {
        tags: TAGS,
        summary: 'SSH connections to clusters that cannot reach the hub',
        response: { 200: tunnelList },
      },
    },
    () => ({ items: (context.hub.tunnels?.status() ?? []).map(tunnelRowOf) }),
  )
  app.get(
    '/tunnels/:cluster/authorization',
    {
      config: { access: 'viewer' },
      schema: {
        tags: TAGS,
        summary: 'The line for authorized_keys on the machine of the cluster',
        params: OF,
        response: { 200: tunnelAuthorization },
      },
    },
    async ({ params: { cluster } }) => {
      const { desk, entry } = tunnelOf(context, cluster)
      const line = await reached(desk.authorization(cluster))
      return { to: entry.to, line: known(line, cluster) }
    },
  )
  hostKeyRoutes(app, context)
}

function hostKeyRoutes(app: Web, context: WebContext): void {
  app.get(
    '/tunnels/:cluster/host-keys',
    {
      config: { access: 'admin' },
      schema: {
        tags: TAGS,
        summary: 'Host keys that the machine of the cluster shows now',
        params: OF,
        response: { 200: hostKeyList },
      },
    },
    async ({ params: { cluster } }) => {
      const { desk, entry } = tunnelOf(context, cluster)
      const keys = known(await reached(desk.hostKeysOf(cluster)), cluster)
      return { to: entry.to, items: keys.map(({ kind, fingerprint }) => ({ kind, fingerprint })) }
    },
  )
  app.post(
    '/tunnels/:cluster/trust',
    {
      config: { access: 'admin' },
      schema: {
        tags: TAGS,
        summary: 'Trust the host key with this fingerprint, and no other, from now on',
        params: OF,
        body: trustRequest,
        response: { 200: trustRequest },
      },
    },
    async (request) => {
      const { cluster } = request.params
      const { fingerprint } = request.body
      const { desk } = tunnelOf(context, cluster)
      const outcome = await reached(desk.trust(cluster, fingerprint))
      if (outcome === 'no-tunnel') throw new ApiFailure('unknown_tunnel')
      if (outcome === 'not-shown') throw new ApiFailure('host_key_not_shown')
      const detail = fingerprint
      await audit(context, request, { action: 'tunnel.trust', subject: cluster, detail })
      return { fingerprint }
    },
  )
}

function tunnelOf(
  { hub }: WebContext,
  cluster: string,
): { readonly desk: TunnelDesk; readonly entry: TunnelEntry } {
  const desk = hub.tunnels
  const entry = desk?.status().find((one) => one.cluster === cluster)
  if (desk === undefined || entry === undefined) throw new ApiFailure('unknown_tunnel')
  return { desk, entry }
}

/** It may go while somebody asks for it. */
function known<T>(value: T | undefined, cluster: string): T {
  if (value === undefined) throw new ApiFailure('unknown_tunnel', `${cluster} has no tunnel now.`)
  return value
}

async function reached<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof Error && error.name === 'SshUnavailable')
      throw new ApiFailure('tunnel_unreachable', error.message)
    throw error
  }
}

function tunnelRowOf({ since, ...entry }: TunnelEntry): TunnelRow {
  return { ...entry, since: isoOf(since) }
}
