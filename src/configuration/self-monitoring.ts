import { DEFAULT_CLUSTER, HUB_CLUSTER } from '../domain/cluster.ts'
import type { Fleet, Monitored } from '../domain/fleet.ts'
import { asList, type Definitions, type ValueOf } from './definitions.ts'
import { upperCased, type HostDraft } from './host-drafts.ts'
import { Inheritance } from './inheritance.ts'
import { Membership } from './membership.ts'
import { ObserveRules } from './observe-rules.ts'
import { observedBy } from './observers.ts'
import type { Problems } from './problem.ts'
import type { ServiceDraft } from './service-drafts.ts'
import type { SourceText } from './yaml/source-tree.ts'

/** The name of the generated source, where it is shown as a place. */
export const SELF_SOURCE = 'self-monitoring'

/**
 * Hosts for Parallax itself: one for the hub that looks, one for each cluster. It says nothing of a certain hub, so all hubs of an
 * installation have the same. Hosts that are written under these names stand instead. Rule SW8 of docs/spec/self-monitoring.md.
 */
export function selfMonitoringSource(definitions: Definitions): SourceText {
  const { hosts, clusters } = definitions
  const unwritten = hasDefaultCluster(definitions) ? [DEFAULT_CLUSTER] : []
  const names = [...new Set([...clusters.keys(), ...unwritten])].toSorted()
  const lines = [
    ['parallax-hub', 'use: parallax-inside'] as const,
    ...names.map(
      (name) =>
        [
          `parallax-cluster-${name}`,
          `use: parallax-cluster, variables: { PARALLAX_OF: ${JSON.stringify(name)} }`,
        ] as const,
    ),
  ].filter(([host]) => !hosts.has(host))
  const text = lines.map(([host, value]) => `  ${JSON.stringify(host)}: { ${value} }\n`).join('')
  return { file: SELF_SOURCE, text: `packages: [parallax]\nhosts:\n${text}` }
}

/** Whether the default cluster observes a host. */
function hasDefaultCluster(definitions: Definitions): boolean {
  const { hosts, hostTemplates, hostGroups } = definitions
  const inheritance = new Inheritance(hostTemplates)
  const rules = new ObserveRules(definitions)
  const membership = new Membership(hostGroups)
  const isSaid = ({ cluster, observers }: Pick<HostValue, 'cluster' | 'observers'>): boolean =>
    cluster !== undefined || observers !== undefined
  const isSaidIn = (name: string): boolean => isSaid(hostTemplates.get(name)?.value ?? {})
  return hosts.values().some(({ name, value, origin }) => {
    const isUnsaid = !isSaid(value) && !inheritance.chain(value.use).some(isSaidIn)
    if (isUnsaid && rules.isEmpty) return true
    const resolved = inheritance.resolve(value, { origin, path: [] })
    const { address = name, groups, variables } = resolved.values
    const facts = { name, address, variables: upperCased(variables) }
    const wanted = { observers: isUnsaid, site: false }
    const said = rules.of({ ...facts, groups: membership.add(name, asList(groups)) }, wanted)
    return observedBy(resolved, said).observers.includes(DEFAULT_CLUSTER)
  })
}

type HostValue = ValueOf<'hostTemplates'>

interface HubChecks {
  readonly hosts: ReadonlyMap<string, HostDraft>
  readonly services: ReadonlyMap<string, ServiceDraft>
}

/** A hub runs no plugins. */
export function checkHubCluster(
  fleet: Fleet,
  { hosts, services }: HubChecks,
  problems: Problems,
): void {
  const isHere = (host: string): boolean => hosts.get(host)?.cluster === HUB_CLUSTER
  const isForeign = (object: Monitored | undefined): boolean => {
    const kind = object?.check.command.kind
    return kind === 'shell-line' || kind === 'arguments'
  }
  const refuse = (what: string, origin: HostDraft['origin']): void =>
    problems.add(
      origin.place(),
      `${what} runs a plugin, but hosts of cluster '${HUB_CLUSTER}' are checked inside the hubs, which run none`,
      'use a built-in check, or give the host to another cluster',
    )
  for (const { name, cluster, origin } of hosts.values())
    if (cluster === HUB_CLUSTER && isForeign(fleet.hosts.get(name)))
      refuse(`host '${name}'`, origin)
  for (const { id, host, name, traits } of services.values())
    if (isHere(host.name) && isForeign(fleet.services.get(id)))
      refuse(`service '${host.name}/${name}'`, traits.origin)
}
