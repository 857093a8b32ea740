import { DEFAULT_CLUSTER, HUB_CLUSTER, siteOf, type Cluster } from '../domain/cluster.ts'
import { DEFAULT_DECISION, OBSERVERS_MAX, type DecisionPolicy } from '../domain/decision-policy.ts'
import type { DecisionRule } from '../domain/verdict.ts'
import type { HostValues, ServiceValues } from './check-plan.ts'
import { asList } from './definitions.ts'
import { durationMs } from './duration.ts'
import type { HostDraft } from './host-drafts.ts'
import { placeOf, type Resolved } from './inheritance.ts'
import type { Observation, Wanted } from './observe-rules.ts'
import type { Place, Problems } from './problem.ts'
import type { ServiceDraft } from './service-drafts.ts'
import { SharedFaults } from './shared-faults.ts'

/** Who observes a host, its site, and where that is written. */
export interface Observed {
  readonly cluster: string
  readonly observers: readonly string[]
  readonly site: string
  readonly placeOfObservers: () => Place
}

/** What neither the host nor a template says; `null` says that there is nothing. */
export function unsaidBy({ sources }: Pick<Resolved<unknown>, 'sources'>): Wanted {
  return { observers: !isObserved(sources), site: !('site' in sources) }
}

function isObserved(sources: Resolved<unknown>['sources']): boolean {
  return 'observers' in sources || 'cluster' in sources
}

const ONLY_DEFAULT: readonly string[] = Object.freeze([DEFAULT_CLUSTER])

/** What the host or a template says stands before groups and rules; `null` there is the default. */
export function observedBy(resolved: Resolved<HostValues>, said: Observation): Observed {
  const { values, sources } = resolved
  const key = values.observers === undefined ? 'cluster' : 'observers'
  const isOwn = isObserved(sources)
  const own = values.observers ?? values.cluster
  const observers = isOwn ? [...new Set(asList(own))] : (said.observers?.value ?? [])
  const placeOfOwn = (): Place => placeOf(resolved, key)
  const site = 'site' in sources ? values.site : said.site?.value
  return {
    cluster: observers[0] ?? DEFAULT_CLUSTER,
    observers: observers.length === 0 ? ONLY_DEFAULT : observers,
    site: site ?? '',
    placeOfObservers: isOwn ? placeOfOwn : (said.observers?.place ?? placeOfOwn),
  }
}

/** What is written of a decision; `undefined` where nothing is: a service then takes what its host says. */
export interface PlannedDecision {
  readonly rule: DecisionRule | undefined
  readonly theta: number | undefined
}

export function plannedDecision({
  verdict,
  theta,
}: Pick<HostValues | ServiceValues, 'verdict' | 'theta'>): PlannedDecision {
  return { rule: verdict === undefined ? undefined : ruleOf(verdict), theta }
}

function ruleOf(verdict: NonNullable<HostValues['verdict']>): DecisionRule {
  if (typeof verdict === 'string') return verdict
  return 'atLeast' in verdict
    ? { kOf: verdict.atLeast }
    : { penaltyMs: durationMs(verdict.penalty) ?? 0 }
}

/** `undefined` where it is the default, as in `Monitored`. */
export function decisionPolicy(
  own: PlannedDecision,
  host: PlannedDecision,
): DecisionPolicy | undefined {
  const rule = own.rule ?? host.rule ?? DEFAULT_DECISION.rule
  const theta = own.theta ?? host.theta ?? DEFAULT_DECISION.theta
  const isDefault = rule === DEFAULT_DECISION.rule && theta === DEFAULT_DECISION.theta
  return isDefault ? undefined : { rule, theta }
}

interface Drafts {
  readonly hosts: ReadonlyMap<string, HostDraft>
  readonly services: ReadonlyMap<string, ServiceDraft>
}

/** What can only be judged once it is known who observes a host. Rules OV2 and OV7 of docs/spec/observers.md. */
export function checkObservers({ hosts, services }: Drafts, problems: Problems): void {
  const faults = new SharedFaults()
  for (const host of hosts.values()) {
    const { observers, placeOfObservers, plan, resolved, name } = host
    const count = observers.length
    checkQuorum({ resolved, plan }, count, `host '${name}'`, faults)
    if (count < 2) continue
    if (count > OBSERVERS_MAX)
      faults.add(
        placeOfObservers(),
        'many',
        `host '${name}' is observed by ${count} clusters`,
        `name ${OBSERVERS_MAX} at most`,
      )
    if (observers.includes(HUB_CLUSTER))
      faults.add(
        placeOfObservers(),
        HUB_CLUSTER,
        `'${HUB_CLUSTER}' observes host '${name}' together with other clusters, but what a hub checks by itself only this hub knows`,
        `leave out '${HUB_CLUSTER}', or name it alone`,
      )
    if (host.collector !== undefined)
      faults.add(
        placeOf(resolved, 'collector'),
        'collector',
        `host '${name}' is observed by ${count} clusters, a collector is of one`,
        'leave out `collector`, or name one cluster',
      )
  }
  for (const { traits, host, name } of services.values()) {
    checkQuorum(traits, host.observers.length, `service '${host.name}/${name}'`, faults)
  }
  faults.report(problems)
}

function checkQuorum(
  { resolved, plan }: Pick<HostDraft | ServiceDraft['traits'], 'resolved' | 'plan'>,
  count: number,
  what: string,
  faults: SharedFaults,
): void {
  const { rule } = plan.decision
  if (typeof rule !== 'object' || !('kOf' in rule) || rule.kOf <= count) return
  faults.add(
    placeOf(resolved, 'verdict'),
    'verdict',
    `${what} would never fail: at least ${rule.kOf} observers must see it, and there ${count === 1 ? 'is 1' : `are ${count}`}`,
    'ask for fewer, or name more clusters in `observers`',
  )
}

/** Two observers of one site may fail together: not wrong, and rarely what was meant. */
export function warnOfSharedSites(
  hosts: ReadonlyMap<string, HostDraft>,
  clusters: ReadonlyMap<string, Cluster>,
  warnings: Problems,
): void {
  const found = new SharedFaults()
  for (const { name, observers, placeOfObservers } of hosts.values()) {
    const shared = sharedSite(observers, clusters)
    if (shared === undefined) continue
    const { site, names } = shared
    found.add(
      placeOfObservers(),
      site,
      `${names.join(' and ')}, which observe host '${name}', are of one site, '${site}': their failures count once`,
      'observers of different sites see more; `site` of a cluster says where it stands',
    )
  }
  found.report(warnings)
}

/** The first two observers that are of one site; `undefined` when there are none. */
export function sharedSite(
  observers: readonly string[],
  clusters: ReadonlyMap<string, Cluster>,
): { readonly site: string; readonly names: readonly [string, string] } | undefined {
  if (observers.length < 2) return undefined
  const bySite = new Map<string, string>()
  for (const name of observers) {
    const site = siteOf(clusters, name)
    const before = bySite.get(site)
    if (before !== undefined) return { site, names: [before, name] }
    bySite.set(site, name)
  }
  return undefined
}
