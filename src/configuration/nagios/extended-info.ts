import { isWritten, valueOf } from './definition.ts'
import type { ResolvedDefinition } from './objects.ts'
import { hostsOf, MASTER, servicesOf, type Targets } from './relation-targets.ts'
import { refuse } from './resolution.ts'
import type { HostEntry } from './services.ts'

const TEXTS = ['notes', 'notes_url', 'action_url', 'icon_image', 'icon_image_alt'] as const
const HOST_TEXTS = [...TEXTS, 'vrml_image', 'statusmap_image', '2d_coords', '3d_coords'] as const

/** What `hostextinfo` adds to hosts that do not say it themselves, by host and directive. */
export function mergeExtendedHosts(
  targets: Targets,
  definitions: readonly ResolvedDefinition[],
): ReadonlyMap<HostEntry, ReadonlyMap<string, string>> {
  const merged = new Map<HostEntry, Map<string, string>>()
  for (const definition of definitions) {
    if (!isWritten(definition, 'host_name') && !isWritten(definition, 'hostgroup_name')) continue
    const hosts = hostsOf(targets, definition, MASTER)
    if (hosts?.size === 0) refuse(targets.resolution, definition, { message: 'names no host' })
    for (const host of hosts ?? []) {
      let texts = merged.get(host)
      if (texts === undefined) merged.set(host, (texts = new Map()))
      addTexts(texts, definition, HOST_TEXTS)
    }
  }
  return merged
}

/** What `serviceextinfo` adds is kept at the services. */
export function mergeExtendedServices(
  targets: Targets,
  definitions: readonly ResolvedDefinition[],
): void {
  for (const definition of definitions) {
    const isOnHosts =
      valueOf(definition, 'host_name') !== undefined ||
      valueOf(definition, 'hostgroup_name') !== undefined
    if (!isOnHosts || valueOf(definition, 'service_description') === undefined) continue
    const found = servicesOf(targets, definition, MASTER)
    if (found.kind !== 'found') continue
    for (const service of found.services) {
      service.extended ??= new Map()
      addTexts(service.extended, definition, TEXTS)
    }
  }
}

/** The first one counts. */
function addTexts(
  texts: Map<string, string>,
  definition: ResolvedDefinition,
  directives: readonly string[],
): void {
  for (const directive of directives) {
    const text = valueOf(definition, directive)
    if (text !== undefined && !texts.has(directive)) texts.set(directive, text)
  }
}
