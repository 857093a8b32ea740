import { isoOf, type Instant } from '../../base/instant.ts'
import { siteOf } from '../../domain/cluster.ts'
import { decisionOf, ruleText } from '../../domain/decision-policy.ts'
import type { Fleet, Host, Service } from '../../domain/fleet.ts'
import { isProblem } from '../../domain/state-names.ts'
import type { HistoryResult } from '../../results/ports.ts'
import type { LiveObject } from '../../results/live-index.ts'
import type { ObjectRecord, StateChange } from '../../results/state/record.ts'
import type { ChangeRow, HistoryRow, ObjectDetail, ObjectRow } from '../../wire/api/objects.ts'
import { stateName } from '../../wire/api/objects.ts'

export function isService(object: Host | Service): object is Service {
  return 'hostName' in object
}

/** Worth an operator's look: anything known that is neither ok nor up. */
export function isProblemRecord({ state }: ObjectRecord): boolean {
  return state !== 'pending' && isProblem(state)
}

const isoOrNull = (at: Instant | null): string | null => (at === null ? null : isoOf(at))

/** What several observers amount to; `null`: one observer. */
export function verdictOf({ record, seenBy }: LiveObject): ObjectRow['verdict'] {
  return seenBy === null ? null : (record.verdict?.kind ?? 'unknown')
}

export function objectRowOf(live: LiveObject): ObjectRow {
  const { object, record, isStale, seenBy } = live
  return {
    id: object.id,
    kind: isService(object) ? 'service' : 'host',
    host: isService(object) ? object.hostName : object.name,
    service: isService(object) ? object.name : null,
    displayName: object.displayName,
    groups: [...object.groups],
    state: record.state,
    type: record.type,
    attempt: record.attempt,
    maxAttempts: object.statePolicy.maxAttempts,
    isProblem: isProblemRecord(record),
    isStale,
    isFlapping: record.flapping.isFlapping,
    lastCheckAt: isoOrNull(record.lastResultAt),
    lastChangeAt: isoOrNull(record.lastChangeAt),
    output: record.output,
    executionMs: record.executionMs,
    latencyMs: record.latencyMs,
    verdict: verdictOf(live),
    seenBy,
  }
}

/** @param fleet what the object is a part of */
export function objectDetailOf(
  live: LiveObject,
  fleet: Pick<Fleet, 'hosts' | 'clusters'>,
): ObjectDetail {
  const { object, record } = live
  return {
    ...objectRowOf(live),
    alias: isService(object) ? null : object.alias,
    address: isService(object) ? null : object.address,
    parents: isService(object) ? [] : [...object.parents],
    ...observationOf(object, fleet),
    longOutput: record.longOutput,
    perfdata: record.perfdata,
    lastHardState: record.lastHardState,
    lastHardChangeAt: isoOrNull(record.lastHardChangeAt),
    firstCheckAt: isoOrNull(record.firstResultAt ?? record.lastResultAt),
    flapPercent: record.flapping.percent,
    intervalMs: object.check.intervalMs,
    retryIntervalMs: object.check.retryIntervalMs,
    timeoutMs: object.check.timeoutMs,
    period: object.check.period ?? null,
    command: object.shownCommand,
    variables: shownVariables(object.variables),
    notes: object.notes,
    notesUrl: object.notesUrl,
    actionUrl: object.actionUrl,
    source: object.source,
  }
}

function observationOf(
  object: Host | Service,
  { hosts, clusters }: Pick<Fleet, 'hosts' | 'clusters'>,
): Pick<ObjectDetail, 'observers' | 'site' | 'rule' | 'theta'> {
  const host = isService(object) ? hosts.get(object.hostName) : object
  const { observers = [], site = '' } = host ?? {}
  const { rule, theta } = decisionOf(object)
  return {
    observers: observers.map((cluster) => ({ cluster, site: siteOf(clusters, cluster) })),
    site,
    rule: ruleText(rule),
    theta,
  }
}

const SECRET_NAME = /PASS|SECRET|TOKEN|CREDENTIAL|COMMUNITY|PRIVATE|AUTH|(^|_)KEY($|_)|APIKEY/i

/** Custom variables as people may see them: those whose name tells of a secret are masked. */
export function shownVariables(
  variables: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [
      name,
      SECRET_NAME.test(name) ? '********' : value,
    ]),
  )
}

export function changeRowOf(change: StateChange): ChangeRow {
  const { checkId, at, from, to, type, attempt, output } = change
  return { id: checkId, at: isoOf(at), from, to, type, attempt, output }
}

export function historyRowOf(result: HistoryResult): HistoryRow {
  const { collector, startedAt, finishedAt, use, origin, output, perfdata } = result
  return {
    collector,
    startedAt: isoOf(startedAt),
    finishedAt: isoOf(finishedAt),
    state: stateName.parse(result.state),
    use,
    origin,
    output,
    perfdata,
  }
}
