import { z } from 'zod'
import { NAME_LENGTH_MAX } from '../names.ts'
import { checkCommand } from './command-schemas.ts'
import {
  duration,
  interval,
  list,
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

const common = {
  displayName: text(NAME_LENGTH_MAX)
    .describe('The name that people see; the name itself when absent.')
    .optional(),
  notes: text()
    .describe('Free text for whoever looks at a problem. Macros are expanded.')
    .optional(),
  notesUrl: text()
    .describe('Address of a page about the object. Macros are expanded and encoded.')
    .optional(),
  actionUrl: text()
    .describe('Address of a page to act on. Macros are expanded and encoded.')
    .optional(),
  checkCommand: checkCommand.optional(),
  checkInterval: interval
    .describe('Between two checks while the state is hard. Default 5m.')
    .optional(),
  retryInterval: interval
    .describe('Between two checks while a problem is soft. Default 1m.')
    .optional(),
  maxCheckAttempts: z
    .int()
    .min(1)
    .max(1000)
    .describe('Results in a row until a problem is hard. Default 3.')
    .optional(),
  checkTimeout: duration.describe('A check that takes longer is ended. Default 1m.').optional(),
  checkPeriod: name.describe('Time period in which it is checked; always when absent.').optional(),
  flapDetectionEnabled: z
    .boolean()
    .describe('Whether states that change too often are flapping. Default false.')
    .optional(),
  lowFlapThreshold: z
    .number()
    .min(0)
    .max(100)
    .describe('Flapping ends below these per cent of change. Default 20.')
    .optional(),
  highFlapThreshold: z
    .number()
    .min(0)
    .max(100)
    .describe('Flapping begins at these per cent of change. Default 30.')
    .optional(),
  contacts: names
    .describe("Who is told; a service without contacts and groups takes its host's.")
    .optional(),
  contactGroups: names.describe('Groups of contacts who are told.').optional(),
  variables: variables.optional(),
}
const flapOptions = (letters: string) =>
  oneOrMore(
    z
      .string()
      .regex(
        new RegExp(`^[${letters}]$`),
        `is none of the letters ${letters.split('').join(', ')}`,
      ),
  )

const inheriting = {
  use: names
    .describe(
      'Templates to inherit from. What is written here wins over them, an earlier one over a later one; variables are merged.',
    )
    .optional(),
}

const hostAttributes = {
  ...inheriting,
  alias: text().describe('A longer name; the name itself when absent.').optional(),
  address: text(NAME_LENGTH_MAX)
    .regex(/^[^-\s][^\s]*$/, 'is no address\nwrite a name or an IP address')
    .describe('Name or IP address; the name of the host when absent.')
    .optional(),
  parents: names
    .describe('Hosts on the way to this one; behind them it is unreachable, not down.')
    .optional(),
  groups: names
    .describe('Host groups. A first item `+` adds to those of the templates.')
    .optional(),
  ...common,
  flapDetectionOptions: flapOptions('odu')
    .describe('States that count for flapping: o up, d down, u unreachable. Default all.')
    .optional(),
}
const serviceAttributes = {
  ...inheriting,
  isVolatile: z
    .boolean()
    .describe('Each result that is not OK counts as a new problem. Default false.')
    .optional(),
  groups: names
    .describe('Service groups. A first item `+` adds to those of the templates.')
    .optional(),
  ...common,
  flapDetectionOptions: flapOptions('owuc')
    .describe(
      'States that count for flapping: o OK, w warning, u unknown, c critical. Default all.',
    )
    .optional(),
}

export const hostTemplateSchema = z
  .strictObject(hostAttributes)
  .describe('What hosts may inherit by `use`.')
export const serviceTemplateSchema = z
  .strictObject(serviceAttributes)
  .describe('What services may inherit by `use`.')
export const hostSchema = z
  .strictObject({
    ...hostAttributes,
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
    ...serviceAttributes,
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
    forEach: macroName
      .describe(
        'A custom variable of the host that is a list: one service for each item, which is the macro $ITEM$.',
      )
      .optional(),
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

const groupAttributes = {
  alias: text().describe('A longer name.').optional(),
  memberGroups: names.describe('Groups whose members are members of this one, too.').optional(),
}
export const hostGroupSchema = z
  .strictObject({ ...groupAttributes, members: names.describe('Hosts.').optional() })
  .describe('Hosts under one name.')
export const serviceGroupSchema = z
  .strictObject({
    ...groupAttributes,
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

export const contactSchema = z
  .strictObject({
    alias: text().describe('A longer name.').optional(),
    email: text(320).describe('E-mail address.').optional(),
    pager: text(320).describe('Number or address of a pager.').optional(),
    groups: list.or(name).describe('Contact groups.').optional(),
    variables: variables.optional(),
  })
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
