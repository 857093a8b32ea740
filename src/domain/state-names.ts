/** Plugin return codes 0 to 3 in words. */
export type ServiceState = 'ok' | 'warning' | 'critical' | 'unknown'
export type HostState = 'up' | 'down' | 'unreachable'
export type ObjectState = ServiceState | HostState

export const SERVICE_STATES: readonly ServiceState[] = ['ok', 'warning', 'critical', 'unknown']
export const HOST_STATES: readonly HostState[] = ['up', 'down', 'unreachable']

export type ReturnCode = 0 | 1 | 2 | 3

export function serviceStateOf(code: ReturnCode): ServiceState {
  return SERVICE_STATES[code] as ServiceState
}

export function isProblem(state: ObjectState): boolean {
  return state !== 'ok' && state !== 'up'
}

/** The number that Nagios' files and clients use for a state. */
export function codeOf(state: ObjectState): number {
  const service = SERVICE_STATES.indexOf(state as ServiceState)
  return service >= 0 ? service : HOST_STATES.indexOf(state as HostState)
}
