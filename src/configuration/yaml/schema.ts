import { z } from 'zod'
import { NAME_LENGTH_MAX } from '../names.ts'
import { observers, site } from './observer-schemas.ts'
import { hostAttributes, inheriting, letters, serviceAttributes } from './attributes.ts'
import { handlerCommand } from './command-schemas.ts'
import {
  macroName,
  name,
  names,
  oneOrMore,
  text,
  variables,
  variableValue,
} from './field-schemas.ts'

/**
 * The shape of the configuration, one schema per kind. The editors' JSON Schema and docs/reference/configuration.md are made from it,
 * so each key says what it is.
 */

const forEach = macroName.describe(
  'A custom variable of the host that is a list: one service for each item, which is the macro $ITEM$.',
)
const templateServiceSchema = z
  .strictObject({
    name: name
      .describe(
        'Name of the service; the key when absent, with the item behind it under `forEach`.',
      )
      .optional(),
    forEach: forEach.optional(),
    ...inheriting(serviceAttributes),
  })
  .describe('A service of every host that uses the template.')
export const hostTemplateSchema = z
  .strictObject({
    ...inheriting(hostAttributes),
    services: z
      .record(z.string(), templateServiceSchema)
      .describe(
        'Services of every host that uses the template, by name. What the host itself says under that name, or a nearer template, stands instead.',
      )
      .optional(),
  })
  .describe('What hosts may inherit by `use`.')
export const serviceTemplateSchema = z
  .strictObject(inheriting(serviceAttributes))
  .describe('What services may inherit by `use`.')
export const hostSchema = z
  .strictObject({
    ...inheriting(hostAttributes),
    services: z
      .record(z.string(), serviceTemplateSchema)
      .describe('Services of this host, by name.')
      .optional(),
  })
  .describe('A machine, a device, an address: something that is up or down.')
export const serviceSchema = z
  .strictObject({
    host: names.describe('The host, or several, that have this service.').optional(),
    hosts: names.describe('The same as `host`.').optional(),
    name: name.describe('Name of the service; the key when absent.').optional(),
    ...inheriting(serviceAttributes),
  })
  .describe('A service on hosts that are named. For "every host where ..." see `apply`.')

const conditionNames = oneOrMore(text(NAME_LENGTH_MAX).min(1))
export interface ConditionInput {
  readonly host?: string | string[] | undefined
  readonly group?: string | string[] | undefined
  readonly address?: string | string[] | undefined
  readonly variable?:
    Record<string, string | number | boolean | (string | number | boolean)[]> | string | undefined
  readonly and?: ConditionInput[] | undefined
  readonly or?: ConditionInput[] | undefined
  readonly not?: ConditionInput | undefined
}
export const conditionSchema: z.ZodType<ConditionInput, ConditionInput> = z
  .strictObject({
    host: conditionNames
      .describe('The name of the host is one of these; `*` and `?` stand for any characters.')
      .optional(),
    group: conditionNames
      .describe('The host is in one of these groups; `*` and `?` as in `host`.')
      .optional(),
    address: conditionNames
      .describe('The address is one of these; `*` and `?` as in `host`.')
      .optional(),
    variable: z
      .union([macroName, z.record(macroName, oneOrMore(variableValue))])
      .describe(
        'The host has this variable; or with a value: it is one of these (`*` and `?` as in `host`). Of a list, one item is enough.',
      )
      .optional(),
    get and() {
      return z.array(conditionSchema).min(1).max(100).describe('All of these hold.').optional()
    },
    get or() {
      return z.array(conditionSchema).min(1).max(100).describe('One of these holds.').optional()
    },
    get not() {
      return conditionSchema.describe('This does not hold.').optional()
    },
  })
  .refine(
    (condition) => Object.keys(condition).length > 0,
    "says nothing\nwrite host: '*' for every host",
  )
  .meta({
    id: 'condition',
    description: 'Conditions on a host; when there are several, all must hold.',
  })

export const applySchema = z
  .strictObject({
    where: conditionSchema.describe('On which hosts.'),
    forEach: forEach.optional(),
    name: name
      .describe(
        'Name of the service; the key of the rule when absent, with the item behind it under `forEach`.',
      )
      .optional(),
    service: serviceTemplateSchema.describe('The service.'),
  })
  .describe(
    'This service on every host where the condition holds. A service that is written for a host itself stands before it.',
  )

const observing = {
  observers: observers
    .describe('Clusters that check them, each by itself, see `observers` of hosts.')
    .optional(),
  site: site.describe('What they fail together with, see `site` of hosts.').optional(),
}
export const observeSchema = z
  .strictObject({ where: conditionSchema.describe('Which hosts.'), ...observing })
  .refine(
    (rule) => rule.observers !== undefined || rule.site !== undefined,
    'says nothing\nwrite `observers`, `site`, or both',
  )
  .describe(
    'Who observes the hosts where the condition holds, and their site. What a host or a template of it says itself stands before it; rules and groups that say different things of one host are a problem.',
  )

