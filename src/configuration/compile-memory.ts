import type { CheckId } from '../domain/check-id.ts'
import type { Host, Service } from '../domain/fleet.ts'
import type { Definition, Definitions, KindName } from './definitions.ts'
import { NagiosMemory } from './from-nagios/memory.ts'
import type { HostDraft } from './host-drafts.ts'
import type { Resource } from './macro-values.ts'
import { SourceMemory } from './yaml/read-definitions.ts'
import type { ServiceDraft, ServiceTraits } from './service-drafts.ts'

/** What the objects of a fleet are made of beside their own definitions. */
export interface CompileEnvironment {
  readonly definitions: Definitions
  readonly resources: ReadonlyMap<string, Resource>
  readonly programMacros: Readonly<Record<string, string>>
}

/** Kinds whose change may change any object. */
const OWN_KINDS: ReadonlySet<string> = new Set(['hosts', 'services', 'hostServices'])

/**
 * What the last compile found, for the next one: an object whose definition, host and groups are the same by identity, with the same
 * environment, is taken as it was. Only a compile without problems is remembered.
 */
export class CompileMemory {
  readonly sources = new SourceMemory()
  readonly nagios = new NagiosMemory()
  readonly #hosts = new Kept<string, Remembered<HostDraft, Host>>()
  readonly #services = new Kept<CheckId, Remembered<ServiceDraft, Service>>()
  readonly #traits = new Kept<object, Seen & { readonly traits: ServiceTraits }>()
  #environment: readonly unknown[] = []
  #isUsable = true
  #round = 0

  /** Call it before anything else. */
  begin(environment: CompileEnvironment): void {
    const parts = partsOf(environment)
    const isSame =
      parts.length === this.#environment.length &&
      parts.every((part, index) => part === this.#environment[index])
    this.#environment = parts
    if (!isSame) this.#forget()
    this.#isUsable = true
    this.#round++
  }

  /** An object asks others by macros: then nothing can be taken over the next time. */
  asksOthers(): void {
    this.#isUsable = false
  }

  end(hasProblems: boolean): void {
    if (hasProblems || !this.#isUsable) this.#forget()
    else for (const kept of this.#all()) kept.sweep(this.#round)
  }

  /** The draft of the same definition, as it was. */
  hostBefore(definition: Definition<unknown>): HostDraft | undefined {
    const before = this.#hosts.get(definition.name)
    return before?.from === definition ? before.draft : undefined
  }

  /** @returns the draft of before, when it says the same */
  host(definition: Definition<unknown>, made: HostDraft): HostDraft {
    const before = this.#hosts.get(definition.name)
    if (
      before?.from === definition &&
      isSameList(before.draft.groups, made.groups) &&
      isSameList(before.draft.parents, made.parents)
    ) {
      before.round = this.#round
      return before.draft
    }
    const entry = { from: definition, draft: made, object: undefined, round: this.#round }
    this.#hosts.set(definition.name, entry)
    return made
  }

  /** @param written what the traits are made of: a definition, or the service of a rule */
  traits(written: object, make: () => ServiceTraits): ServiceTraits {
    const before = this.#traits.get(written)
    if (before !== undefined) {
      before.round = this.#round
      return before.traits
    }
    const traits = make()
    this.#traits.set(written, { traits, round: this.#round })
    return traits
  }

  /** The draft of before when it is of the same traits, host, item and groups; else `complete` makes it. */
  service(
    { id, traits, host, item }: Pick<ServiceDraft, 'id' | 'traits' | 'host' | 'item'>,
    groups: readonly string[],
    complete: () => ServiceDraft,
  ): ServiceDraft {
    const before = this.#services.get(id)
    if (
      before !== undefined &&
      before.from === traits &&
      before.draft.host === host &&
      before.draft.item === item &&
      isSameList(before.draft.groups, groups)
    ) {
      before.round = this.#round
      return before.draft
    }
    const draft = complete()
    this.#services.set(id, { from: traits, draft, object: undefined, round: this.#round })
    return draft
  }

  hostObject(draft: HostDraft, make: () => Host): Host {
    return objectOf(this.#hosts.get(draft.name), draft, make)
  }

  serviceObject(draft: ServiceDraft, make: () => Service): Service {
    return objectOf(this.#services.get(draft.id), draft, make)
  }

  #forget(): void {
    for (const kept of this.#all()) kept.clear()
  }

  #all(): readonly Kept<never, Seen>[] {
    return [this.#hosts, this.#services, this.#traits] as unknown as readonly Kept<never, Seen>[]
  }
}

/** The round in which it was used last. */
interface Seen {
  round: number
}

interface Remembered<D, O> extends Seen {
  readonly from: unknown
  readonly draft: D
  object: O | undefined
}

function objectOf<D, O>(entry: Remembered<D, O> | undefined, draft: D, make: () => O): O {
  if (entry?.draft !== draft) return make()
  return (entry.object ??= make())
}

/** A map that forgets what a round did not use. */
class Kept<K, E extends Seen> extends Map<K, E> {
  sweep(round: number): void {
    for (const [key, entry] of this) if (entry.round !== round) this.delete(key)
  }
}

function partsOf({
  definitions,
  resources,
  programMacros,
}: CompileEnvironment): readonly unknown[] {
  const kinds = (Object.keys(definitions) as (KindName | 'hostServices')[]).filter(
    (kind) => !OWN_KINDS.has(kind),
  )
  return [
    JSON.stringify([...resources]),
    JSON.stringify(programMacros),
    ...kinds.flatMap((kind) => [kind, ...definitions[kind].values()]),
  ]
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  return a === b || (a.length === b.length && a.every((one, index) => one === b[index]))
}
