import type { Clock } from '../../base/clock.ts'
import type { Instant } from '../../base/instant.ts'
import type { Log } from '../../base/log.ts'
import type { Forward, HostKey, Ssh, SshSession, TunnelRoute } from './ports.ts'
import { newTunnel, step, type Tunnel, type TunnelEvent, type TunnelState } from './tunnel.ts'

export interface TunnelStatus {
  readonly cluster: string
  /** `user@host:port`. */
  readonly to: string
  /** On the loopback of that machine, for the bus. */
  readonly remotePort: number
  readonly state: TunnelState
  readonly since: Instant
  readonly reason: string
}

export interface Tunnels {
  /** By cluster. */
  status(): readonly TunnelStatus[]
  /** Reads again which tunnels there should be. One that is as it was goes on undisturbed. */
  changed(): void
  /** What the sshd of the cluster shows now. `undefined`: the cluster has no tunnel. @throws SshUnavailable */
  hostKeysOf(cluster: string): Promise<readonly HostKey[] | undefined>
  /** Trusts the key with this fingerprint if the sshd shows it now, and connects at once. @throws SshUnavailable */
  trust(cluster: string, fingerprint: string): Promise<'trusted' | 'not-shown' | 'no-tunnel'>
  /** The line for authorized_keys on the machine of the cluster: all that this hub may do there. `undefined`: no tunnel. @throws SshUnavailable */
  authorization(cluster: string): Promise<string | undefined>
  /** Ends every connection; resolves when none is left. */
  close(): Promise<void>
}

export interface TunnelsParts {
  readonly ssh: Ssh
  /** Asked at the start and at each change. */
  readonly routes: () => readonly TunnelRoute[]
  readonly clock: Clock
  readonly log: Log
}

/** An attempt that is not open by then is ended: an sshd that takes connections and says nothing. */
const OPEN_MAX_MS = 45_000

/** Keeps the tunnels of the active configuration open. */
export function keepTunnels(parts: TunnelsParts): Tunnels {
  return new KeptTunnels(parts)
}

class KeptTunnels implements Tunnels {
  readonly #parts: TunnelsParts
  readonly #kept = new Map<string, KeptTunnel>()
  readonly #ending = new Set<Promise<void>>()
  #isClosed = false

  constructor(parts: TunnelsParts) {
    this.#parts = parts
    this.changed()
  }