const noted = {
  notes: text().describe('Free text.').optional(),
  notesUrl: text().describe('Address of a page about the group.').optional(),
  actionUrl: text().describe('Address of a page to act on.').optional(),
}
const groupAttributes = {
  alias: text().describe('A longer name.').optional(),
  memberGroups: names.describe('Groups whose members are members of this one, too.').optional(),
}
export const hostGroupSchema = z
  .strictObject({
    ...groupAttributes,
    ...noted,
    members: names.describe('Hosts.').optional(),
    ...observing,
  })
  .describe('Hosts under one name.')
export const serviceGroupSchema = z
  .strictObject({
    ...groupAttributes,
    ...noted,
    members: names.describe('Services, each as host/service.').optional(),
  })
  .describe('Services under one name.')
export const contactGroupSchema = z
  .strictObject({ ...groupAttributes, members: names.describe('Contacts.').optional() })
  .describe('Contacts under one name.')

export const timePeriodSchema = z
  .strictObject({
    alias: text().describe('A longer name.').optional(),
    timezone: name
      .describe("Time zone such as Europe/Budapest; the machine's when absent.")
      .optional(),
    days: z
      .record(z.string(), oneOrMore(text()))
      .describe(
        'Days in the grammar of Nagios (`monday`, `monday - friday`, `day -1`, `monday 3 march`, `december 24 - 26`, `2027-12-24`, `... / 2`) with their hours: `09:00-17:00,18:00-20:00`. An empty list closes the day.',
      )
      .optional(),
    exclude: names.describe('Periods that are taken away.').optional(),
  })
  .describe('A set of times.')

const contactAttributes = {
  use: names.describe('Templates to inherit from, as for hosts.').optional(),
  alias: text().describe('A longer name.').optional(),
  email: text(320).describe('E-mail address.').optional(),
  pager: text(320).describe('Number or address of a pager.').optional(),
  addresses: z
    .array(text(320))
    .max(6)
    .describe('More addresses: $CONTACTADDRESS1$ to $CONTACTADDRESS6$.')
    .optional(),
  groups: names
    .describe('Contact groups. A first item `+` adds to those of the templates.')
    .optional(),
  hostNotificationsEnabled: z
    .boolean()
    .describe('Whether it is told of hosts. Default true.')
    .optional(),
  serviceNotificationsEnabled: z
    .boolean()
    .describe('Whether it is told of services. Default true.')
    .optional(),
  hostNotificationPeriod: name
    .describe('Time period in which it is told of hosts; always when absent.')
    .optional(),
  serviceNotificationPeriod: name
    .describe('Time period in which it is told of services; always when absent.')
    .optional(),
  hostNotificationOptions: letters('durfsn')
    .describe('What it is told of hosts, see `notificationOptions` there. Default all.')
    .optional(),
  serviceNotificationOptions: letters('wucrfsn')
    .describe('What it is told of services, see `notificationOptions` there. Default all.')
    .optional(),
  hostNotificationCommands: oneOrMore(handlerCommand)
    .describe('Commands that tell it of hosts.')
    .optional(),
  serviceNotificationCommands: oneOrMore(handlerCommand)
    .describe('Commands that tell it of services.')
    .optional(),
  minimumImportance: z
    .int()
    .min(0)
    .max(1_000_000)
    .describe('It is told of objects of at least this importance. Default 0.')
    .optional(),
  canSubmitCommands: z
    .boolean()
    .describe('Whether it may act on what it is a contact of. Default true.')
    .optional(),
  variables: variables.optional(),
}
export const contactTemplateSchema = z
  .strictObject(inheriting(contactAttributes))
  .describe('What contacts may inherit by `use`.')
export const contactSchema = z
  .strictObject(inheriting(contactAttributes))
  .describe('Somebody who is told.')

const fromFile = z
  .strictObject({
    file: text().min(1).describe('Path of the file; relative to the file that names it.'),
  })
  .describe('Read from a file; one line break at its end is cut.')
const fromEnvironment = z
  .strictObject({ env: text().min(1).describe('Name of the environment variable.') })
  .describe('Read from the environment of Parallax.')
export const resourceSchema = z
  .union([text(), z.number(), fromFile, fromEnvironment])
  .describe(
    'A value by macro, such as USER1 for $USER1$: as it is, or where to read it. What is read from a file or the environment is masked wherever it is shown.',
  )
export const secretSchema = z
  .union([text(), z.number(), fromFile, fromEnvironment])
  .describe('Like a resource, and masked wherever it is shown, also when it is written here.')

export const resourceName = /^[A-Z][A-Z0-9_]*$/
