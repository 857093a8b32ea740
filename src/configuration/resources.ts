import type { Definitions } from './definitions.ts'
import type { Resource } from './macro-values.ts'
import type { Problems } from './problem.ts'

export interface ResourceReading {
  /** For `{ env: NAME }`. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** For `{ file: path }`; `namedIn` is the file that says so. */
  readonly readSecret?: (path: string, namedIn: string) => SecretRead
}

export type SecretRead = { readonly text: string } | { readonly fault: string }

/** Values of `$USERn$` and its like, by name. What cannot be read is a problem, and empty. */
export function readResources(
  definitions: Definitions,
  reading: ResourceReading,
  problems: Problems,
): ReadonlyMap<string, Resource> {
  const resources = new Map<string, Resource>()
  for (const kind of ['resources', 'secrets'] as const) {
    for (const { name, value, origin } of definitions[kind].values()) {
      if (resources.has(name)) {
        problems.add(
          origin.place(),
          `'${name}' is both a resource and a secret`,
          'keep one of them',
        )
      }
      if (typeof value === 'string' || typeof value === 'number') {
        resources.set(name, { text: String(value), isSecret: kind === 'secrets' })
        continue
      }
      const key = 'file' in value ? 'file' : 'env'
      const read = readFrom(value, reading, origin.place().file)
      if ('fault' in read) problems.add(origin.place([key]), read.fault)
      resources.set(name, { text: 'text' in read ? read.text : '', isSecret: true })
    }
  }
  return resources
}

function readFrom(
  value: { readonly file?: string; readonly env?: string },
  reading: ResourceReading,
  namedIn: string,
): SecretRead {
  if (value.file !== undefined) {
    return reading.readSecret?.(value.file, namedIn) ?? { fault: 'files cannot be read here' }
  }
  if (value.env === undefined) return { text: '' }
  const text = reading.environment?.[value.env]
  return text === undefined ? { fault: `the environment has no variable '${value.env}'` } : { text }
}
