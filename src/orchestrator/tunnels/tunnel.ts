import type { Instant } from '../../base/instant.ts'

/**
 * One tunnel as people see it. `connecting` only until the first attempt has an outcome; from then on the outcome of the last attempt
 * stands until it changes, however many attempts are made meanwhile:
 *
 *   connecting ──opened──▶ up ──ended──▶ down | refused ──opened──▶ up
 *        └───────ended──▶ down | refused
 */
export type TunnelState = 'connecting' | 'up' | 'refused' | 'down'

/** Why ssh ended. `refused`: it stays so until a person acts. `down`: it may be better the next time. */
export interface TunnelEnd {
  readonly kind: 'refused' | 'down'
  readonly reason: string
}

export interface Tunnel {
  readonly state: TunnelState
  readonly since: Instant
  /** Empty while it is connecting or up. */
  readonly reason: string
  /** Attempts in a row that did not last. */
  readonly failures: number
}

export type TunnelEvent =
  | { readonly kind: 'opened' }
  /** @param upMs how long it was up; 0 when it never was */
  | { readonly kind: 'ended'; readonly end: TunnelEnd; readonly upMs: number }

export interface TunnelStep {
  readonly tunnel: Tunnel
  /** `undefined`: ssh runs, there is nothing to wait for. */
  readonly retryAfterMs: number | undefined
  /** Something that was not so before: worth a line in the log. */
  readonly isNews: boolean
}

const RETRY_MIN_MS = 1_000
const RETRY_MAX_MS = 60_000
/** One that was up for less has not lasted: the next pause is longer. */
const LASTED_MS = 10_000

export function newTunnel(now: Instant): Tunnel {
  return { state: 'connecting', since: now, reason: '', failures: 0 }
}

/** Rules TN2 and TN3 of docs/spec/tunnels.md. */
export function step(tunnel: Tunnel, event: TunnelEvent, now: Instant): TunnelStep {
  if (event.kind === 'opened') {
    const up: Tunnel = { state: 'up', since: now, reason: '', failures: tunnel.failures }
    return { tunnel: up, retryAfterMs: undefined, isNews: true }
  }
  const { kind, reason } = event.end
  const isNews = tunnel.state !== kind || tunnel.reason !== reason
  const failures = event.upMs >= LASTED_MS ? 1 : tunnel.failures + 1
  const since = tunnel.state === kind ? tunnel.since : now
  return {
    tunnel: { state: kind, since, reason, failures },
    retryAfterMs: pauseAfter(failures),
    isNews,
  }
}

/** 1 s after the first failure, doubled with each, 60 s at most. */
function pauseAfter(failures: number): number {
  return Math.min(RETRY_MIN_MS * 2 ** Math.min(failures - 1, 10), RETRY_MAX_MS)
}
