import type { ConditionInput } from './yaml/schema.ts'

type Scalar = string | number | boolean
export type Variables = Readonly<Record<string, Scalar | readonly Scalar[]>>

/** What a condition may ask of a host. */
export interface HostFacts {
  readonly name: string
  readonly address: string
  readonly groups: readonly string[]
  /** Upper-case names. */
  readonly variables: Variables
}

export type Condition = (host: HostFacts) => boolean

/** Rule CF11 of docs/spec/configuration.md. Several keys: all must hold. */
export function compileCondition(written: ConditionInput): Condition {
  const parts: Condition[] = []
  if (written.host !== undefined) parts.push(namesHost(written.host))
  if (written.group !== undefined) {
    const fits = anyOf(written.group)
    parts.push((host) => host.groups.some(fits))
  }
  if (written.address !== undefined) {
    const fits = anyOf(written.address)
    parts.push((host) => fits(host.address))
  }
  if (written.variable !== undefined) parts.push(asksVariables(written.variable))
  if (written.and !== undefined) parts.push(all(written.and.map(compileCondition)))
  if (written.or !== undefined) {
    const branches = written.or.map(compileCondition)
    parts.push((host) => branches.some((branch) => branch(host)))
  }
  if (written.not !== undefined) {
    const denied = compileCondition(written.not)
    parts.push((host) => !denied(host))
  }
  return all(parts)
}

function all(parts: readonly Condition[]): Condition {
  const [only] = parts
  if (parts.length === 1 && only !== undefined) return only
  return (host) => parts.every((part) => part(host))
}

function namesHost(patterns: string | readonly string[]): Condition {
  const fits = anyOf(patterns)
  return (host) => fits(host.name)
}

function asksVariables(asked: NonNullable<ConditionInput['variable']>): Condition {
  if (typeof asked === 'string') {
    const name = variableName(asked)
    return (host) => Object.hasOwn(host.variables, name)
  }
  return all(
    Object.entries(asked).map(([key, values]) => {
      const name = variableName(key)
      const fits = anyOf([values].flat().map(String))
      return (host: HostFacts) => {
        const value = Object.hasOwn(host.variables, name) ? host.variables[name] : undefined
        return value !== undefined && [value].flat().some((item) => fits(String(item)))
      }
    }),
  )
}

/** Nagios keeps custom variables in capitals; the underscore of its files is no part of the name. */
export function variableName(written: string): string {
  return written.replace(/^_/, '').toUpperCase()
}

/** As macros show them: lists with commas. */
export function textsOf(variables: Variables): Readonly<Record<string, string>> {
  return Object.freeze(
    Object.fromEntries(
      Object.entries(variables).map(([name, value]) => [
        name,
        [value].flat().map(String).join(','),
      ]),
    ),
  )
}

function anyOf(patterns: string | readonly string[]): (text: string) => boolean {
  const texts = [patterns].flat()
  const exact = new Set(texts.filter((pattern) => !/[*?]/.test(pattern)))
  const globs = texts.filter((pattern) => /[*?]/.test(pattern))
  return (text) => exact.has(text) || globs.some((glob) => fitsGlob(glob, text))
}

/** `*` is any characters, `?` one. Going back only to the last star keeps the worst case at the product of the lengths. */
export function fitsGlob(glob: string, text: string): boolean {
  let [g, t] = [0, 0]
  let [starAt, resumeAt] = [-1, 0]
  while (t < text.length) {
    if (glob[g] === '*') [starAt, resumeAt, g] = [g, t, g + 1]
    else if (g < glob.length && (glob[g] === '?' || glob[g] === text[t])) [g, t] = [g + 1, t + 1]
    else if (starAt >= 0) [g, t, resumeAt] = [starAt + 1, resumeAt + 1, resumeAt + 1]
    else return false
  }
  while (glob[g] === '*') g++
  return g === glob.length
}
