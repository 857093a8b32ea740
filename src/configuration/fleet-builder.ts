import type { Check } from '../domain/check.ts'
import { hostCheckId, type CheckId } from '../domain/check-id.ts'
import type { Host, Monitored, Service } from '../domain/fleet.ts'
import { parseCommand } from './check-command.ts'
import type { CheckPlan, PlannedCommand } from './check-plan.ts'
import { CommandCompiler, PASSIVE_COMMAND, type CompiledCommand } from './command-compiler.ts'
import type { Variables } from './condition.ts'
import { asList, type Definitions, type Origin } from './definitions.ts'
import type { Expander, Lookup } from './expansion.ts'
import type { HostDraft } from './host-drafts.ts'
import { placeOf } from './inheritance.ts'
import { lookupFor, type ServiceMacros, type SharedMacros } from './macro-values.ts'
import type { Membership } from './membership.ts'
import type { Place, Problems } from './problem.ts'
import type { ServiceDraft } from './service-drafts.ts'
import { SharedFaults } from './shared-faults.ts'

export interface BuilderParts {
  readonly expander: Expander
  readonly shared: SharedMacros
  readonly membership: Membership
  readonly problems: Problems
}

/** Texts of an object in which macros are expanded, with where they are written. */
interface Texts {
  readonly displayName: string
  readonly notes: string
  readonly notesUrl: string
  readonly actionUrl: string
  readonly place: (key: 'displayName' | 'notes' | 'notesUrl' | 'actionUrl') => Place
}

/** Fills the macros of each draft: the last step to a fleet. */
export class FleetBuilder {
  readonly #parts: BuilderParts
  readonly #compiler: CommandCompiler
  readonly #faults = new SharedFaults()
  readonly #variables = new Map<Variables, Readonly<Record<string, string>>>()
  readonly #sources = new Map<Origin, string>()

  constructor(parts: BuilderParts) {
    this.#parts = parts
    this.#compiler = new CommandCompiler(parts.expander)
  }

