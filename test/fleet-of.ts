import { serviceCheckId, hostCheckId } from '../src/domain/check-id.ts'
import type { Check } from '../src/domain/check.ts'
import { DEFAULT_CLUSTER } from '../src/domain/cluster.ts'
import { DEFAULT_NOTIFICATIONS } from '../src/domain/notification-policy.ts'
import {
  DEFAULT_FLAPPING,
  type Fleet,
  type Host,
  type Service,
  type StatePolicy,
} from '../src/domain/fleet.ts'

/** A plain fleet for tests and benches: `host-0` ... with `service-0` ..., all alike unless `refine` says otherwise. */
export interface FleetShape {
  readonly hosts: number
  readonly servicesPerHost: number
  readonly check?: Partial<Check>
  readonly policy?: Partial<StatePolicy>
  /** Parents by host name. */
  readonly parents?: Readonly<Record<string, readonly string[]>>
  /** Clusters by host name. */
  readonly clusters?: Readonly<Record<string, string>>
  /** Observers by host name; the cluster alone where absent. */
  readonly observers?: Readonly<Record<string, readonly string[]>>
  /** Sites by host name. */
  readonly sites?: Readonly<Record<string, string>>
}

export function fleetOf(shape: FleetShape): Fleet {
  const hosts = Array.from({ length: shape.hosts }, (_, i) => hostOf(`host-${i}`, shape))
  const services = hosts.flatMap(({ name }) =>
    Array.from({ length: shape.servicesPerHost }, (_, i) => serviceOf(name, `service-${i}`, shape)),
  )
  return {
    hosts: new Map(hosts.map((host) => [host.name, host])),
    services: new Map(services.map((service) => [service.id, service])),
    hostGroups: new Map(),
    serviceGroups: new Map(),
    timePeriods: new Map(),
    contacts: new Map(),
    contactGroups: new Map(),
    ...NO_RELATIONS,
  }
}

const NO_RELATIONS = {
  hostDependencies: new Map(),
  serviceDependencies: new Map(),
  hostEscalations: new Map(),
  serviceEscalations: new Map(),
  clusters: new Map(),
}

function hostOf(name: string, shape: FleetShape): Host {
  const observers = shape.observers?.[name] ?? [shape.clusters?.[name] ?? DEFAULT_CLUSTER]
  return {
    ...monitored(hostCheckId(name), name, undefined, shape),
    name,
    alias: name,
    address: '127.0.0.1',
    parents: shape.parents?.[name] ?? [],
    groups: [],
    cluster: observers[0] ?? DEFAULT_CLUSTER,
    observers,
    site: shape.sites?.[name] ?? '',
    collector: undefined,
  }
}

function serviceOf(hostName: string, name: string, shape: FleetShape): Service {
  return {
    ...monitored(serviceCheckId(hostName, name), hostName, name, shape),
    hostName,
    name,
    parents: [],
    groups: [],
  }
}

function monitored(
  id: Check['id'],
  hostName: string,
  serviceName: string | undefined,
  shape: FleetShape,
) {
  return {
    id,
    check: {
      id,
      hostName,
      serviceName,
      intervalMs: 60_000,
      retryIntervalMs: 10_000,
      maxAttempts: 3,
      timeoutMs: 10_000,
      period: undefined,
      command: { kind: 'builtin', builtin: 'tcp', options: {} },
      ...shape.check,
    } satisfies Check,
    displayName: serviceName ?? hostName,
    notes: '',
    notesUrl: '',
    actionUrl: '',
    iconImage: '',
    importance: 0,
    variables: {},
    contacts: [],
    contactGroups: [],
    statePolicy: { maxAttempts: 3, isVolatile: false, flapping: DEFAULT_FLAPPING, ...shape.policy },
    notificationPolicy: DEFAULT_NOTIFICATIONS,
    eventHandler: undefined,
    shownCommand: '',
    source: 'test:1',
  }
}
