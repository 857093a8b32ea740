import type { Definition, Definitions, KindName } from '../definitions.ts'
import { didYouMean, type Place, type Problems } from '../problem.ts'
import { emptyCollected, readSource, reportTwice, type ReadSource } from './read-source.ts'
import type { SourceText } from './source-tree.ts'

/**
 * Reads every file into one set of definitions. Files and documents are equal: each may hold any kinds, and a name that comes twice is
 * a problem that names both places. A definition with faults keeps what is right in it, so that nothing that refers to it is hidden.
 */
export function readDefinitions(
  sources: readonly SourceText[],
  problems: Problems,
  { packages, memory }: ReadingParts = {},
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
  // Packages may name packages: each is read once.
  for (const [name, place] of united.packages) {
    if (packages?.names.includes(name) === true) add(packages.read(name))
    else
      problems.add(
        place,
        `unknown package '${name}'`,
        didYouMean(name, packages?.names ?? []) ??
          `known are ${packages?.names.join(', ') ?? 'none'}`,
      )
  }
  return united.definitions()
}

export interface ReadingParts {
  /** For `packages`. Without, every package is unknown. */
  readonly packages?: PackageReading | undefined
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
  readonly #problems: Problems
  readonly #collected = emptyCollected()
  readonly #hostServices = new Map<string, readonly Definition<unknown>[]>()

  constructor(problems: Problems) {
    this.#problems = problems
  }

  definitions(): Definitions {
    return { ...this.#collected, hostServices: this.#hostServices } as unknown as Definitions
  }

  add({ collected, hostServices, packages, problems }: ReadSource): void {
    for (const { message, hint, ...place } of problems) this.#problems.add(place, message, hint)
    for (const [name, place] of packages)
      if (!this.packages.has(name)) this.packages.set(name, place)
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
}

type Named = ReadonlyMap<string, Definition<unknown>>
