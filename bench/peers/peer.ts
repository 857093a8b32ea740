/** Another monitor, started for a comparison. */
export interface Peer {
  readonly pid: number
  readonly startSeconds: number
  readonly folder: string
  stop(): Promise<void>
}

export const PLUGINS = '/usr/lib/nagios/plugins'

/** The same work for everybody: every host with every service, one interval for all. */
export interface PeerFleet {
  readonly hosts: number
  /** Plugin and arguments below `PLUGINS`, no quoting. */
  readonly hostCommand: string
  readonly services: readonly (readonly [name: string, command: string])[]
  readonly intervalSeconds: number
  readonly isActive: boolean
}

export function dummyFleet(
  hosts: number,
  servicesPerHost: number,
  intervalSeconds: number,
): PeerFleet {
  return {
    hosts,
    hostCommand: 'check_dummy 0 ok',
    services: Array.from(
      { length: servicesPerHost },
      (_, n) => [`s${n}`, 'check_dummy 0 ok'] as const,
    ),
    intervalSeconds,
    isActive: true,
  }
}
