import { piecesOf } from '../../domain/macros.ts'
import type { Group } from '../../domain/fleet.ts'
import {
  lookupFor,
  type HostMacros,
  type ServiceMacros,
  type SharedMacros,
} from '../macro-values.ts'
import { contactLookup, type ContactMacros } from '../contact-macros.ts'
import type {
  NagiosContact,
  NagiosHost,
  NagiosReading,
  NagiosService,
  ResolvedDefinition,
} from '../nagios/objects.ts'
import type { Attributes } from './attribute-rules.ts'

const TEXTS = ['displayName', 'notes', 'notesUrl', 'actionUrl'] as const

/** Which macros of Nagios's files our compiler knows: for Nagios, one that nobody knows is plain text. */
export class KnownMacros {
  readonly #reading: NagiosReading
  #shared: SharedMacros | undefined

  constructor(reading: NagiosReading) {
    this.#reading = reading
  }

  /** The attributes with a doubled dollar wherever a macro is none for this object. */
  onlyIn(
    value: Attributes,
    host: NagiosHost | undefined,
    service: NagiosService | undefined,
  ): Attributes {
    const escaped: Record<string, string> = {}
    for (const key of TEXTS) {
      const text = value[key]
      if (typeof text !== 'string' || !text.includes('$') || host === undefined) continue
      escaped[key] = this.#escaped(text, host, service)
    }
    return Object.keys(escaped).length === 0 ? value : { ...value, ...escaped }
  }

  /** Whether every macro of a command line, and of the arguments of one call, is known for this object. */
  areAllKnown(
    texts: readonly string[],
    host: NagiosHost,
    service: NagiosService | undefined,
  ): boolean {
    const lookup = this.#lookup(host, service)
    return texts.every((text) =>
      piecesOf(text).every(
        (piece) => piece.kind === 'text' || lookup(piece.name, piece.of).kind !== 'unknown',
      ),
    )
  }

  /** The same for a command that tells a contact. */
  areAllKnownOf(contact: NagiosContact, texts: readonly string[]): boolean {
    this.#shared ??= sharedOf(this.#reading)
    const lookup = contactLookup(this.#shared, contactMacros(contact), [])
    return texts.every((text) =>
      piecesOf(text).every(
        (piece) => piece.kind === 'text' || lookup(piece.name, piece.of).kind !== 'unknown',
      ),
    )
  }

  #escaped(text: string, host: NagiosHost, service: NagiosService | undefined): string {
    const lookup = this.#lookup(host, service)
    return piecesOf(text)
      .map((piece) => {
        if (piece.kind === 'text') return piece.text.replaceAll('$', '$$$$')
        const { name, of } = piece
        const written = of === undefined ? name : `${name}:${of}`
        if (lookup(name, of).kind !== 'unknown') return `$${written}$`
        return /^USER\d+$/.test(name) ? '' : `$$${written}$$`
      })
      .join('')
  }

  #lookup(host: NagiosHost, service: NagiosService | undefined): ReturnType<typeof lookupFor> {
    this.#shared ??= sharedOf(this.#reading)
    const of = this.#shared.hosts.get(host.name) ?? hostMacros(host)
    return lookupFor(
      this.#shared,
      of,
      service === undefined ? undefined : serviceMacros(service),
      [],
    )
  }
}

function sharedOf({ objects, resources, settings }: NagiosReading): SharedMacros {
  const known = new Map(
    [...resources].map(([name, { value }]) => [name, { text: value, isSecret: true }]),
  )
  if (settings.adminEmail !== undefined) known.set('ADMINEMAIL', PRESENT)
  if (settings.adminPager !== undefined) known.set('ADMINPAGER', PRESENT)
  const named = (groups: ReadonlyMap<string, { readonly alias: string }>): Map<string, Group> =>
    new Map([...groups].map(([name, { alias }]) => [name, groupOf(name, alias)]))
  return {
    resources: known,
    program: {},
    hosts: new Map([...objects.hosts].map(([name, host]) => [name, hostMacros(host)])),
    groups: {
      host: named(objects.hostGroups),
      service: named(objects.serviceGroups),
      contact: named(objects.contactGroups),
    },
    asksOthers: () => undefined,
  }
}

const PRESENT = { text: '', isSecret: false }

function groupOf(name: string, alias: string): Group {
  return { name, alias, notes: '', notesUrl: '', actionUrl: '', members: [] }
}

/** Only what macros need to be known; the values themselves are the compiler's affair. */
function hostMacros(host: NagiosHost): HostMacros {
  return {
    ...NOTHING,
    name: host.name,
    alias: host.alias,
    address: host.address,
    variables: variableNames(host),
  }
}

function serviceMacros(service: NagiosService): ServiceMacros {
  return {
    ...NOTHING,
    name: service.description,
    variables: variableNames(service),
    isVolatile: false,
    item: undefined,
  }
}

function contactMacros(contact: NagiosContact): ContactMacros {
  return {
    name: contact.name,
    alias: contact.alias,
    email: '',
    pager: '',
    addresses: [],
    groups: [],
    variables: variableNames(contact),
  }
}

const NOTHING = {
  displayName: '',
  groups: [],
  notes: '',
  notesUrl: '',
  actionUrl: '',
  maxAttempts: 1,
  importance: 0,
  checkCommand: '',
}

function variableNames({
  definition,
}: {
  readonly definition: ResolvedDefinition
}): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...definition.customVariables.keys()].map((name) => [name.slice(1), '']),
  )
}
