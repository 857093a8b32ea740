import type { TunnelEnd } from './tunnel.ts'

/** A way from a cluster to the hub's bus, as ssh needs it. */
export interface TunnelRoute {
  readonly cluster: string
  /** Where sshd listens. */
  readonly host: string
  readonly port: number
  readonly user: string
  /** What listens there; the first is the hub's bus. */
  readonly forwards: readonly Forward[]
  /** `SHA256:...` that the configuration demands; `undefined`: what was trusted by hand counts. */
  readonly hostKey: string | undefined
}

export interface Forward {
  /** On the loopback of that machine. */
  readonly remotePort: number
  /** Where connections come out. */
  readonly target: { readonly host: string; readonly port: number }
}

export interface SshSession {
  /** Resolves once, when nothing of it runs any more; never rejects. */
  readonly ended: Promise<TunnelEnd>
  /** Asks it to end; by force when it does not hear. */
  end(): void
}

/** What an sshd shows to prove who it is. */
export interface HostKey {
  /** Such as `ssh-ed25519`. */
  readonly kind: string
  /** `SHA256:...`, as ssh-keygen prints it. */
  readonly fingerprint: string
  /** Base64. */
  readonly key: string
}

/** The machine's ssh, with keys and known hosts of our own. */
export interface Ssh {
  /** Begins a connection. `opened` is called when the other side listens on all ports. */
  open(route: TunnelRoute, opened: () => void): SshSession
  /** `ssh-ed25519 AAAA... comment`; the pair is made when there is none. @throws SshUnavailable */
  publicKey(): Promise<string>
  /** What the sshd shows now, the best kind first; nothing of it is trusted. @throws SshUnavailable */
  hostKeysOf(route: TunnelRoute): Promise<readonly HostKey[]>
  /** From now on the host is known by this key, and by no other. */
  trust(route: TunnelRoute, key: HostKey): Promise<void>
}

/** ssh is not installed, or the machine does not answer; the message says which. */
export class SshUnavailable extends Error {
  override readonly name = 'SshUnavailable'
}