  host(draft: HostDraft): Host {
    const lookup = lookupFor(this.#parts.shared, draft, undefined, [])
    const id = hostCheckId(draft.name)
    const texts: Texts = { ...draft, place: (key) => placeOf(draft.resolved, key) }
    return {
      ...this.#monitored({ id, host: draft, service: undefined, plan: draft.plan, texts, lookup }),
      contacts: draft.plan.contacts,
      contactGroups: draft.plan.contactGroups,
      variables: this.#variablesOf(draft.variables),
      source: this.#sourceOf(draft.origin),
      name: draft.name,
      alias: draft.alias,
      address: draft.address,
      parents: draft.parents,
      groups: draft.groups,
    }
  }

  service(draft: ServiceDraft): Service {
    const { host, traits, id, name } = draft
    const { values, plan } = traits
    const { displayName = name, notes = '', notesUrl = '', actionUrl = '' } = values
    const groups = this.#parts.membership.add(id, asList(values.groups), `${host.name}/${name}`)
    const service: ServiceMacros = {
      name,
      displayName,
      notes,
      notesUrl,
      actionUrl,
      groups,
      variables: traits.variables,
      maxAttempts: plan.maxAttempts,
      isVolatile: values.isVolatile ?? false,
      item: draft.item,
    }
    const lookup = lookupFor(this.#parts.shared, host, service, [])
    const texts: Texts = {
      displayName,
      notes,
      notesUrl,
      actionUrl,
      place: (key) => placeOf(traits.resolved, key),
    }
    const hasOwnContacts = plan.contacts.length + plan.contactGroups.length > 0
    const told = hasOwnContacts ? plan : host.plan
    return {
      ...this.#monitored({ id, host, service, plan, texts, lookup }),
      contacts: told.contacts,
      contactGroups: told.contactGroups,
      variables: this.#variablesOf(traits.variables),
      source: this.#sourceOf(traits.origin),
      hostName: host.name,
      name,
      groups,
    }
  }

  /** Options of built-in checks that need no object to be judged, where no object uses the command. Call it last. */
  checkCommands(definitions: Definitions): void {
    for (const { value, origin } of definitions.commands.values()) {
      const command = parseCommand(value)
      if (command?.kind !== 'builtin' || JSON.stringify(command.options).includes('$')) continue
      this.#compiler.compile(
        command,
        () => ({ kind: 'data', text: 'localhost' }),
        (part, key, message, hint) => this.#faults.addFirst(origin.place(part), key, message, hint),
      )
    }
  }

  reportFaults(): void {
    this.#faults.report(this.#parts.problems)
  }

  #monitored(of: {
    readonly id: CheckId
    readonly host: HostDraft
    readonly service: ServiceMacros | undefined
    readonly plan: CheckPlan
    readonly texts: Texts
    readonly lookup: Lookup
  }): Omit<Monitored, 'contacts' | 'contactGroups' | 'variables' | 'source'> {
    const { id, host, service, plan, texts, lookup } = of
    const { command, shown } = this.#command(plan.command, host, service)
    const check: Check = {
      id,
      hostName: host.name,
      serviceName: service?.name,
      intervalMs: plan.intervalMs,
      retryIntervalMs: plan.retryIntervalMs,
      maxAttempts: plan.maxAttempts,
      timeoutMs: plan.timeoutMs,
      period: plan.period,
      command,
    }
    return {
      id,
      check,
      displayName: this.#text(texts, 'displayName', lookup),
      notes: this.#text(texts, 'notes', lookup),
      notesUrl: this.#url(texts, 'notesUrl', lookup),
      actionUrl: this.#url(texts, 'actionUrl', lookup),
      statePolicy: plan.statePolicy,
      shownCommand: shown,
    }
  }

  #command(
    planned: PlannedCommand,
    host: HostDraft,
    service: ServiceMacros | undefined,
  ): CompiledCommand {
    if (planned.kind !== 'run') return PASSIVE_COMMAND
    const lookup = lookupFor(this.#parts.shared, host, service, planned.arguments)
    const compiled = this.#compiler.compile(planned.command, lookup, (part, key, message, hint) => {
      this.#faults.add(placeOfFault(planned, part, key), key, message, hint)
    })
    return compiled ?? PASSIVE_COMMAND
  }

  /** People read these: secrets are masked. */
  #text(texts: Texts, key: 'displayName' | 'notes', lookup: Lookup): string {
    const refuse = (macro: string, message: string, hint: string | undefined): void =>
      this.#faults.add(texts.place(key), macro, message, hint)
    return this.#parts.expander.text(texts[key], lookup, refuse).shown
  }

  /** Only what a browser may follow; values are encoded. */
  #url(texts: Texts, key: 'notesUrl' | 'actionUrl', lookup: Lookup): string {
    const template = texts[key]
    if (template === '') return ''
    const place = (): Place => texts.place(key)
    const refuse = (macro: string, message: string, hint: string | undefined): void =>
      this.#faults.add(place(), macro, message, hint)
    const encoded: Lookup = (name, of) => {
      const value = lookup(name, of)
      const isAddress = name.endsWith('URL')
      return value.kind === 'data' && !isAddress
        ? { ...value, text: encodeURIComponent(value.text) }
        : value
    }
    const url = this.#parts.expander.text(template, encoded, refuse).shown
    if (!/^(https?:\/\/|\/(?!\/))/.test(url)) {
      refuse('address', `'${url}' is no address to follow`, 'begin with https://, http:// or /')
      return ''
    }
    return url
  }

  #variablesOf(variables: Variables): Readonly<Record<string, string>> {
    const known = this.#variables.get(variables)
    if (known !== undefined) return known
    const texts = Object.freeze(
      Object.fromEntries(
        Object.entries(variables).map(([name, value]) => [
          name,
          [value].flat().map(String).join(','),
        ]),
      ),
    )
    this.#variables.set(variables, texts)
    return texts
  }

  #sourceOf(origin: Origin): string {
    const known = this.#sources.get(origin)
    if (known !== undefined) return known
    const { file, line } = origin.place()
    const source = `${file}:${line}`
    this.#sources.set(origin, source)
    return source
  }
}

/** What the object lacks is named where it calls the command; what the command says wrong, in the command. */
function placeOfFault(
  planned: Extract<PlannedCommand, { kind: 'run' }>,
  part: readonly PropertyKey[],
  macro: string,
): Place {
  const isOfObject = macro.startsWith('_')
  const isInArguments = planned.arguments.some((argument) => argument.includes(`$${macro}$`))
  return isOfObject || isInArguments ? planned.placeOfCall() : planned.placeOfPart(part)
}
