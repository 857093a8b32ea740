import type { Node } from 'yaml'
import type { z } from 'zod'
import { PASSIVE } from '../check-command.ts'
import type { Definition, KindName, Origin } from '../definitions.ts'
import { nameFault, nameOfKind } from '../names.ts'
import { didYouMean, Problems, type Place, type Problem } from '../problem.ts'
import { reportIssues } from './issues.ts'
import { packageNames } from './field-schemas.ts'
import { KINDS, type Kind } from './kinds.ts'
import { resourceName, serviceTemplateSchema } from './schema.ts'
import { parseSource, type Entry, type SourceText, type SourceTree } from './source-tree.ts'

export type Collected = Record<KindName, Map<string, Definition<unknown>>>

/** All that one source says. */
export interface ReadSource {
  readonly text: string
  readonly collected: Collected
  readonly hostServices: ReadonlyMap<string, readonly Definition<unknown>[]>
  readonly packages: ReadonlyMap<string, Place>
  readonly selfMonitoring: SelfMonitoringChoice | undefined
  readonly problems: readonly Problem[]
}

/** Whether there are hosts for Parallax itself, and where that is said. */
export interface SelfMonitoringChoice {
  readonly value: boolean
  readonly place: Place
}

/** A definition with faults keeps what is right in it, so that nothing that refers to it is hidden. */
export function readSource(source: SourceText): ReadSource {
  const problems = new Problems()
  const reader = new Reader(problems)
  reader.read(source)
  return { text: source.text, ...reader.result(), problems: [...problems.all()] }
}

export function emptyCollected(): Collected {
  return Object.fromEntries(
    Object.keys(KINDS).map((kind) => [kind, new Map<string, Definition<unknown>>()]),
  ) as Collected
}

export function reportTwice(
  problems: Problems,
  kind: KindName,
  before: Definition<unknown>,
  again: Definition<unknown>,
): void {
  const { file, line, column } = before.origin.place()
  problems.add(
    again.origin.place(),
    `${KINDS[kind].word} '${again.name}' is defined twice, first at ${file}:${line}:${column}`,
    'rename or remove one of them',
  )
}

export function reportChosenTwice(
  problems: Problems,
  { value, place: { file, line, column } }: SelfMonitoringChoice,
  again: { readonly value: unknown; readonly place: Place },
): void {
  problems.add(
    again.place,
    `'${SELF_MONITORING}' is ${String(again.value)} here and ${String(value)} at ${file}:${line}:${column}`,
    'say it once',
  )
}

const PACKAGES = 'packages'
const SELF_MONITORING = 'selfMonitoring'
const TOP_KEYS = [
  ...new Set(Object.values(KINDS).map((kind) => kind.path[0])),
  PACKAGES,
  SELF_MONITORING,
]

/** Reads one source. */
class Reader {
  readonly #problems: Problems
  readonly #collected = emptyCollected()
  readonly #packages = new Map<string, Place>()
  #selfMonitoring: SelfMonitoringChoice | undefined
  readonly #hostServices = new Map<string, Definition<unknown>[]>()

  constructor(problems: Problems) {
    this.#problems = problems
  }

  result(): Pick<ReadSource, 'collected' | 'hostServices' | 'packages' | 'selfMonitoring'> {
    return {
      collected: this.#collected,
      hostServices: this.#hostServices,
      packages: this.#packages,
      selfMonitoring: this.#selfMonitoring,
    }
  }

  read(source: SourceText): void {
    const tree = parseSource(source, this.#problems)
    for (const document of tree.documents) {
      for (const { node, key, keyPlace } of this.#sections(tree, document, 'the file')) {
        if (key === PACKAGES) this.#namePackages(tree, node)
        else if (key === SELF_MONITORING) this.#chooseSelfMonitoring(tree, node)
        else if (TOP_KEYS.includes(key)) this.#readSection(tree, [key], node)
        else
          this.#problems.add(
            keyPlace,
            `unknown key '${key}'`,
            didYouMean(key, TOP_KEYS) ?? `known are ${TOP_KEYS.join(', ')}`,
          )
      }
    }
  }

