import type { z } from 'zod'
import type { Origin } from '../definitions.ts'
import { didYouMean, type Problems } from '../problem.ts'

type Issue = z.core.$ZodIssue

/** Says what the schema found in the words of the configuration, at its place. */
export function reportIssues(
  issues: readonly Issue[],
  value: unknown,
  report: { readonly schema: z.ZodType; readonly origin: Origin; readonly problems: Problems },
): void {
  for (const issue of issues.flatMap((one) => withoutUnions(one, value))) {
    const { origin, problems } = report
    const where = issue.path.map(String).join('.')
    const prefix = where === '' ? '' : `${where}: `
    if (issue.code === 'unrecognized_keys') {
      const known = keysAt(report.schema, issue.path)
      for (const key of issue.keys) {
        problems.add(
          origin.keyPlace([...issue.path, key]),
          `${prefix}unknown key '${key}'`,
          synonymOf(key, known) ?? didYouMean(key, known) ?? listed(known),
        )
      }
      continue
    }
    const [message, hint] = wordsOf(issue, valueAt(value, issue.path)).split('\n')
    problems.add(origin.place(issue.path), `${prefix}${message}`, hint)
  }
}

/** What Nagios and Icinga call it, without underscores; what Parallax may call it, the first that fits. */
const SYNONYMS: Readonly<Record<string, readonly string[]>> = {
  vars: ['variables'],
  hostname: ['host'],
  hostgroups: ['groups', 'group'],
  hostgroupname: ['group', 'groups'],
  hostgroup: ['group', 'groups'],
  servicegroups: ['groups'],
  servicedescription: ['name'],
  description: ['name', 'notes'],
  normalcheckinterval: ['checkInterval'],
  retrycheckinterval: ['retryInterval'],
  commandline: ['line'],
  env: ['environment'],
  args: ['arguments'],
  imports: ['use'],
  import: ['use'],
  templates: ['use'],
  address6: ['address'],
  timezones: ['timezone'],
  excludes: ['exclude'],
  hostgroupmembers: ['memberGroups'],
  servicegroupmembers: ['memberGroups'],
  contactgroupmembers: ['memberGroups'],
}

function synonymOf(key: string, known: readonly string[]): string | undefined {
  const plainKey = key.replaceAll('_', '').toLowerCase()
  const same = known.find((one) => one.toLowerCase() === plainKey)
  const found =
    same ??
    (Object.hasOwn(SYNONYMS, plainKey)
      ? SYNONYMS[plainKey]?.find((one) => known.includes(one))
      : undefined)
  return found === undefined ? undefined : `did you mean '${found}'?`
}

function listed(known: readonly string[]): string | undefined {
  return known.length === 0 || known.length > 12 ? undefined : `known are ${known.join(', ')}`
}

/** Of the branches of a union, the faults of the one that was most likely meant. */
function withoutUnions(issue: Issue, value: unknown): Issue[] {
  if (issue.code === 'invalid_key') {
    return issue.issues.map((inner) => ({ ...inner, path: [...issue.path] }))
  }
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue]
  const inner = valueAt(value, issue.path)
  const branches = issue.errors
    .filter(
      (errors) => !errors.some((error) => error.path.length === 0 && isOtherType(error, inner)),
    )
    .map((errors) => ({ errors, score: scoreOf(errors, inner) }))
    .sort((a, b) => a.score - b.score)
  const best = branches[0]
  if (best === undefined) return [issue]
  if (best.score >= MISSING_KEY_SCORE) return [noneOf(issue, branches, inner)]
  return best.errors
    .map((error) => ({ ...error, path: [...issue.path, ...error.path] }))
    .flatMap((error) => withoutUnions(error, value))
}

/** A record is no misspelt word. */
function isOtherType({ code }: Issue, value: unknown): boolean {
  return code === 'invalid_type' || (code === 'invalid_value' && typeof value === 'object')
}

/** None of the keys that tell the branches apart is there. */
function noneOf(
  issue: Issue,
  branches: readonly { readonly errors: readonly Issue[] }[],
  value: unknown,
): Issue {
  const needed = branches.flatMap(({ errors }) =>
    errors
      .filter((error) => valueAt(value, error.path) === undefined)
      .map((error) => String(error.path[0])),
  )
  const hint = Object.keys(value ?? {})
    .map((key) => synonymOf(key, needed) ?? didYouMean(key, needed))
    .find((one) => one !== undefined)
  const message = `needs one of: ${[...new Set(needed)].join(', ')}${hint === undefined ? '' : `\n${hint}`}`
  return { code: 'custom', path: issue.path, message, input: value }
}

