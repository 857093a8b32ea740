/** One resolved object, as `test/fixtures/nagios/<set>/expected.json` holds it. */
export type CachedObject = Readonly<Record<string, CachedValue>>
export type CachedValue = string | readonly string[] | readonly (readonly string[])[]
export type CachedObjects = Readonly<Record<string, readonly CachedObject[]>>

const NAME_LISTS = new Set(['members', 'parents', 'contacts', 'contact_groups'])

/** Directives of time periods that are no day specification. */
const PERIOD_WORDS = new Set(['timeperiod_name', 'alias', 'exclude'])

/**
 * Reads what `nagios4 -vp` writes (`objects.precache`, of one form with `objects.cache`): type to objects. Lists are sorted; members of
 * service groups and parents of services are [host, service]; `ranges` of time periods keep their order.
 */
export function parseObjectCache(text: string): CachedObjects {
  const objects: Record<string, CachedObject[]> = {}
  let type = ''
  let lines: (readonly [string, string])[] = []
  for (const line of text.split('\n')) {
    const begin = /^define (\w+) \{$/.exec(line)
    if (begin !== null) {
      type = begin[1] as string
      lines = []
    } else if (line === '\t}') {
      ;(objects[type] ??= []).push(objectOf(type, lines))
    } else if (line.startsWith('\t')) {
      const tab = line.indexOf('\t', 1)
      lines.push(tab === -1 ? [line.slice(1), ''] : [line.slice(1, tab), line.slice(tab + 1)])
    }
  }
  return objects
}

function objectOf(type: string, lines: readonly (readonly [string, string])[]): CachedObject {
  const object: Record<string, CachedValue> = {}
  const ranges: string[][] = []
  for (const [name, value] of lines) {
    if (type === 'timeperiod' && !PERIOD_WORDS.has(name)) ranges.push([name, value])
    // A custom variable that is written twice stands there twice; macros find the first.
    else object[name] ??= valueOf(type, name, value)
  }
  return ranges.length === 0 ? object : { ...object, ranges }
}

function valueOf(type: string, name: string, value: string): CachedValue {
  if (!NAME_LISTS.has(name)) return value
  const words = value.split(',')
  const isPairs =
    (type === 'servicegroup' && name === 'members') || (type === 'service' && name === 'parents')
  if (!isPairs) return words.sort()
  // A single parent on the same host is written without its host; the recordings hold no pair for it.
  const pairs = Array.from({ length: words.length >> 1 }, (_, index) =>
    words.slice(index * 2, index * 2 + 2),
  )
  return pairs.sort((a, b) => compare(a.join('\0'), b.join('\0')))
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

export interface Difference {
  /** `host web-1: check_interval`. */
  readonly what: string
  readonly nagios: CachedValue | undefined
  readonly ours: CachedValue | undefined
}

/**
 * Where two sets of objects differ, at most `max` places. Objects of a type are compared by key and, where several have one key
 * (dependencies, escalations), in the order of their text, so the order of objects does not count.
 */
export function differencesOf(
  nagios: CachedObjects,
  ours: CachedObjects,
  max = 20,
): readonly Difference[] {
  const found: Difference[] = []
  for (const type of new Set([...Object.keys(nagios), ...Object.keys(ours)])) {
    const [theirs, mine] = [byKey(type, nagios[type] ?? []), byKey(type, ours[type] ?? [])]
    for (const key of new Set([...theirs.keys(), ...mine.keys()])) {
      found.push(...differencesIn(`${type} ${key}`, theirs.get(key), mine.get(key)))
      if (found.length >= max) return found.slice(0, max)
    }
  }
  return found
}

function byKey(type: string, objects: readonly CachedObject[]): ReadonlyMap<string, CachedObject> {
  const keyed = new Map<string, CachedObject>()
  const texts = objects.map((object) => [keyOf(type, object), object] as const)
  texts.sort((a, b) => compare(a[0] + textOf(a[1]), b[0] + textOf(b[1])))
  for (const [key, object] of texts) {
    let unique = key
    for (let n = 2; keyed.has(unique); n++) unique = `${key} (${n})`
    keyed.set(unique, object)
  }
  return keyed
}

function keyOf(type: string, object: CachedObject): string {
  const names = [
    ...(type.endsWith('dependency') || type.endsWith('escalation') || type.startsWith('service')
      ? ['host_name', 'service_description', 'dependent_host_name', 'dependent_service_description']
      : []),
    `${type}_name`,
  ]
  return names
    .flatMap((name) => (object[name] === undefined ? [] : [String(object[name])]))
    .join('/')
}

const textOf = (object: CachedObject): string =>
  JSON.stringify(Object.entries(object).sort(([a], [b]) => compare(a, b)))

function differencesIn(
  what: string,
  nagios: CachedObject | undefined,
  ours: CachedObject | undefined,
): readonly Difference[] {
  if (nagios === undefined || ours === undefined)
    return [{ what, nagios: nagios && 'is there', ours: ours && 'is there' }]
  return [...new Set([...Object.keys(nagios), ...Object.keys(ours)])]
    .filter((name) => JSON.stringify(nagios[name]) !== JSON.stringify(ours[name]))
    .map((name) => ({ what: `${what}: ${name}`, nagios: nagios[name], ours: ours[name] }))
}
