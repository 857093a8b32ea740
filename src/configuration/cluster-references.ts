import { DEFAULT_CLUSTER, HUB_CLUSTER } from '../domain/cluster.ts'
import { asList, type Definitions, type Origin } from './definitions.ts'
import type { Problems } from './problem.ts'
import { reportUnknown, type Names } from './unknown-names.ts'

/** Clusters that are there without being written, and the sign that adds to a list. */
const NEVER_WRITTEN = new RegExp(`^(?:${DEFAULT_CLUSTER}|${HUB_CLUSTER}|\\+)$`)

/** Clusters that are named must be written, also by hosts from Nagios's files: Nagios knows nothing of clusters. */
export function checkClusters(definitions: Definitions, problems: Problems): void {
  const { hosts, hostTemplates, hostGroups, observe, clusters } = definitions
  const own = clusters.get(HUB_CLUSTER)
  if (own !== undefined)
    problems.add(
      own.origin.place(),
      `'${HUB_CLUSTER}' is the cluster of what hubs check by themselves, it is there without being written`,
      'choose another name',
    )
  const look = (key: 'cluster' | 'observers', names: Names, origin: Origin): void => {
    const asking = { known: definitions, problems, origin }
    reportUnknown(asking, { path: [key], names, kind: 'clusters' }, NEVER_WRITTEN)
    const listed = asList(names)
    const twice = listed.find((name, index) => listed.indexOf(name) !== index)
    if (twice !== undefined)
      problems.add(
        origin.place([key]),
        `'${twice}' is named twice`,
        'a cluster observes a host once',
      )
  }
  for (const { value, origin } of [...hosts.values(), ...hostTemplates.values()]) {
    const { cluster, observers } = value
    if (cluster !== undefined) look('cluster', cluster, origin)
    if (observers !== undefined) look('observers', observers, origin)
    if (cluster !== undefined && observers !== undefined)
      problems.add(
        origin.place(['observers']),
        '`cluster` and `observers` stand side by side',
        'leave out `cluster`: it is the first of the observers',
      )
  }
  for (const { value, origin } of [...hostGroups.values(), ...observe.values()]) {
    const { observers } = value
    if (observers === undefined) continue
    look('observers', observers, origin)
    if (observers[0] === '+')
      problems.add(
        origin.place(['observers']),
        'a `+` adds to what templates say, and here is none',
        'name all clusters',
      )
  }
}