const MISSING_KEY_SCORE = 10

/** A missing key weighs most: it is what tells the branches apart. */
function scoreOf(errors: readonly Issue[], value: unknown): number {
  return errors.reduce((sum, error) => {
    if (error.code === 'unrecognized_keys') return sum + error.keys.length
    return sum + (valueAt(value, error.path) === undefined ? MISSING_KEY_SCORE : 1)
  }, 0)
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, part) =>
      typeof at === 'object' && at !== null && Object.hasOwn(at, part)
        ? (at as Record<PropertyKey, unknown>)[part]
        : undefined,
    value,
  )
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'keys with values',
  record: 'keys with values',
  array: 'a list',
}

function typeOf(value: unknown): string {
  if (value === null || value === undefined) return 'empty'
  if (Array.isArray(value)) return 'a list'
  return TYPES[typeof value] ?? typeof value
}

function wordsOf(issue: Issue, value: unknown): string {
  const hasOwnWords = !/^(Invalid|Too|Unrecognized|Expected)/.test(issue.message)
  if (hasOwnWords) return issue.message
  const inherited = issue.message.charAt(0).toLowerCase() + issue.message.slice(1)
  switch (issue.code) {
    case 'invalid_type': {
      if (value === undefined) return 'is missing'
      const hint =
        issue.expected === 'string' && (typeof value === 'number' || typeof value === 'boolean')
          ? `\nwrite '${value}' in quotes`
          : ''
      return `must be ${TYPES[issue.expected] ?? issue.expected}, but is ${typeOf(value)}${hint}`
    }
    case 'too_big':
      if (issue.origin === 'string') return `is too long: at most ${issue.maximum} characters`
      if (issue.origin === 'array') return `is too long: at most ${issue.maximum} items`
      return `must be ${issue.maximum} at most`
    case 'too_small':
      if (issue.origin === 'string' || issue.origin === 'array') return 'must not be empty'
      return `must be ${issue.minimum} at least`
    case 'invalid_value':
      return `must be one of: ${issue.values.join(', ')}${hintFor(value, issue.values)}`
    case 'invalid_union':
      return value === undefined
        ? 'is missing'
        : `cannot be ${typeOf(value)}${keysHint(issue, value)}`
    case 'custom':
    case 'invalid_element':
    case 'invalid_format':
    case 'invalid_key':
    case 'not_multiple_of':
    case 'unrecognized_keys':
      return inherited
  }
}

/** A text where keys are wanted is mostly the value of the first of them. */
function keysHint(issue: Issue, value: unknown): string {
  const shapes = issue.code === 'invalid_union' ? issue.errors.flat() : []
  const wantsKeys =
    shapes.length > 0 &&
    shapes.every((error) => error.code === 'invalid_type' && error.expected === 'object')
  return wantsKeys && typeof value === 'string' ? '\nwrite keys below it, such as `line: ...`' : ''
}

function hintFor(value: unknown, known: readonly unknown[]): string {
  const hint = typeof value === 'string' ? didYouMean(value, known.map(String)) : undefined
  return hint === undefined ? '' : `\n${hint}`
}

/** Every key that the schema knows at a path: of all branches where it is a union. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  const [part, ...rest] = path
  return [
    ...new Set(
      objectsIn(schema).flatMap((shape) => {
        if (part === undefined) return Object.keys(shape)
        const inner = shape[String(part)]
        return inner === undefined ? [] : keysAt(inner, rest)
      }),
    ),
  ]
}

type Shape = Readonly<Record<string, z.ZodType>>

function objectsIn(schema: z.ZodType): readonly Shape[] {
  const { def } = schema as unknown as { def: SchemaDefinition }
  if (def.shape !== undefined) return [def.shape]
  if (def.options !== undefined) return def.options.flatMap(objectsIn)
  const inner = def.innerType ?? def.in
  return inner === undefined ? [] : objectsIn(inner)
}

/** The parts of a zod definition that lead to the keys of objects. */
interface SchemaDefinition {
  readonly shape?: Shape
  readonly options?: readonly z.ZodType[]
  readonly innerType?: z.ZodType
  readonly in?: z.ZodType
}
