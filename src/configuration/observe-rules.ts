import { compileCondition, type Condition, type HostFacts } from './condition.ts'
import { asList, type Definitions, type Origin } from './definitions.ts'
import type { Place } from './problem.ts'
import type { SharedFaults } from './shared-faults.ts'

/** What a group or a rule says of the hosts that it is about. */
export interface Observing {
  readonly observers?: string | readonly string[] | undefined
  readonly site?: string | undefined
}

/** Where one of these is said. */
interface Said<V> {
  readonly value: V
  readonly place: () => Place
}

/** What groups and rules say of one host. */
export interface Observation {
  readonly observers: Said<readonly string[]> | undefined
  readonly site: Said<string> | undefined
}

export interface Wanted {
  readonly observers: boolean
  readonly site: boolean
}

interface ObserveRule {
  /** For problems: `host group 'web'`. */
  readonly what: string
  readonly fits: Condition
  readonly value: Observing
  readonly origin: Origin
}

const NO_OBSERVATION: Observation = { observers: undefined, site: undefined }

/** Who observes hosts that do not say it themselves. Rule OV3 of docs/spec/observers.md. */
export class ObserveRules {
  readonly #rules: readonly ObserveRule[]

  constructor(definitions: Pick<Definitions, 'hostGroups' | 'observe'>) {
    this.#rules = [...ofGroups(definitions), ...ofRules(definitions)]
  }

  get isEmpty(): boolean {
    return this.#rules.length === 0
  }

  /**
   * Two that say different things of one host are a fault at the place of the second; the first counts.
   * @param wanted what the host does not say itself
   */
  of(host: HostFacts, wanted: Wanted, faults?: SharedFaults): Observation {
    let found = NO_OBSERVATION
    let [observersOf, siteOf] = ['', '']
    if (!wanted.observers && !wanted.site) return found
    for (const { what, fits, value: written, origin } of this.#rules) {
      if (!fits(host)) continue
      const value = {
        observers: wanted.observers ? written.observers : undefined,
        site: wanted.site ? written.site : undefined,
      }
      const observers = value.observers === undefined ? undefined : asList(value.observers)
      const place = (): Place => origin.place(['observers'])
      if (observers !== undefined && found.observers === undefined) {
        found = { ...found, observers: { value: observers, place } }
        observersOf = what
      } else if (observers !== undefined && observers.join() !== found.observers?.value.join())
        refuse(faults, { host, what, before: observersOf, key: 'observers', place: place() })
      const { site } = value
      const placeOfSite = (): Place => origin.place(['site'])
      if (site !== undefined && found.site === undefined) {
        found = { ...found, site: { value: site, place: placeOfSite } }
        siteOf = what
      } else if (site !== undefined && site !== found.site?.value)
        refuse(faults, { host, what, before: siteOf, key: 'site', place: placeOfSite() })
    }
    return found
  }
}

interface Conflict {
  readonly host: HostFacts
  readonly what: string
  readonly before: string
  readonly key: keyof Observing
  readonly place: Place
}

function refuse(faults: SharedFaults | undefined, conflict: Conflict): void {
  const { host, what, before, key, place } = conflict
  faults?.add(
    place,
    `${before} ${key}`,
    `host '${host.name}' gets other ${key === 'site' ? 'words' : 'clusters'} for \`${key}\` from ${before} than from ${what}`,
    `write \`${key}\` at the host or a template of it`,
  )
}

function ofGroups({ hostGroups }: Pick<Definitions, 'hostGroups'>): ObserveRule[] {
  return [...hostGroups.values()].flatMap(({ name, value, origin }) =>
    value.observers === undefined && value.site === undefined
      ? []
      : [
          {
            what: `host group '${name}'`,
            fits: ({ groups }: HostFacts) => groups.includes(name),
            value,
            origin,
          },
        ],
  )
}

/** One with faults may lack its condition. */
function ofRules({ observe }: Pick<Definitions, 'observe'>): ObserveRule[] {
  return [...observe.values()].flatMap(({ name, value, origin }) =>
    value.where === undefined
      ? []
      : [{ what: `rule '${name}'`, fits: compileCondition(value.where), value, origin }],
  )
}
