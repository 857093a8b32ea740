import { Document, isMap, isScalar, isSeq, visit, type YAMLMap, type YAMLSeq } from 'yaml'
import { MASK } from '../expansion.ts'
import type { Definition, Definitions, KindName } from '../definitions.ts'
import { KINDS, type Kind } from './kinds.ts'

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
  'hostDependencies',
  'serviceDependencies',
  'hostEscalations',
  'serviceEscalations',
]

const LINE_WIDTH = 120
/** A collection that is written on one line is at most so long. */
const FLOW_LENGTH_MAX = 90

/** A whole set of definitions as text. Read again it gives the same fleet. */
export function writeYaml(definitions: Definitions, options: WriteOptions = {}): string {
  const root: Record<string, unknown> = {}
  for (const kind of ORDER) {
    const entries = [...(definitions[kind] as ReadonlyMap<string, Definition<unknown>>).values()]
    if (entries.length === 0) continue
    const isMasked = kind === 'secrets' && options.maskSecrets === true
    const objects = Object.fromEntries(
      entries.map(({ name, value }) => [
        name,
        kind === 'hosts'
          ? withServices(definitions, name, value)
          : isMasked
            ? masked(value)
            : value,
      ]),
    )
    const [section, inner] = (KINDS[kind] as Kind).path
    if (inner === undefined) root[section] = objects
    else root[section] = { ...(root[section] as object | undefined), [inner]: objects }
  }
  const comment = options.header?.split('\n').map((line) => `# ${line}`.trimEnd()) ?? []
  return [...comment, textOf(root)].join('\n')
}

/** One object, under the keys that lead to it. */
export function objectYaml(kind: KindName, name: string, value: unknown): string {
  const { path } = KINDS[kind] as Kind
  return textOf(path.reduceRight<unknown>((inside, key) => ({ [key]: inside }), { [name]: value }))
}

function textOf(root: unknown): string {
  const document = new Document(root, { aliasDuplicateObjects: false })
  visit(document, {
    Collection(_, node) {
      if (isShort(node)) node.flow = true
    },
  })
  if (isMap(document.contents)) {
    for (const { key } of document.contents.items.slice(1))
      if (isScalar(key)) key.spaceBefore = true
  }
  return document.toString({ lineWidth: LINE_WIDTH })
}

/** Nothing but scalars, and few of them. */
function isShort(node: YAMLMap | YAMLSeq): boolean {
  if (isSeq(node)) return lengthOf(node.items) <= FLOW_LENGTH_MAX
  if (!isMap(node) || node.items.length > 4) return node.items.length === 0
  return lengthOf(node.items.flatMap((pair) => [pair.key, pair.value])) <= FLOW_LENGTH_MAX
}

function lengthOf(items: readonly unknown[]): number {
  let length = 0
  for (const item of items) {
    if (!isScalar(item)) return Number.POSITIVE_INFINITY
    length += String(item.value).length + 2
    if (length > FLOW_LENGTH_MAX || String(item.value).includes('\n')) {
      return Number.POSITIVE_INFINITY
    }
  }
  return length
}

function withServices(definitions: Definitions, host: string, value: unknown): unknown {
  const services = definitions.hostServices.get(host) ?? []
  if (services.length === 0) return value
  return {
    ...(value as object),
    services: Object.fromEntries(services.map((service) => [service.name, service.value])),
  }
}

function masked(value: unknown): unknown {
  return typeof value === 'object' ? value : MASK
}
