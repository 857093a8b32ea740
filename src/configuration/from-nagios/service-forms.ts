import type { CheckId } from '../../domain/check-id.ts'
import { serviceCheckId } from '../../domain/check-id.ts'
import { compileCondition } from '../condition.ts'
import type {
  NagiosHost,
  NagiosReading,
  NagiosService,
  ResolvedDefinition,
} from '../nagios/objects.ts'
import type { ConditionInput } from '../yaml/schema.ts'
import { listOf, type Attributes } from './attribute-rules.ts'
import { corrections, meaningOf } from './comparison.ts'
import { put, textsOf } from './definitions.ts'
import { withoutGroups } from './group-forms.ts'
import { serviceTarget, toldTarget } from './targets.ts'
import { cleanTemplates, groupsOf, type Forms, type SettledForm, type Values } from './forms.ts'
import { Names } from './template-names.ts'

/** Services that can be written at once: they differ only in their host. */
interface Batch {
  readonly definition: ResolvedDefinition
  readonly description: string
  readonly services: readonly NagiosService[]
  readonly form: SettledForm
  /** Whether all services of the definition are in it. */
  readonly isWhole: boolean
}

/** More exceptions than these, and a rule is no longer easier to read than a list of hosts. */
const EXCEPTIONS_MAX = 20
const TOLD = ['contacts', 'contactGroups', 'notificationInterval', 'notificationPeriod'] as const

/** A service of one host stands at the host, one of several hosts under `services`, one of groups is an apply rule. */
export function addServiceForms(reading: NagiosReading, forms: Forms): void {
  const { objects } = reading
  const batches = batchesOf(reading, forms)
  const gone = forms.addGroups(
    'serviceGroups',
    [...objects.serviceGroups.values()].map((group) => ({
      ...group,
      members: group.members.map((member) => member.join('/')),
    })),
    new Map(
      batches.flatMap(({ services, form }) =>
        services.map(
          ({ hostName, description }) => [`${hostName}/${description}`, groupsOf(form)] as const,
        ),
      ),
    ),
  )
  cleanTemplates(forms.into, 'serviceTemplates', gone)
  const rules = rulesOf(reading, batches)
  const keys = new Names('service')
  const atHosts = new Map<string, Names>()
  for (const batch of batches) {
    const own = withoutGroups(batch.form.own, gone)
    const where = rules.get(batch)
    const [first] = batch.services
    if (first === undefined) continue
    if (where !== undefined) addRule(forms, keys.fresh(batch.description), { batch, own, where })
    else if (batch.services.length === 1)
      addAtHost(forms, atHosts, { batch, own, host: first.hostName })
    else {
      const key = keys.fresh(batch.description)
      const host = batch.services.map((service) => service.hostName)
      const name = key === batch.description ? undefined : batch.description
      put(forms.into, 'services', {
        name: key,
        value: { host, name, ...own },
        from: batch.definition,
      })
    }
  }
}

interface Written {
  readonly batch: Batch
  readonly own: Attributes
}

function addRule(
  forms: Forms,
  key: string,
  { batch, own, where }: Written & { readonly where: ConditionInput },
): void {
  const name = batch.description.replaceAll('$', '$$$$')
  const value = { where, name: name === key ? undefined : name, service: own }
  put(forms.into, 'apply', {
    name: key,
    value: value as unknown as Attributes,
    from: batch.definition,
  })
}

function addAtHost(
  forms: Forms,
  names: Map<string, Names>,
  { batch, own, host }: Written & { readonly host: string },
): void {
  const taken = names.get(host) ?? new Names('service')
  names.set(host, taken)
  const key = taken.fresh(batch.description)
  if (key !== batch.description) {
    const apart = `${host} ${batch.description}`
    put(forms.into, 'services', {
      name: apart,
      value: { host, name: batch.description, ...own },
      from: batch.definition,
    })
    return
  }
  forms.putAtHost(host, key, own, batch.definition)
}

function batchesOf({ objects, settings }: NagiosReading, forms: Forms): readonly Batch[] {
  const byDefinition = Map.groupBy(objects.services, (service) => service.definition)
  // Extended information may be of single services.
  const sameTexts = [...byDefinition].flatMap(([definition, all]) => {
    const parts = Map.groupBy(all, (service) => textsOf(service).join('\0'))
    return [...parts.values()].map((services) => ({
      definition,
      services,
      isAlone: parts.size === 1,
    }))
  })
  return sameTexts.flatMap(({ definition, services, isAlone }) => {
    const first = services[0] as NagiosService
    const host = objects.hosts.get(first.hostName)
    const target = forms.known.onlyIn(serviceTarget(first, settings), host, first)
    const form = forms.settle('service', { definition, name: first.description }, target)
    const parts = Map.groupBy(services, (service) => {
      const hostSays = objects.hosts.get(service.hostName)
      const needed = told(form.has, service, hostSays, settings)
      return JSON.stringify([service.description, needed])
    })
    return [...parts].map(([key, alike]): Batch => {
      const [description, needed] = JSON.parse(key) as [string, Attributes]
      const own = { ...form.own, ...needed }
      return {
        definition,
        description,
        services: alike,
        form:
          Object.keys(needed).length === 0
            ? form
            : { own, has: forms.resolve('service', own, definition) },
        isWhole: isAlone && parts.size === 1,
      }
    })
  })
}

