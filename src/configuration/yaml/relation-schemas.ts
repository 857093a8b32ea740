import { z } from 'zod'
import { letters } from './attributes.ts'
import { delay, name, names } from './field-schemas.ts'

/** Objects that say how others hang together: dependencies and escalations. */

const onHosts = {
  hosts: names.describe('Hosts; `*` and `?` stand for any characters.').optional(),
  hostGroups: names.describe('All hosts of these groups.').optional(),
}
const onServices = {
  ...onHosts,
  services: names
    .describe(
      'Names of services on these hosts; `*` and `?` stand for any characters. Without hosts and groups each as host/service.',
    )
    .optional(),
  serviceGroups: names.describe('All services of these groups.').optional(),
}

const dependencyAttributes = (states: string) => ({
  inheritsParent: z
    .boolean()
    .describe('Whether what the others depend on counts, too. Default false.')
    .optional(),
  executionFailureOptions: letters(`${states}pn`)
    .describe(
      'States of what is needed in which the dependent is not checked; p is pending. Default none.',
    )
    .optional(),
  notificationFailureOptions: letters(`${states}pn`)
    .describe('States of what is needed in which nobody is told of the dependent. Default none.')
    .optional(),
  dependencyPeriod: name.describe('Time period in which it holds; always when absent.').optional(),
})

export const hostDependencySchema = z
  .strictObject({
    ...onHosts,
    dependentHosts: names.describe('Hosts that need them.').optional(),
    dependentHostGroups: names.describe('All hosts of these groups need them.').optional(),
    ...dependencyAttributes('odu'),
  })
  .describe('Hosts that other hosts need.')

export const serviceDependencySchema = z
  .strictObject({
    ...onServices,
    dependentHosts: names
      .describe('Hosts of the services that need them; the same host when nothing is said.')
      .optional(),
    dependentHostGroups: names.describe('The same by groups.').optional(),
    dependentServices: names
      .describe('Names of services that need them, or each as host/service.')
      .optional(),
    dependentServiceGroups: names.describe('All services of these groups need them.').optional(),
    ...dependencyAttributes('owuc'),
  })
  .describe('Services that other services need.')

const escalationAttributes = {
  firstNotification: z
    .int()
    .min(0)
    .max(100_000)
    .describe('Number of the first notification that it changes. Default 1.')
    .optional(),
  lastNotification: z
    .int()
    .min(0)
    .max(100_000)
    .describe('Number of the last one; 0 is until the end. Default 0.')
    .optional(),
  notificationInterval: delay
    .describe("Between two notifications while it holds; the object's own when absent.")
    .optional(),
  escalationPeriod: name.describe('Time period in which it holds; always when absent.').optional(),
  contacts: names.describe("Who is told; the object's own when nobody is named.").optional(),
  contactGroups: names.describe('Groups of contacts who are told.').optional(),
}

export const hostEscalationSchema = z
  .strictObject({
    ...onHosts,
    ...escalationAttributes,
    escalationOptions: letters('dur')
      .describe('States in which it holds: d down, u unreachable, r recovery. Default all.')
      .optional(),
  })
  .describe('Who is told later about hosts that stay a problem.')

export const serviceEscalationSchema = z
  .strictObject({
    ...onServices,
    ...escalationAttributes,
    escalationOptions: letters('wucr')
      .describe(
        'States in which it holds: w warning, u unknown, c critical, r recovery. Default all.',
      )
      .optional(),
  })
  .describe('Who is told later about services that stay a problem.')