  #namePackages(tree: SourceTree, node: Node | undefined): void {
    const parsed = packageNames.safeParse(tree.plain(node) ?? [])
    const place = tree.place(node)
    if (!parsed.success) {
      this.#problems.add(
        place,
        `'${PACKAGES}' must be a name or a list of names`,
        'such as packages: [linux-ssh]',
      )
      return
    }
    for (const name of [parsed.data].flat())
      if (!this.#packages.has(name)) this.#packages.set(name, place)
  }

  #chooseSelfMonitoring(tree: SourceTree, node: Node | undefined): void {
    const value = tree.plain(node)
    const place = tree.place(node)
    const before = this.#selfMonitoring
    if (typeof value === 'boolean') this.#selfMonitoring = before ?? { value, place }
    if (before !== undefined && before.value !== value)
      reportChosenTwice(this.#problems, before, { value, place })
    else if (typeof value !== 'boolean')
      this.#problems.add(place, `'${SELF_MONITORING}' must be true or false`)
  }

  /** The entries of a map; something else is a problem, nothing is nothing. */
  #sections(tree: SourceTree, node: Node | undefined, what: string): readonly Entry[] {
    if (tree.isNothing(node)) return []
    const entries = tree.entries(node)
    if (entries !== undefined) return entries
    this.#problems.add(
      tree.place(node),
      `${what} must hold keys with values`,
      'write `name:` and what it is, indented below it',
    )
    return []
  }

  #readSection(tree: SourceTree, path: readonly string[], node: Node | undefined): void {
    const kinds = (Object.entries(KINDS) as [KindName, Kind][]).filter(([, kind]) =>
      path.every((part, index) => kind.path[index] === part),
    )
    const [first] = kinds
    if (first !== undefined && kinds.length === 1 && first[1].path.length === path.length) {
      for (const entry of this.#sections(tree, node, `'${path.join('.')}'`))
        this.#readObject(tree, entry, first)
      return
    }
    const known = kinds.map(([, kind]) => kind.path[1] ?? '')
    for (const { key, keyPlace, node: inner } of this.#sections(
      tree,
      node,
      `'${path.join('.')}'`,
    )) {
      if (known.includes(key)) this.#readSection(tree, [...path, key], inner)
      else
        this.#problems.add(
          keyPlace,
          `unknown key '${key}'`,
          didYouMean(key, known) ?? `known are ${known.join(', ')}`,
        )
    }
  }

  #readObject(tree: SourceTree, entry: Entry, [kindName, kind]: [KindName, Kind]): void {
    const origin = tree.origin(entry)
    if (!this.#isName(entry, kindName)) return
    const collected = this.#collected[kindName]
    const before = collected.get(entry.key)
    if (before !== undefined) {
      reportTwice(this.#problems, kindName, before, {
        name: entry.key,
        value: undefined,
        origin,
      })
      return
    }
    const written = tree.plain(entry.node) ?? {}
    const value = kindName === 'hosts' ? this.#takeServices(tree, entry, written) : written
    collected.set(entry.key, {
      name: entry.key,
      value: this.#checked(kind.schema, value, origin),
      origin,
    })
  }

  #isName(entry: Entry, kind: KindName): boolean {
    if (kind === 'resources' || kind === 'secrets') {
      if (resourceName.test(entry.key)) return true
      this.#problems.add(
        entry.keyPlace,
        `'${entry.key}' is no name of a macro`,
        'use capitals, digits and _, such as USER1',
      )
      return false
    }
    const fault = nameFault(entry.key, nameOfKind(kind))
    if (fault !== undefined)
      this.#problems.add(entry.keyPlace, `'${entry.key}' is no name: ${fault}`)
    return fault === undefined
  }

  /** Services that are written at a host are definitions of their own: a fault in one leaves the others. */
  #takeServices(tree: SourceTree, host: Entry, written: unknown): unknown {
    if (typeof written !== 'object' || written === null || !('services' in written)) return written
    const { services: _, ...value } = written
    const under = tree.entries(host.node)?.find((entry) => entry.key === 'services')
    const services = this.#sections(tree, under?.node, "'services'").flatMap((entry) => {
      if (!this.#isName(entry, 'services')) return []
      const origin = tree.origin(entry)
      const plain = tree.plain(entry.node) ?? {}
      return [
        { name: entry.key, value: this.#checked(serviceTemplateSchema, plain, origin), origin },
      ]
    })
    this.#hostServices.set(host.key, services)
    return value
  }

  /** The value as the schema gives it; what has faults is left out after it was reported. */
  #checked(schema: z.ZodType, value: unknown, origin: Origin): unknown {
    let parsed = schema.safeParse(value)
    if (!parsed.success) {
      reportIssues(parsed.error.issues, value, { schema, origin, problems: this.#problems })
    }
    let rest = value
    for (let round = 0; round < SALVAGE_ROUNDS_MAX && !parsed.success; round++) {
      rest = withoutFaults(rest, parsed.error.issues)
      parsed = schema.safeParse(rest)
    }
    return parsed.success ? parsed.data : {}
  }
}

/** Leaving out one fault may show another: a union that loses a key. */
const SALVAGE_ROUNDS_MAX = 4

/** A command that cannot be read counts as passive, so that it is not missed a second time. */
function withoutFaults(value: unknown, issues: readonly z.core.$ZodIssue[]): unknown {
  const rest: unknown = structuredClone(value)
  for (const issue of issues) {
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) removeAt(rest, [...issue.path, key])
    } else removeAt(rest, issue.path)
  }
  return rest
}

function removeAt(value: unknown, path: readonly PropertyKey[]): void {
  const [part, ...deeper] = path
  if (part === undefined || typeof value !== 'object' || value === null) return
  const record = value as Record<PropertyKey, unknown>
  const inner = Object.hasOwn(record, part) ? record[part] : undefined
  const isLast =
    deeper.length === 0 || typeof inner !== 'object' || inner === null || Array.isArray(inner)
  if (!isLast) removeAt(inner, deeper)
  else if (part === 'checkCommand') record[part] = PASSIVE
  else delete record[part]
}
