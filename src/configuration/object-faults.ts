import type { Origin } from './definitions.ts'
import { nameFault, nameOfKind } from './names.ts'
import { Problems } from './problem.ts'
import { reportIssues } from './yaml/issues.ts'
import { KINDS, type Kind } from './yaml/kinds.ts'
import { resourceName } from './yaml/schema.ts'

export interface ObjectFault {
  /** Where in the value, with dots; empty for the whole. */
  readonly path: string
  readonly message: string
}

/**
 * What is wrong with one object by itself: its name, its shape. What it refers to is looked at when it is compiled with the others.
 * @param kind as a configuration file has it, with a dot: `templates.hosts`
 */
export function objectFaults(kind: string, name: string, value: unknown): readonly ObjectFault[] {
  const known = Object.values<Kind>(KINDS).find(({ path }) => path.join('.') === kind)
  if (known === undefined) return [{ path: '', message: `there is no kind '${kind}'` }]
  const isMacro = kind === 'resources' || kind === 'secrets'
  const badName = isMacro ? macroNameFault(name) : nameFault(name, nameOfKind(kind))
  const named = badName === undefined ? [] : [{ path: '', message: `the name: ${badName}` }]
  return [...named, ...shapeFaults(known, value)]
}

function macroNameFault(name: string): string | undefined {
  return resourceName.test(name) ? undefined : 'use capitals, digits and _, such as USER1'
}

function shapeFaults({ schema }: Kind, value: unknown): readonly ObjectFault[] {
  const parsed = schema.safeParse(value ?? {})
  if (parsed.success) return []
  const problems = new Problems()
  // Here a place is a way into the value, not into a file.
  const place: Origin['keyPlace'] = (path) => ({ file: path.join('.'), line: 1, column: 1 })
  const origin: Origin = { place: (path = []) => place(path), keyPlace: place }
  reportIssues(parsed.error.issues, value, { schema, origin, problems })
  return problems.sorted().map(({ file, message, hint }) => ({
    path: file,
    message: hint === undefined ? message : `${message} (${hint})`,
  }))
}
