import type { Definition, Definitions, KindName } from '../definitions.ts'
import { didYouMean, type Place, type Problems } from '../problem.ts'
import { selfMonitoringSource } from '../self-monitoring.ts'
import {
  emptyCollected,
  readSource,
  reportChosenTwice,
  reportTwice,
  type ReadSource,
  type SelfMonitoringChoice,
} from './read-source.ts'
import type { SourceText } from './source-tree.ts'

/**
 * Reads every file into one set of definitions. Files and documents are equal: each may hold any kinds, and a name that comes twice is
 * a problem that names both places. A definition with faults keeps what is right in it, so that nothing that refers to it is hidden.
 */
export function readDefinitions(
  sources: readonly SourceText[],
  problems: Problems,
  { packages, memory, selfMonitoring = false, hasMore = false }: ReadingParts = {},
): Definitions {
  const united = new United(problems)
  const known = memory?.swap()
  const add = (source: SourceText): void => {
    const before = known?.get(source.file)
    const read = before?.text === source.text ? before : readSource(source)
    memory?.keep(source.file, read)
    united.add(read)
  }
  for (const source of sources) add(source)
  const readPackages = packageReader(united, { packages, add, problems })
  readPackages()
  // Templates of packages may say to which clusters hosts belong.
  const isWatched = united.selfMonitoring?.value ?? selfMonitoring
  if (isWatched && (united.hasHosts || hasMore)) {
    add(selfMonitoringSource(united.definitions()))
    readPackages()
  }
  return united.definitions()
}

/** Packages may name packages: each is read once. */
function packageReader(
  united: United,
  {
    packages,
    add,
    problems,
  }: {
    readonly packages: PackageReading | undefined
    readonly add: (source: SourceText) => void
    readonly problems: Problems
  },
): () => void {
  const done = new Set<string>()
  return () => {
    for (const [name, place] of united.packages) {
      if (done.has(name)) continue
      done.add(name)
      if (packages?.names.includes(name) === true) add(packages.read(name))
      else
        problems.add(
          place,
          `unknown package '${name}'`,
          didYouMean(name, packages?.names ?? []) ??
            `known are ${packages?.names.join(', ') ?? 'none'}`,
        )
    }
  }
}

export interface ReadingParts {
  /** For `packages`. Without, every package is unknown. */
  readonly packages?: PackageReading | undefined
  /** Whether there are hosts for Parallax itself where no file says it. */
  readonly selfMonitoring?: boolean
  /** Hosts are written elsewhere, too. */
  readonly hasMore?: boolean
  /** Files that did not change since the last time are not read again. */
  readonly memory?: SourceMemory
}

/** Where packages of templates come from. */
export interface PackageReading {
  readonly names: readonly string[]
  read(name: string): SourceText
}

/** What was read of each file the last time. */
export class SourceMemory {
  #now = new Map<string, ReadSource>()

  /** @returns what was kept; from now on only what is kept again stays */
  swap(): ReadonlyMap<string, ReadSource> {
    const before = this.#now
    this.#now = new Map()
    return before
  }

  keep(file: string, read: ReadSource): void {
    this.#now.set(file, read)
  }
}

/** The definitions of all sources. */
class United {
  readonly packages = new Map<string, Place>()
  selfMonitoring: SelfMonitoringChoice | undefined
  readonly #problems: Problems
  readonly #collected = emptyCollected()
  readonly #hostServices = new Map<string, readonly Definition<unknown>[]>()

  constructor(problems: Problems) {
    this.#problems = problems
  }

  definitions(): Definitions {
    return { ...this.#collected, hostServices: this.#hostServices } as unknown as Definitions
  }

  get hasHosts(): boolean {
    return this.#collected.hosts.size > 0
  }

  add({ collected, hostServices, packages, selfMonitoring, problems }: ReadSource): void {
    for (const { message, hint, ...place } of problems) this.#problems.add(place, message, hint)
    for (const [name, place] of packages)
      if (!this.packages.has(name)) this.packages.set(name, place)
    if (selfMonitoring !== undefined) this.#choose(selfMonitoring)
    for (const [kind, definitions] of Object.entries(collected) as [KindName, Named][]) {
      const all = this.#collected[kind]
      for (const [name, definition] of definitions) {
        const before = all.get(name)
        if (before === undefined) {
          all.set(name, definition)
          if (kind === 'hosts' && hostServices.has(name))
            this.#hostServices.set(name, hostServices.get(name) ?? [])
        } else reportTwice(this.#problems, kind, before, definition)
      }
    }
  }

  #choose(choice: SelfMonitoringChoice): void {
    const before = this.selfMonitoring
    this.selfMonitoring = before ?? choice
    if (before !== undefined && before.value !== choice.value)
      reportChosenTwice(this.#problems, before, choice)
  }
}

type Named = ReadonlyMap<string, Definition<unknown>>
