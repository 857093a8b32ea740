import { MASK } from '../expansion.ts'
import type { Definition, Definitions, KindName } from '../definitions.ts'
import { KINDS, type Kind } from './kinds.ts'
import { blockOf } from './yaml-text.ts'

export interface WriteOptions {
  /** Lines of a comment at the top. */
  readonly header?: string
  /** `***` for the values of secrets that stand in the configuration. */
  readonly maskSecrets?: boolean
}

/** What depends on little first. */
const ORDER: readonly KindName[] = [
  'resources',
  'secrets',
  'clusters',
  'timePeriods',
  'commands',
  'contactTemplates',
  'contacts',
  'contactGroups',
  'hostTemplates',
  'hostGroups',
  'hosts',
  'serviceTemplates',
  'serviceGroups',
  'services',
  'apply',
  'observe',
  'hostDependencies',
  'serviceDependencies',
  'hostEscalations',
  'serviceEscalations',
]

/** A whole set of definitions as text. Read again it gives the same fleet. */
export function writeYaml(definitions: Definitions, options: WriteOptions = {}): string {
  const sections = new Map<string, Section>()
  for (const kind of ORDER) {
    const objects = [...(definitions[kind] as ReadonlyMap<string, Definition<unknown>>).values()]
    if (objects.length === 0) continue
    const { path } = KINDS[kind] as Kind
    const [section, inner] = path
    const lines = objects.map(({ name, value }) => {
      const shown = shownOf(kind, value, options)
      const whole = kind === 'hosts' ? withServices(definitions, name, shown) : shown
      return blockOf([[name, whole]], INDENT.repeat(path.length))
    })
    const before = sections.get(section) ?? []
    const title = inner === undefined ? [] : [`${INDENT}${inner}:\n`]
    sections.set(section, [...before, ...title, ...lines])
  }
  const comment = options.header?.split('\n').map((line) => `# ${line}`.trimEnd()) ?? []
  const texts = [...sections].map(([section, lines]) => `${section}:\n${lines.join('')}`)
  if (texts.length === 0) texts.push('{}\n')
  return [...(comment.length === 0 ? [] : [`${comment.join('\n')}\n`]), ...texts].join('\n')
}

type Section = readonly string[]
const INDENT = '  '

/** One object, under the keys that lead to it. */
export function objectYaml(kind: KindName, name: string, value: unknown): string {
  const { path } = KINDS[kind] as Kind
  const titles = path.map((key, depth) => `${INDENT.repeat(depth)}${key}:\n`)
  return `${titles.join('')}${blockOf([[name, value]], INDENT.repeat(path.length))}`
}

function withServices(definitions: Definitions, host: string, value: unknown): unknown {
  const services = definitions.hostServices.get(host) ?? []
  if (services.length === 0) return value
  return {
    ...(value as object),
    services: Object.fromEntries(services.map((service) => [service.name, service.value])),
  }
}

/** A secret that is read from elsewhere says only where. */
function shownOf(kind: KindName, value: unknown, { maskSecrets }: WriteOptions): unknown {
  return kind === 'secrets' && maskSecrets === true && typeof value !== 'object' ? MASK : value
}
