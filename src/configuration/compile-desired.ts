import { dirname, join } from 'node:path'
import type { Fleet } from '../domain/fleet.ts'
import { compile } from './compile.ts'
import {
  desiredOf,
  type ApiObject,
  type Desired,
  type KeptText,
  type ProposedDocuments,
} from './desired.ts'
import { isNagiosSource } from './from-nagios/sources.ts'
import type { LoadOptions } from './load.ts'
import { shippedPackages } from './packages.ts'
import { Problems, type Problem } from './problem.ts'
import { readSecretFile, readSources, type ReadSources } from './read-sources.ts'

/** What is to be compiled: the files as they are now, or the texts of an earlier revision; and the objects of the API. */
export interface DesiredRequest {
  /** Of the hub's own configuration. Secrets in files are looked for beside it. */
  readonly path: string
  /** Instead of the files at `path`. */
  readonly texts: readonly KeptText[] | undefined
  readonly objects: readonly ApiObject[]
  readonly proposal: ProposedDocuments | undefined
}

export interface CompiledDesired {
  /** What is right of it; to be used only when there are no problems. */
  readonly fleet: Fleet
  readonly problems: readonly FoundProblem[]
  readonly desired: Desired
}

export interface FoundProblem extends Problem {
  readonly code?: 'object_owned'
}

/** Reads, unites and compiles. It does not throw for what is written. */
export async function compileDesired(
  request: DesiredRequest,
  options: LoadOptions,
): Promise<CompiledDesired> {
  const { path, objects, proposal } = request
  const read = await filesOf(request)
  const desired = desiredOf({
    files: read.sources,
    objects,
    ...(proposal === undefined ? {} : { proposal }),
  })
  const onDisk = new Set(read.sources.map(({ file }) => file))
  const beside = join(dirname(path), 'objects of the API')
  const compiled = compile(desired.sources, {
    ...options,
    readSecret: (secret, namedIn) => readSecretFile(secret, onDisk.has(namedIn) ? namedIn : beside),
    packages: shippedPackages(),
  })
  const problems = new Problems()
  const relevant = read.sources.length === 0 && read.problems.length > 0 ? [] : compiled.problems
  for (const { message, hint, ...place } of [...read.problems, ...relevant])
    problems.add(place, message, hint)
  for (const { name } of proposal?.documents ?? []) {
    if (isNagiosSource({ file: name, text: '' }))
      problems.add(
        { file: name, line: 1, column: 1 },
        'documents are YAML, and their names do not end in .cfg',
        '`parallax apply -f` sends object files of Nagios as YAML',
      )
  }
  return {
    fleet: compiled.fleet,
    problems: [
      ...desired.owned.map((problem) => ({ ...problem, code: 'object_owned' as const })),
      ...problems.sorted(),
    ],
    desired,
  }
}

async function filesOf({ path, texts }: DesiredRequest): Promise<ReadSources> {
  if (texts === undefined) return readSources(path)
  return { sources: texts.map(({ file, text }) => ({ file, text })), problems: [] }
}
