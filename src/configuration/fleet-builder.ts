import type { Check } from '../domain/check.ts'
import { hostCheckId, type CheckId } from '../domain/check-id.ts'
import type { EventHandler, Host, Monitored, Service } from '../domain/fleet.ts'
import { DEFAULT_NOTIFICATIONS, type NotificationPolicy } from '../domain/notification-policy.ts'
import { parseCommand } from './check-command.ts'
import type { CheckPlan, PlannedCommand, PlannedNotices } from './check-plan.ts'
import { PASSIVE_COMMAND, type CommandCompiler, type CompiledCommand } from './command-compiler.ts'
import { textsOf, type Variables } from './condition.ts'
import type { Definitions, Origin } from './definitions.ts'
import type { Expander, Lookup } from './expansion.ts'
import type { HostDraft } from './host-drafts.ts'
import { placeOf } from './inheritance.ts'
import { decisionPolicy, type PlannedDecision } from './observers.ts'
import { lookupFor, type ServiceMacros, type SharedMacros } from './macro-values.ts'
import type { Place } from './problem.ts'
import type { ServiceDraft } from './service-drafts.ts'
import type { SharedFaults } from './shared-faults.ts'

export interface BuilderParts {
  readonly expander: Expander
  readonly shared: SharedMacros
  readonly compiler: CommandCompiler
  readonly faults: SharedFaults
}

/** Texts of an object in which macros are expanded, with where they are written. */
interface Texts {
  readonly displayName: string
  readonly notes: string
  readonly notesUrl: string
  readonly actionUrl: string
  readonly place: (key: 'displayName' | 'notes' | 'notesUrl' | 'actionUrl') => Place
}

const NOBODY: readonly string[] = Object.freeze([])

/** Fills the macros of each draft: the last step to a fleet. */
export class FleetBuilder {
  readonly #parts: BuilderParts
  readonly #compiler: CommandCompiler
  readonly #faults: SharedFaults
  readonly #variables = new Map<Variables, Readonly<Record<string, string>>>()
  readonly #policies = new Map<PlannedNotices, Map<PlannedNotices, NotificationPolicy>>()
  readonly #sources = new Map<Origin, string>()

  constructor(parts: BuilderParts) {
    this.#parts = parts
    this.#compiler = parts.compiler
    this.#faults = parts.faults
  }

