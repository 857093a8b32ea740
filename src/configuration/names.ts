import { NODE_NAME } from '../domain/cluster.ts'

/** Whose name it is; `node` is a cluster. */
export type NameOf = 'host' | 'service' | 'node' | 'other'

/** What Nagios refuses in names of objects, and `;`, which separates fields in its command pipe. */
const ILLEGAL: Readonly<Record<Exclude<NameOf, 'node'>, RegExp>> = {
  // `host/service` names a service.
  host: /[`~!$%^&*"|'<>?,()=;/]/,
  // Many sites let services be called `Disk (C:)`.
  service: /[`~!$^*"|<>?;]/,
  other: /[`~!$%^&*"|'<>?,()=;]/,
}
const CONTROL = /\p{Cc}/u
export const NAME_LENGTH_MAX = 255
/** What `NODE_NAME` takes, in words. */
export const NODE_NAME_RULE = 'use a-z, 0-9 and - inside, 63 characters at most'

/** What is wrong with a name; `undefined` when nothing is. */
export function nameFault(name: string, of: NameOf = 'other'): string | undefined {
  if (name === '') return 'a name must not be empty'
  if (of === 'node') return NODE_NAME.test(name) ? undefined : NODE_NAME_RULE
  if (name === '__proto__') return `'${name}' cannot be a name`
  if (name.length > NAME_LENGTH_MAX) return `a name has at most ${NAME_LENGTH_MAX} characters`
  if (CONTROL.test(name)) return 'a name holds no control characters'
  if (name !== name.trim()) return 'a name does not begin or end with a space'
  const illegal = ILLEGAL[of].exec(name)?.[0]
  if (illegal !== undefined) return `a name must not hold '${illegal}'`
  if (name.startsWith('-'))
    return `a name does not begin with '-': plugins would read it as an option`
  return undefined
}

/** @param kind as in a configuration file */
export function nameOfKind(kind: string): NameOf {
  if (kind === 'hosts') return 'host'
  if (kind === 'clusters') return 'node'
  return kind === 'services' || kind === 'apply' ? 'service' : 'other'
}