/** What must be written, because the service would not take it from its host as Nagios did. */
function told(
  has: Values,
  service: NagiosService,
  host: NagiosHost | undefined,
  settings: NagiosReading['settings'],
): Attributes {
  const wanted = toldTarget(service, settings)
  const ofHost: Attributes = host === undefined ? {} : toldTarget(host, settings)
  const hasContacts = has['contacts'] !== undefined || has['contactGroups'] !== undefined
  const effective: Record<string, unknown> = {
    contacts: hasContacts ? has['contacts'] : ofHost['contacts'],
    contactGroups: hasContacts ? has['contactGroups'] : ofHost['contactGroups'],
    notificationInterval: has['notificationInterval'] ?? ofHost['notificationInterval'],
    notificationPeriod: has['notificationPeriod'] ?? ofHost['notificationPeriod'],
  }
  const needed = corrections(effective, wanted, TOLD)
  const parents = service.parents.map(([hostName, description]) =>
    hostName === service.hostName && !description.includes('/')
      ? description
      : `${hostName}/${description}`,
  )
  const isOther = meaningOf('parents', has['parents'] as never) !== meaningOf('parents', parents)
  return {
    ...('contacts' in needed || 'contactGroups' in needed
      ? { contacts: wanted['contacts'] ?? [], contactGroups: wanted['contactGroups'] ?? [] }
      : {}),
    ...('notificationInterval' in needed
      ? { notificationInterval: wanted['notificationInterval'] }
      : {}),
    ...('notificationPeriod' in needed ? { notificationPeriod: wanted['notificationPeriod'] } : {}),
    ...(isOther ? { parents } : {}),
  }
}

/** Conditions for batches that were written for groups or for every host. */
function rulesOf(
  { objects }: NagiosReading,
  batches: readonly Batch[],
): ReadonlyMap<Batch, ConditionInput> {
  const conditions = new Map<Batch, ConditionInput>()
  for (const batch of batches) {
    const condition = batch.isWhole ? conditionOf(batch.definition, objects) : undefined
    if (condition !== undefined) conditions.set(batch, condition)
  }
  const writtenOut = new Set<CheckId>(
    batches
      .filter((batch) => !conditions.has(batch))
      .flatMap(({ services }) =>
        services.map(({ hostName, description }) => serviceCheckId(hostName, description)),
      ),
  )
  const rules = new Map<Batch, ConditionInput>()
  for (const [batch, condition] of conditions) {
    const fits = compileCondition(condition)
    const wanted = new Set(batch.services.map((service) => service.hostName))
    const found = [...objects.hosts.values()].filter((host) =>
      fits({ name: host.name, address: host.address, groups: host.groups, variables: {} }),
    )
    const isEnough = found.filter((host) => wanted.has(host.name)).length === wanted.size
    const surplus = found
      .map((host) => host.name)
      .filter(
        (name) => !wanted.has(name) && !writtenOut.has(serviceCheckId(name, batch.description)),
      )
    if (!isEnough || surplus.length > EXCEPTIONS_MAX) continue
    rules.set(
      batch,
      surplus.length === 0 ? condition : { and: [condition, { not: { host: surplus } }] },
    )
  }
  return rules
}

/** `undefined` for a plain list of hosts, and for patterns. */
function conditionOf(
  definition: ResolvedDefinition,
  objects: NagiosReading['objects'],
): ConditionInput | undefined {
  const hosts = namesIn(definition, 'host_name')
  const groups = namesIn(definition, 'hostgroup_name')
  const isPlain = groups.length === 0 && hosts.every((name) => !/^[*!]/.test(name))
  if (isPlain) return undefined
  const [wantedHosts, unwantedHosts] = split(hosts)
  const [wantedGroups, unwantedGroups] = split(groups)
  const areKnown =
    [...wantedHosts, ...unwantedHosts].every((name) => name === '*' || objects.hosts.has(name)) &&
    [...wantedGroups, ...unwantedGroups].every((name) => objects.hostGroups.has(name))
  if (!areKnown) return undefined
  const any = [
    ...(wantedGroups.length > 0 ? [{ group: one(wantedGroups) }] : []),
    ...(wantedHosts.length > 0 ? [{ host: one(wantedHosts) }] : []),
  ]
  const none = [
    ...(unwantedGroups.length > 0 ? [{ group: one(unwantedGroups) }] : []),
    ...(unwantedHosts.length > 0 ? [{ host: one(unwantedHosts) }] : []),
  ]
  const [first] = any
  if (first === undefined) return undefined
  const wanted = any.length === 1 ? first : { or: any }
  if (none.length === 0) return wanted
  return { ...wanted, not: none.length === 1 ? none[0] : { or: none } }
}

function split(names: readonly string[]): readonly [string[], string[]] {
  return [
    names.filter((name) => !name.startsWith('!')),
    names.filter((name) => name.startsWith('!')).map((name) => name.slice(1)),
  ]
}

function one(names: string[]): string | string[] {
  return names.length === 1 ? (names[0] as string) : names
}

function namesIn({ slots }: ResolvedDefinition, directive: string): readonly string[] {
  const found = slots.find((slot) => slot?.name === directive)
  return found === undefined || found.value === 'null'
    ? []
    : listOf(found.value).filter((name) => name !== '+')
}
