import { parseServiceId, serviceCheckId, type CheckId } from '../domain/check-id.ts'
import { asList } from './definitions.ts'
import { placeOf } from './inheritance.ts'
import type { Problems } from './problem.ts'
import type { NamedDraft, ServiceDraft } from './service-drafts.ts'
import { SharedFaults } from './shared-faults.ts'

/** Services that a service needs. */

const NO_PARENTS: readonly CheckId[] = Object.freeze([])

/** A name without a host is a service of the same host. */
export function parentsOf({ host, traits }: NamedDraft): readonly CheckId[] {
  const written = asList(traits.values.parents)
  if (written.length === 0) return NO_PARENTS
  return written.map((parent) => parseServiceId(parent) ?? serviceCheckId(host.name, parent)).sort()
}

/** Those that are not there are problems. */
export function checkParents(drafts: ReadonlyMap<CheckId, ServiceDraft>, problems: Problems): void {
  const faults = new SharedFaults()
  for (const { parents, traits } of drafts.values()) {
    for (const parent of parents) {
      if (drafts.has(parent)) continue
      const name = parent.replace('!', '/')
      const place = placeOf(traits.resolved, 'parents')
      faults.add(place, name, `unknown service '${name}'`, 'write host/service')
    }
  }
  faults.report(problems)
}
