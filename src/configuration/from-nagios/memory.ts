import type { Definition, Definitions, KindName } from '../definitions.ts'
import type { NagiosReading, ResolvedDefinition } from '../nagios/objects.ts'
import { newNagiosCache } from '../nagios/read.ts'
import { KINDS } from '../yaml/kinds.ts'
import { definitionsOf, type Made } from './definitions.ts'

/** What was read of a Nagios site the last time: what did not change stays the same objects, which makes compiling it cheap. */
export class NagiosMemory {
  readonly cache = newNagiosCache()
  #surroundings = ''
  #made = new WeakMap<ResolvedDefinition, Map<string, Made>>()
  #before: Definitions | undefined

  definitionsOf(reading: NagiosReading): Definitions {
    const surroundings = JSON.stringify([reading.settings, [...reading.resources]])
    if (surroundings !== this.#surroundings) this.#made = new WeakMap()
    this.#surroundings = surroundings
    const definitions = definitionsOf(reading, (definition, key, make) => {
      const keys = this.#made.get(definition) ?? new Map<string, Made>()
      this.#made.set(definition, keys)
      const made = keys.get(key) ?? make()
      keys.set(key, made)
      return made
    })
    if (this.#before !== undefined) keepEqual(definitions, this.#before)
    this.#before = definitions
    return definitions
  }
}

/** Objects of the small kinds that say the same as before are those of before. */
function keepEqual(definitions: Definitions, before: Definitions): void {
  for (const kind of Object.keys(KINDS) as KindName[]) {
    if (kind === 'hosts' || kind === 'services') continue
    const known: ReadonlyMap<string, Definition<unknown>> = before[kind]
    const now = definitions[kind] as Map<string, Definition<unknown>>
    for (const [name, { value }] of now) {
      const same = known.get(name)
      if (same !== undefined && JSON.stringify(same.value) === JSON.stringify(value))
        now.set(name, same)
    }
  }
}
