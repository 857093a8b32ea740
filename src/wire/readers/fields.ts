import { isInstant } from '../../base/instant.ts'

/** What came is no such message. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable'
}

/**
 * Fields of messages from other processes, by hand: a schema library takes 20 times as long, and a hub takes 15,000 results a second. Fields that
 * are not known are left as they are: a newer program may have added them.
 */
export type Fields = Readonly<Record<string, unknown>>

/** Names of hosts, services, collectors, boots, revisions; `host!service` is two of them. */
export const NAME_MAX = 600
/** Output of a plugin, a command line: far more than any program of ours sends. */
export const TEXT_MAX = 4 * 1024 * 1024

export function refuse(what: string): never {
  throw new Unreadable(what)
}

export function fields(value: unknown, what: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    refuse(`${what} is no object`)
  return value as Fields
}

export function list(value: unknown, max: number, what: string): readonly unknown[] {
  if (!Array.isArray(value)) refuse(`${what} is no list`)
  if (value.length > max) refuse(`${what} has more than ${max} items`)
  return value as readonly unknown[]
}

export function text(value: unknown, max: number, what: string): string {
  if (typeof value !== 'string') refuse(`${what} is no text`)
  if (value.length > max) refuse(`${what} has more than ${max} characters`)
  return value
}

export function name(value: unknown, what: string): string {
  const found = text(value, NAME_MAX, what)
  if (found === '') refuse(`${what} is empty`)
  // No database keeps them, and no two names shall become one there.
  if (found.includes('\0') || !found.isWellFormed()) refuse(`${what} has no sound characters`)
  return found
}

export function flag(value: unknown, what: string): boolean {
  if (typeof value !== 'boolean') refuse(`${what} is neither true nor false`)
  return value
}

/** A whole number. */
export function count(value: unknown, min: number, what: string): number {
  if (!Number.isSafeInteger(value) || (value as number) < min)
    refuse(`${what} is no whole number of at least ${min}`)
  return value as number
}

/** A number, `min` at least. */
export function amount(value: unknown, min: number, what: string): number {
  if (typeof value !== 'number' || !(value >= min) || value === Infinity)
    refuse(`${what} is no number of at least ${min}`)
  return value
}

export function instantIn(value: unknown, what: string): number {
  if (typeof value !== 'number' || !isInstant(value)) refuse(`${what} is no time`)
  return value
}

/** In whole milliseconds, as clocks tell them and a database keeps them. */
export function wholeInstantIn(value: unknown, what: string): number {
  if (!Number.isInteger(instantIn(value, what))) refuse(`${what} is no whole number`)
  return value as number
}

/** Texts by name. */
export function texts(value: unknown, max: number, what: string): void {
  const record = fields(value, what)
  let found = 0
  for (const key in record) {
    text(record[key], TEXT_MAX, what)
    if (++found > max) refuse(`${what} has more than ${max} items`)
  }
}
