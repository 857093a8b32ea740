import { connect, type NatsConnection, type Subscription } from '@nats-io/transport-node'
import type { Log } from '../../base/log.ts'
import { heardOfCluster } from '../../wire/permissions.ts'
import type { LinkSettings } from './link.ts'
import { tlsOf } from './trust/tls.ts'

export interface ClusterInterest {
  /** Those whose servers are to know what this hub hears; may be called at any time, with all of them. */
  setClusters(clusters: readonly string[]): void
  close(): Promise<void>
}

export interface ClusterInterestParts {
  readonly hub: string
  readonly link: LinkSettings
  readonly log: Log
}

/**
 * Clusters with servers of their own are told of a hub's interest only when it names the cluster (`heardOfCluster`). This connection says it,
 * and drops what comes: the hub's bus hears the same under its wider names.
 */
export function openClusterInterest(parts: ClusterInterestParts): ClusterInterest {
  const interest = new HeldInterest(parts.hub)
  interest
    .open(parts.link)
    .catch((error: unknown) =>
      parts.log.error('clusters with servers of their own are not reached', { error }),
    )
  return interest
}

class HeldInterest implements ClusterInterest {
  readonly #hub: string
  readonly #held = new Map<string, readonly Subscription[]>()
  #clusters: readonly string[] = []
  #connection: NatsConnection | undefined
  #isClosed = false

  constructor(hub: string) {
    this.#hub = hub
  }

  async open({ servers, ca, authenticator, inboxPrefix }: LinkSettings): Promise<void> {
    const connection = await connect({
      servers: [...servers],
      name: `${this.#hub}: interest in clusters`,
      tls: ca === undefined ? null : tlsOf(ca, servers),
      ...(authenticator && { authenticator }),
      ...(inboxPrefix !== undefined && { inboxPrefix }),
      waitOnFirstConnect: true,
      maxReconnectAttempts: -1,
      ignoreAuthErrorAbort: true,
      ignoreClusterUpdates: true,
      noAsyncTraces: true,
    })
    if (this.#isClosed) return connection.close()
    this.#connection = connection
    this.#hold()
  }

  setClusters(clusters: readonly string[]): void {
    this.#clusters = [...clusters]
    this.#hold()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#connection?.close()
  }

  #hold(): void {
    const connection = this.#connection
    if (connection === undefined || this.#isClosed) return
    for (const cluster of this.#clusters) {
      if (this.#held.has(cluster)) continue
      const names = heardOfCluster(this.#hub, cluster)
      const drop = { callback: () => undefined }
      this.#held.set(
        cluster,
        names.map((name) => connection.subscribe(name, drop)),
      )
    }
    for (const [cluster, subscriptions] of this.#held) {
      if (this.#clusters.includes(cluster)) continue
      for (const subscription of subscriptions) subscription.unsubscribe()
      this.#held.delete(cluster)
    }
  }
}
