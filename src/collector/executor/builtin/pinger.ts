/** Sends ICMP echo requests. The real one is `adapters/fping`; many questions of one moment share a process. */
export interface Pinger {
  /** Calls `done` once, unless the returned function was called first. `address` is an IP address. */
  ping(address: string, manner: PingManner, done: (seen: PingSeen) => void): () => void
  /** Ends its processes; open questions are not answered. */
  close(): Promise<void>
}

export interface PingManner {
  readonly packets: number
  /** Between two packets to one address. */
  readonly intervalMs: number
  /** Payload without headers. */
  readonly bytes: number
  /** How long a reply may take. */
  readonly waitMs: number
}

export type PingSeen =
  | { readonly kind: 'counted'; readonly sent: number; readonly roundTripsMs: readonly number[] }
  /** Nothing is known of the target. `reason` says what to do. */
  | { readonly kind: 'failed'; readonly reason: string }
