import { z } from 'zod'
import { DEFAULT_CLUSTER, NODE_NAME } from '../../domain/cluster.ts'
import { NAME_LENGTH_MAX, NODE_NAME_RULE } from '../names.ts'
import { checkCommand, handlerCommand } from './command-schemas.ts'
import { deciding, observers, site } from './observer-schemas.ts'
import {
  delay,
  duration,
  interval,
  name,
  names,
  oneOrMore,
  text,
  variables,
} from './field-schemas.ts'

/** What hosts and services say of themselves, and what they may inherit: `null` for a key inherits nothing. */

/** Each attribute may also be `null`: then it is not inherited. */
export function inheriting<S extends z.ZodRawShape>(
  shape: S,
): { readonly [K in keyof S]: z.ZodNullable<S[K]> } {
  return Object.fromEntries(
    Object.entries(shape).map(([key, schema]) => {
      const inner = schema instanceof z.ZodOptional ? schema.unwrap() : schema
      const { description } = inner as z.ZodType
      const nullable = z.nullable(schema)
      return [key, description === undefined ? nullable : nullable.describe(description)]
    }),
  ) as { readonly [K in keyof S]: z.ZodNullable<S[K]> }
}

/** States as single letters, as Nagios writes them. */
export const letters = (allowed: string) =>
  oneOrMore(
    z
      .string()
      .regex(
        new RegExp(`^[${allowed}]$`),
        `is none of the letters ${allowed.split('').join(', ')}`,
      ),
  )

const presentation = {
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
  iconImage: text(NAME_LENGTH_MAX).describe('File name of an icon.').optional(),
  importance: z
    .int()
    .min(0)
    .max(1_000_000)
    .describe('How much it matters; a contact may ask for a least one. Default 0.')
    .optional(),
}

const checking = {
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
  activeChecksEnabled: z
    .boolean()
    .describe('Whether it is checked by schedule. Without, only when somebody asks. Default true.')
    .optional(),
  passiveChecksEnabled: z
    .boolean()
    .describe('Whether results from outside are taken. Default true.')
    .optional(),
  freshnessThreshold: duration
    .describe(
      'A result older than this is stale. By default two intervals and the timeout; results from outside never are.',
    )
    .optional(),
}

const judging = {
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
  eventHandler: handlerCommand.describe('Command to run when the state changes.').optional(),
  eventHandlerEnabled: z.boolean().describe('Whether the handler runs. Default true.').optional(),
}

const telling = {
  contacts: names
    .describe(
      "Who is told; a service without contacts and groups takes its host's, an empty list is nobody.",
    )
    .optional(),
  contactGroups: names.describe('Groups of contacts who are told.').optional(),
  notificationsEnabled: z.boolean().describe('Whether anybody is told. Default true.').optional(),
  notificationInterval: delay
    .describe(
      "Between two notifications of a problem that stays; `0s` tells once. Default 30m, for a service its host's.",
    )
    .optional(),
  firstNotificationDelay: delay
    .describe('How long a problem must stand before the first notification. Default 0s.')
    .optional(),
  notificationPeriod: name
    .describe("Time period in which anybody is told; always when absent, for a service its host's.")
    .optional(),
}

const lists = 'A first item `+` adds to those of the templates.'
const nodeName = (of: string) =>
  z.string().regex(NODE_NAME, `is no name of a ${of}\n${NODE_NAME_RULE}`)

export const hostAttributes = {
  use: names
    .describe(
      'Templates to inherit from. What is written here wins over them, an earlier one over a later one; variables are merged. `null` for a key inherits nothing.',
    )
    .optional(),
  alias: text().describe('A longer name; the name itself when absent.').optional(),
  address: text(NAME_LENGTH_MAX)
    .regex(/^[^-\s][^\s]*$/, 'is no address\nwrite a name or an IP address')
    .describe('Name or IP address; the name of the host when absent.')
    .optional(),
  parents: names
    .describe(`Hosts on the way to this one; behind them it is unreachable, not down. ${lists}`)
    .optional(),
  groups: names.describe(`Host groups. ${lists}`).optional(),
  cluster: nodeName('cluster')
    .describe(
      `The cluster whose collectors check it and its services. Default ${DEFAULT_CLUSTER}, which need not be defined.`,
    )
    .optional(),
  observers: observers
    .describe(
      `Clusters that check it and its services, each by itself: together they are one verdict. Instead of \`cluster\`; a host without either has what its groups and the rules under \`observe\` say. ${lists}`,
    )
    .optional(),
  site: site
    .describe(
      'What it fails together with: a place, a network. A cluster whose `site` is the same looks from inside. Without one, what its groups and rules say.',
    )
    .optional(),
  collector: nodeName('collector')
    .describe(
      'The collector of the cluster that checks it while it is there, by its name without the cluster; chosen by load when absent. Not with several observers.',
    )
    .optional(),
  ...deciding,
  ...presentation,
  ...checking,
  ...judging,
  flapDetectionOptions: letters('odu')
    .describe('States that count for flapping: o up, d down, u unreachable. Default all.')
    .optional(),
  stalkingOptions: letters('odu')
    .describe('States in which a new output is recorded, too: o, d, u. Default none.')
    .optional(),
  ...telling,
  notificationOptions: letters('durfsn')
    .describe(
      'What is told: d down, u unreachable, r recovery, f flapping, s downtime; n nothing. Default all.',
    )
    .optional(),
  variables: variables.optional(),
}

export const serviceAttributes = {
  use: hostAttributes.use,
  parents: names
    .describe(`Services that this one needs, each as host/service. ${lists}`)
    .optional(),
  isVolatile: z
    .boolean()
    .describe('Each result that is not OK counts as a new problem. Default false.')
    .optional(),
  groups: names.describe(`Service groups. ${lists}`).optional(),
  ...deciding,
  ...presentation,
  ...checking,
  ...judging,
  flapDetectionOptions: letters('owuc')
    .describe(
      'States that count for flapping: o OK, w warning, u unknown, c critical. Default all.',
    )
    .optional(),
  stalkingOptions: letters('owuc')
    .describe('States in which a new output is recorded, too: o, w, u, c. Default none.')
    .optional(),
  ...telling,
  notificationOptions: letters('wucrfsn')
    .describe(
      'What is told: w warning, u unknown, c critical, r recovery, f flapping, s downtime; n nothing. Default all.',
    )
    .optional(),
  variables: variables.optional(),
}