  status(): readonly TunnelStatus[] {
    return [...this.#kept.values()]
      .map((kept) => kept.status())
      .toSorted((a, b) => (a.cluster < b.cluster ? -1 : 1))
  }

  changed(): void {
    if (this.#isClosed) return
    const wanted = new Map(this.#parts.routes().map((route) => [route.cluster, route]))
    for (const [cluster, kept] of this.#kept) {
      const route = wanted.get(cluster)
      if (route === undefined || !isSame(route, kept.route)) this.#end(cluster, kept)
    }
    for (const [cluster, route] of wanted) {
      if (!this.#kept.has(cluster)) this.#keep(cluster, route)
    }
  }

  async hostKeysOf(cluster: string): Promise<readonly HostKey[] | undefined> {
    const kept = this.#kept.get(cluster)
    return kept && this.#parts.ssh.hostKeysOf(kept.route)
  }

  async trust(
    cluster: string,
    fingerprint: string,
  ): Promise<'trusted' | 'not-shown' | 'no-tunnel'> {
    const route = this.#kept.get(cluster)?.route
    if (route === undefined) return 'no-tunnel'
    const shown = await this.#parts.ssh.hostKeysOf(route)
    const key = shown.find((one) => one.fingerprint === fingerprint)
    if (key === undefined) return 'not-shown'
    await this.#parts.ssh.trust(route, key)
    this.#parts.log.info('the host key of a cluster is trusted', { cluster, fingerprint })
    const kept = this.#kept.get(cluster)
    if (kept !== undefined && isSame(kept.route, route)) {
      this.#end(cluster, kept)
      this.#keep(cluster, route)
    }
    return 'trusted'
  }

  async authorization(cluster: string): Promise<string | undefined> {
    const route = this.#kept.get(cluster)?.route
    if (route === undefined) return undefined
    // sshd looks at one line for a key: it has the ports of every cluster that is reached through this account.
    const together = [...this.#kept.values()].filter((kept) => isSameAccount(kept.route, route))
    const ports = together
      .flatMap((kept) => kept.route.forwards.map(({ remotePort }) => remotePort))
      .toSorted((a, b) => a - b)
    return authorizationOf([...new Set(ports)], await this.#parts.ssh.publicKey())
  }

  async close(): Promise<void> {
    this.#isClosed = true
    for (const [cluster, kept] of this.#kept) this.#end(cluster, kept)
    await Promise.all(this.#ending)
  }

  /** The old connection to a place is gone before the next one begins: it may hold the port there. */
  #keep(cluster: string, route: TunnelRoute): void {
    if (this.#isClosed) return
    this.#kept.set(cluster, new KeptTunnel(route, this.#parts, Promise.all(this.#ending)))
  }

  #end(cluster: string, kept: KeptTunnel): void {
    this.#kept.delete(cluster)
    const ended = kept.close().then(() => void this.#ending.delete(ended))
    this.#ending.add(ended)
  }
}

class KeptTunnel {
  readonly route: TunnelRoute
  readonly #parts: TunnelsParts
  readonly #closing = new AbortController()
  readonly #loop: Promise<void>
  #tunnel: Tunnel

  constructor(route: TunnelRoute, parts: TunnelsParts, before: Promise<unknown>) {
    this.route = route
    this.#parts = parts
    this.#tunnel = newTunnel(parts.clock.now())
    this.#loop = this.#run(before)
  }

  status(): TunnelStatus {
    const { state, since, reason } = this.#tunnel
    const { cluster, user, host, port, forwards } = this.route
    const remotePort = forwards[0]?.remotePort ?? 0
    return { cluster, to: `${user}@${host}:${port}`, remotePort, state, since, reason }
  }

  close(): Promise<void> {
    this.#closing.abort()
    return this.#loop
  }

  async #run(before: Promise<unknown>): Promise<void> {
    await before
    const { signal } = this.#closing
    while (!signal.aborted) {
      const pauseMs = await this.#attempt(signal)
      await this.#parts.clock.sleep(pauseMs, signal)
    }
  }

  /** One connection from its begin to its end. @returns how long to wait before the next */
  async #attempt(closing: AbortSignal): Promise<number> {
    const { ssh, clock } = this.#parts
    let openedAt: number | undefined
    let isLate = false
    const stopWaiting = clock.timer(OPEN_MAX_MS, () => {
      isLate = true
      session.end()
    })
    const session: SshSession = ssh.open(this.route, () => {
      if (openedAt !== undefined || closing.aborted) return
      openedAt = clock.monotonicMs()
      stopWaiting()
      this.#take({ kind: 'opened' })
    })
    const end = (): void => session.end()
    closing.addEventListener('abort', end, { once: true })
    if (closing.aborted) end()
    const said = await session.ended
    stopWaiting()
    closing.removeEventListener('abort', end)
    if (closing.aborted) return 0
    const late = { kind: 'down', reason: `no answer within ${OPEN_MAX_MS / 1000} s` } as const
    const upMs = openedAt === undefined ? 0 : clock.monotonicMs() - openedAt
    return this.#take({ kind: 'ended', end: isLate ? late : said, upMs }) ?? 0
  }

  #take(event: TunnelEvent): number | undefined {
    const { clock, log } = this.#parts
    const { tunnel, retryAfterMs, isNews } = step(this.#tunnel, event, clock.now())
    this.#tunnel = tunnel
    if (isNews) {
      const { cluster, to, reason } = this.status()
      if (tunnel.state === 'up') log.info('the tunnel to a cluster is up', { cluster, to })
      else if (tunnel.state === 'down')
        log.warn('the tunnel to a cluster is down', { cluster, to, reason })
      else log.error('the tunnel to a cluster is refused', { cluster, to, reason })
    }
    return retryAfterMs
  }
}

function isSame(a: TunnelRoute, b: TunnelRoute): boolean {
  return (
    isSameAccount(a, b) &&
    a.hostKey === b.hostKey &&
    a.forwards.length === b.forwards.length &&
    a.forwards.every((forward, n) => {
      const { remotePort, target } = b.forwards[n] as Forward
      const { host, port } = forward.target
      return forward.remotePort === remotePort && host === target.host && port === target.port
    })
  )
}

function isSameAccount(a: TunnelRoute, b: TunnelRoute): boolean {
  return a.host === b.host && a.port === b.port && a.user === b.user
}

/**
 * `restrict` alone would still let the key run commands, and forwarding would let it open connections into the cluster's network: both are
 * closed. The address of `permitopen` leads nowhere; the option knows no "none".
 */
export function authorizationOf(ports: readonly number[], publicKey: string): string {
  const limits = [
    'restrict',
    'port-forwarding',
    ...ports.map((port) => `permitlisten="127.0.0.1:${port}"`),
    'permitopen="127.0.0.1:1"',
    'command="/bin/false"',
  ]
  return `${limits.join(',')} ${publicKey}`
}
