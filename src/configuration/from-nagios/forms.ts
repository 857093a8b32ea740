import { DEFAULT_TEMPLATE, Inheritance, type Inheriting } from '../inheritance.ts'
import type {
  NagiosReading,
  NagiosType,
  ResolvedDefinition,
  WrittenObject,
} from '../nagios/objects.ts'
import { CONTACT_RULES, HOST_RULES, SERVICE_RULES, type Attributes } from './attribute-rules.ts'
import { corrections } from './comparison.ts'
import { defaultsOf } from './default-templates.ts'
import {
  addSimpleObjects,
  emptyDefinitions,
  put,
  variablesOf,
  type Collected,
} from './definitions.ts'
import { groupForms, withoutGroups, type ResolvedGroup } from './group-forms.ts'
import { KnownMacros } from './known-macros.ts'
import { originOf, originOfFile, originOfWritten } from './origins.ts'
import { ownAttributes } from './own-attributes.ts'
import { contactTarget, hostTarget } from './targets.ts'
import { Names } from './template-names.ts'

export type TemplateKind = 'host' | 'service' | 'contact'

const RULES = { host: HOST_RULES, service: SERVICE_RULES, contact: CONTACT_RULES }
const TEMPLATES = {
  host: 'hostTemplates',
  service: 'serviceTemplates',
  contact: 'contactTemplates',
} as const

export type Values = Readonly<Record<string, unknown>>

/** An object as it is to be written, and what it says with its templates. */
export interface SettledForm {
  readonly own: Attributes
  readonly has: Values
}

/** Collects what is to be written. */
export class Forms {
  readonly into: Collected = emptyDefinitions()
  readonly known: KnownMacros
  readonly #reading: NagiosReading
  readonly #names = {
    host: new Names('other', [DEFAULT_TEMPLATE]),
    service: new Names('other', [DEFAULT_TEMPLATE]),
    contact: new Names('other', [DEFAULT_TEMPLATE]),
  }
  readonly #inheritance = new Map<TemplateKind, Inheritance<Inheriting>>()

  constructor(reading: NagiosReading) {
    this.#reading = reading
    this.known = new KnownMacros(reading)
    addSimpleObjects(reading, this.into)
  }

  addTemplates(): void {
    const { written, settings, files } = this.#reading
    for (const kind of ['host', 'service'] as const) {
      const values = defaultsOf(settings, kind)
      if (Object.keys(values).length > 0)
        put(this.into, TEMPLATES[kind], {
          name: DEFAULT_TEMPLATE,
          value: values,
          from: originOfFile(files[0] ?? ''),
        })
    }
    for (const one of written) {
      const kind = kindOf(one.type)
      if (kind === undefined || one.templateName === undefined) continue
      const templates = this.into[TEMPLATES[kind]]
      const name = this.#names[kind].of(one.templateName)
      // Nagios takes the first of two templates with one name.
      if (!templates.has(name))
        put(this.into, TEMPLATES[kind], {
          name,
          value: this.#own(kind, one),
          from: originOfWritten(one),
        })
    }
  }

  /** What an object says itself, corrected so that with its templates it says `target`. */
  settle(
    kind: TemplateKind,
    { definition, name }: { readonly definition: ResolvedDefinition; readonly name: string },
    target: Attributes,
  ): SettledForm {
    const own = withoutNameItself(this.#own(kind, definition.written), name)
    const has = this.resolve(kind, own, definition)
    const variables = variableCorrections(has, variablesOf(definition))
    const corrected = {
      ...own,
      ...corrections(has, target),
      ...(variables === undefined
        ? {}
        : { variables: { ...(own['variables'] as object | undefined), ...variables } }),
    }
    return { own: corrected, has: this.resolve(kind, corrected, definition) }
  }

  resolve(kind: TemplateKind, own: Attributes, definition: ResolvedDefinition): Values {
    let inheritance = this.#inheritance.get(kind)
    if (inheritance === undefined) {
      inheritance = new Inheritance<Inheriting>(this.into[TEMPLATES[kind]])
      this.#inheritance.set(kind, inheritance)
    }
    const source = { origin: originOfWritten(definition.written), path: [] }
    return inheritance.resolve(own, source).values
  }

  addContacts(): void {
    const { contacts, contactGroups } = this.#reading.objects
    const forms = [...contacts.values()].map((contact) => {
      const form = this.settle('contact', contact, contactTarget(contact))
      return { contact, form }
    })
    const gone = this.addGroups(
      'contactGroups',
      [...contactGroups.values()],
      new Map(forms.map(({ contact, form }) => [contact.name, groupsOf(form)])),
    )
    for (const { contact, form } of forms)
      put(this.into, 'contacts', {
        name: contact.name,
        value: withoutGroups(form.own, gone),
        from: contact.definition,
      })
    this.#cleanTemplates('contact', gone)
  }

  addHosts(): void {
    const { objects, settings } = this.#reading
    const forms = [...objects.hosts.values()].map((host) => {
      const target = this.known.onlyIn(hostTarget(host, settings), host, undefined)
      return { host, form: this.settle('host', host, target) }
    })
    const gone = this.addGroups(
      'hostGroups',
      [...objects.hostGroups.values()],
      new Map(forms.map(({ host, form }) => [host.name, groupsOf(form)])),
    )
    for (const { host, form } of forms)
      put(this.into, 'hosts', {
        name: host.name,
        value: withoutGroups(form.own, gone),
        from: host.definition,
      })
    this.#cleanTemplates('host', gone)
  }

  /** @returns groups that no object may name */
  addGroups(
    kind: 'hostGroups' | 'serviceGroups' | 'contactGroups',
    groups: readonly ResolvedGroup[],
    namedBy: ReadonlyMap<string, readonly string[]>,
  ): ReadonlySet<string> {
    const nested = NESTED[kind]
    const { forms, selfNaming } = groupForms({ groups, nested, namedBy })
    for (const { name, definition } of groups) {
      const { members = [], memberGroups = [] } = forms.get(name) ?? {}
      const said = this.into[kind].get(name)?.value as Attributes
      const value = {
        ...said,
        alias: said['alias'] === name ? undefined : said['alias'],
        members: members.length === 0 ? undefined : members,
        memberGroups: memberGroups.length === 0 ? undefined : memberGroups,
      }
      put(this.into, kind, { name, value, from: definition })
    }
    return selfNaming
  }

  putAtHost(host: string, key: string, value: Attributes, definition: ResolvedDefinition): void {
    const present = Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined))
    const before = this.into.hostServices.get(host) ?? []
    this.into.hostServices.set(host, [
      ...before,
      { name: key, value: present, origin: originOf(definition) },
    ])
  }

  #cleanTemplates(kind: TemplateKind, gone: ReadonlySet<string>): void {
    cleanTemplates(this.into, TEMPLATES[kind], gone)
  }

  #own(kind: TemplateKind, written: WrittenObject): Attributes {
    const { values, use, variables } = ownAttributes(written, RULES[kind], this.#reading.settings)
    const named = use.map((name) => this.#names[kind].of(name))
    return {
      use: named.length > 1 ? named : named[0],
      ...values,
      variables: Object.keys(variables).length === 0 ? undefined : variables,
    }
  }
}

