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
  #before = emptyFindings()
  #now = emptyFindings()
  #environment: readonly unknown[] = []
  #isUsable = true

  /** Call it before anything else. */
  begin(environment: CompileEnvironment): void {
    const parts = partsOf(environment)
    const isSame =
      parts.length === this.#environment.length &&
      parts.every((part, index) => part === this.#environment[index])
    this.#environment = parts
    if (!isSame) this.#before = emptyFindings()
    this.#now = emptyFindings()
    this.#isUsable = true
  }

  /** An object asks others by macros: then nothing can be taken over the next time. */
  asksOthers(): void {
    this.#isUsable = false
  }

  end(hasProblems: boolean): void {
    this.#before = hasProblems || !this.#isUsable ? emptyFindings() : this.#now
    this.#now = emptyFindings()
  }

  /** The draft of the same definition, as it was. */
  hostBefore(definition: Definition<unknown>): HostDraft | undefined {
    return this.#before.hosts.get(definition)
  }

  /** @returns the draft of before, when it says the same */
  host(definition: Definition<unknown>, made: HostDraft): HostDraft {
    const before = this.#before.hosts.get(definition)
    const isSame =
      before !== undefined &&
      isSameList(before.groups, made.groups) &&
      isSameList(before.parents, made.parents)
    const draft = isSame ? before : made
    this.#now.hosts.set(definition, draft)
    return draft
  }

  /** @param written what the traits are made of: a definition, or the service of a rule */
  traits(written: object, make: () => ServiceTraits): ServiceTraits {
    const traits = this.#before.traits.get(written) ?? make()
    this.#now.traits.set(written, traits)
    return traits
  }

  service(made: ServiceDraft): ServiceDraft {
    const before = this.#before.services.get(made.id)
    const isSame =
      before !== undefined &&
      before.traits === made.traits &&
      before.host === made.host &&
      before.item === made.item &&
      isSameList(before.groups, made.groups)
    const draft = isSame ? before : made
    this.#now.services.set(made.id, draft)
    return draft
  }

  object<O extends Host | Service>(draft: HostDraft | ServiceDraft, make: () => O): O {
    const object = (this.#before.objects.get(draft) as O | undefined) ?? make()
    this.#now.objects.set(draft, object)
    return object
  }
}

interface Findings {
  readonly hosts: Map<object, HostDraft>
  readonly traits: Map<object, ServiceTraits>
  readonly services: Map<CheckId, ServiceDraft>
  readonly objects: Map<object, Host | Service>
}

function emptyFindings(): Findings {
  return { hosts: new Map(), traits: new Map(), services: new Map(), objects: new Map() }
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