  host(draft: HostDraft): Host {
    const lookup = lookupFor(this.#parts.shared, draft, undefined, [])
    const id = hostCheckId(draft.name)
    const texts: Texts = { ...draft, place: (key) => placeOf(draft.resolved, key) }
    const { notices, decision } = draft.plan
    return {
      ...this.#monitored({ id, host: draft, service: undefined, plan: draft.plan, texts, lookup }),
      iconImage: draft.iconImage,
      importance: draft.importance,
      notificationPolicy: this.#notificationPolicy(notices, notices),
      contacts: notices.contacts ?? NOBODY,
      contactGroups: notices.contactGroups ?? NOBODY,
      variables: this.#variablesOf(draft.variables),
      source: this.#sourceOf(draft.origin),
      name: draft.name,
      alias: draft.alias,
      address: draft.address,
      parents: draft.parents,
      groups: draft.groups,
      cluster: draft.cluster,
      collector: draft.collector,
      observers: draft.observers,
      site: draft.site,
      ...decided(decision, decision),
    }
  }

  service(draft: ServiceDraft): Service {
    const { host, traits, id, name } = draft
    const { values, plan } = traits
    const groups = draft.groups
    const service = serviceMacros(draft)
    const lookup = lookupFor(this.#parts.shared, host, service, [])
    const texts: Texts = { ...service, place: (key) => placeOf(traits.resolved, key) }
    const own = plan.notices
    const hasOwnContacts = own.contacts !== undefined || own.contactGroups !== undefined
    const told = hasOwnContacts ? own : host.plan.notices
    return {
      ...this.#monitored({ id, host, service, plan, texts, lookup }),
      iconImage: values.iconImage ?? '',
      importance: values.importance ?? 0,
      notificationPolicy: this.#notificationPolicy(own, host.plan.notices),
      contacts: told.contacts ?? NOBODY,
      contactGroups: told.contactGroups ?? NOBODY,
      parents: draft.parents,
      variables: this.#variablesOf(traits.variables),
      source: this.#sourceOf(traits.origin),
      hostName: host.name,
      name,
      groups,
      ...decided(plan.decision, host.plan.decision),
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

  #monitored(of: {
    readonly id: CheckId
    readonly host: HostDraft
    readonly service: ServiceMacros | undefined
    readonly plan: CheckPlan
    readonly texts: Texts
    readonly lookup: Lookup
  }): Pick<
    Monitored,
    | 'id'
    | 'check'
    | 'displayName'
    | 'notes'
    | 'notesUrl'
    | 'actionUrl'
    | 'statePolicy'
    | 'eventHandler'
    | 'shownCommand'
  > {
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
      ...(plan.isOnDemand && command.kind !== 'passive' ? { isOnDemand: true } : {}),
      ...(plan.refusesPassive ? { refusesPassive: true } : {}),
      ...(plan.freshnessMs === undefined ? {} : { freshnessMs: plan.freshnessMs }),
    }
    return {
      id,
      check,
      displayName: this.#text(texts, 'displayName', lookup),
      notes: this.#text(texts, 'notes', lookup),
      notesUrl: this.#url(texts, 'notesUrl', lookup),
      actionUrl: this.#url(texts, 'actionUrl', lookup),
      statePolicy: plan.statePolicy,
      eventHandler: this.#handler(plan, host, service),
      shownCommand: shown,
    }
  }

  #handler(
    plan: CheckPlan,
    host: HostDraft,
    service: ServiceMacros | undefined,
  ): EventHandler | undefined {
    if (plan.handler === undefined || plan.handler.kind !== 'run') return undefined
    return { isEnabled: plan.isHandlerEnabled, ...this.#command(plan.handler, host, service) }
  }

  /** What a service does not say of interval and period is as its host says. Equal policies are one object. */
  #notificationPolicy(own: PlannedNotices, host: PlannedNotices): NotificationPolicy {
    let policies = this.#policies.get(own)
    if (policies === undefined) this.#policies.set(own, (policies = new Map()))
    const known = policies.get(host)
    if (known !== undefined) return known
    const policy: NotificationPolicy = Object.freeze({
      isEnabled: own.isEnabled,
      intervalMs: own.intervalMs ?? host.intervalMs ?? DEFAULT_NOTIFICATIONS.intervalMs,
      firstDelayMs: own.firstDelayMs,
      period: own.period ?? host.period,
      options: own.options,
    })
    policies.set(host, policy)
    return policy
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
        ? { ...value, text: encodeURIComponent(value.text.toWellFormed()) }
        : value
    }
    const url = this.#parts.expander.text(template, encoded, refuse).shown
    if (!/^(https?:\/\/|\/(?!\/))/.test(url)) {
      // What a macro stands for need be no address for every object.
      if (template.startsWith('$')) return ''
      refuse('address', `'${url}' is no address to follow`, 'begin with https://, http:// or /')
      return ''
    }
    return url
  }

  #variablesOf(variables: Variables): Readonly<Record<string, string>> {
    const known = this.#variables.get(variables)
    if (known !== undefined) return known
    const texts = textsOf(variables)
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

function decided(own: PlannedDecision, host: PlannedDecision): Pick<Monitored, 'decision'> {
  const decision = decisionPolicy(own, host)
  return decision === undefined ? {} : { decision }
}

/** What macros can ask of a service. */
export function serviceMacros({ name, host, traits, groups, item }: ServiceDraft): ServiceMacros {
  const { values, plan } = traits
  return {
    name,
    displayName: values.displayName ?? name,
    notes: values.notes ?? '',
    notesUrl: values.notesUrl ?? '',
    actionUrl: values.actionUrl ?? '',
    groups,
    variables: traits.variables,
    maxAttempts: plan.maxAttempts,
    isVolatile: values.isVolatile ?? false,
    importance: values.importance ?? 0,
    checkCommand: plan.command.kind === 'run' ? plan.command.text : '',
    notificationPeriod: plan.notices.period ?? host.plan.notices.period,
    item,
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