/** An alias or address that is the name says nothing. */
function withoutNameItself(own: Attributes, name: string): Attributes {
  const kept = Object.entries(own).filter(
    ([key, value]) => value !== name || (key !== 'alias' && key !== 'address'),
  )
  return kept.length === Object.keys(own).length ? own : Object.fromEntries(kept)
}

/** Nagios takes the first of two variables of one name, or the last: it depends on who says it. */
function variableCorrections(
  has: Values,
  wanted: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> | undefined {
  const found = (has['variables'] ?? {}) as Readonly<Record<string, unknown>>
  const other = Object.entries(wanted).filter(([name, value]) => found[name] !== value)
  return other.length === 0 ? undefined : Object.fromEntries(other)
}

const NESTED = {
  hostGroups: 'hostgroup_members',
  serviceGroups: 'servicegroup_members',
  contactGroups: 'contactgroup_members',
} as const

/** Templates must not name groups that name their members themselves. */
export function cleanTemplates(
  into: Collected,
  kind: 'hostTemplates' | 'serviceTemplates' | 'contactTemplates',
  gone: ReadonlySet<string>,
): void {
  if (gone.size === 0) return
  for (const { name, value, origin } of into[kind].values())
    put(into, kind, { name, value: withoutGroups(value as Attributes, gone), from: origin })
}

export function groupsOf({ has }: SettledForm): readonly string[] {
  return (has['groups'] as readonly string[] | undefined) ?? []
}

function kindOf(type: NagiosType): TemplateKind | undefined {
  return type === 'host' || type === 'service' || type === 'contact' ? type : undefined
}
