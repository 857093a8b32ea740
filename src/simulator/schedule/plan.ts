import { hash32 } from '../../base/hash.ts'
import type { Check } from '../../domain/check.ts'
import { hostCheckId, serviceCheckId, type CheckId } from '../../domain/check-id.ts'
import { chance } from '../chance.ts'
import { INTERVAL_MS, TIMEOUT_MS } from '../world/world.ts'
import type { WorldTopology } from '../world/topology.ts'

export function hostNameOf(host: number): string {
  return `h${host}`
}

/** The checks of a world as one of its observers' clusters has them in its plan, in the order of the world. @param ids of `phasedIds` */
export function checksOf(
  topology: WorldTopology,
  observer: number,
  ids: readonly CheckId[],
): readonly Check[] {
  const observers = topology.observers.length
  return topology.checks.map(({ host, isHostCheck }, check) => {
    const hostName = hostNameOf(host)
    const serviceName = isHostCheck ? undefined : `s${check}`
    return {
      id: ids[check] ?? checkIdOf(topology, check),
      hostName,
      serviceName,
      intervalMs: INTERVAL_MS,
      retryIntervalMs: INTERVAL_MS,
      maxAttempts: 3,
      timeoutMs: TIMEOUT_MS,
      period: undefined,
      command: { kind: 'builtin', builtin: isHostCheck ? 'ping' : 'tcp', options: {} },
      shared: { observers, index: observer },
    }
  })
}

export function checkIdOf({ checks }: WorldTopology, check: number): CheckId {
  const { host, isHostCheck } = checks[check] ?? { host: 0, isHostCheck: true }
  return isHostCheck ? hostCheckId(hostNameOf(host)) : serviceCheckId(hostNameOf(host), `s${check}`)
}

/** Names that are tried: enough that one of 60,000 phases is missed once in 10^14 times. */
const TRIES_MAX = 2_000_000

/**
 * The scheduler makes the phase of a check of its id, the world makes it of the check's number. So each check of a plan has as its id the first name
 * that gives it the phase of the world.
 */
export function phasedIds(checks: number): readonly CheckId[] {
  const wanted = new Map<number, number[]>()
  for (let check = checks - 1; check >= 0; check--) {
    const phaseMs = chance(check, 17, 0, 0) % INTERVAL_MS
    const same = wanted.get(phaseMs)
    if (same === undefined) wanted.set(phaseMs, [check])
    else same.push(check)
  }
  const ids = Array.from({ length: checks }, (): CheckId | undefined => undefined)
  for (let n = 0; n < TRIES_MAX && wanted.size > 0; n++) {
    const id = `c${n}`
    const phaseMs = hash32(id) % INTERVAL_MS
    const waiting = wanted.get(phaseMs)
    const check = waiting?.pop()
    if (check === undefined) continue
    ids[check] = id as CheckId
    if (waiting?.length === 0) wanted.delete(phaseMs)
  }
  return ids.map((id, check) => {
    if (id === undefined) throw new Error(`no id gives check ${check} its phase`)
    return id
  })
}
