import { isWritten, placeOf } from './definition.ts'
import type {
  NagiosHost,
  NagiosMonitored,
  NagiosService,
  NagiosTold,
  ResolvedDefinition,
} from './objects.ts'
import { note, refuse, warn } from './resolution.ts'
import { checkCommand, checkNamed, checkReference, type Verification } from './verification.ts'

type Monitored = NagiosTold & {
  readonly definition: ResolvedDefinition
  readonly values: NagiosMonitored
}

export function checkHosts(verification: Verification): void {
  for (const host of verification.objects.hosts.values()) {
    const { definition, values, name } = host
    checkReference(verification, definition, {
      directive: 'check_period',
      name: values.checkPeriod,
      kind: 'timePeriods',
    })
    checkPeriodOfNotifications(verification, host)
    checkNumbers(verification, host)
    if (values.freshnessThreshold < 0) {
      const message = 'freshness_threshold must not be negative'
      refuse(verification, definition, { directive: 'freshness_threshold', message })
    }
    checkTold(verification, host)
    checkParents(verification, host)
    checkCommands(verification, host)
    warnOfHost(verification, host, name)
  }
}

function checkParents(verification: Verification, { definition, name, parents }: NagiosHost): void {
  for (const parent of parents) {
    if (parent === name) {
      refuse(verification, definition, { directive: 'parents', message: 'is its own parent' })
    } else {
      checkReference(verification, definition, {
        directive: 'parents',
        name: parent,
        kind: 'hosts',
      })
    }
  }
}

function warnOfHost(verification: Verification, host: NagiosHost, name: string): void {
  const { definition, values } = host
  if (host.contacts.length === 0 && host.contactGroups.length === 0) {
    note(verification.warnings, placeOf(definition), { message: `host '${name}' has no contacts` })
  }
  if (values.notificationOptions === 'r') warnOfRecovery(verification, definition)
}

function warnOfRecovery(verification: Verification, definition: ResolvedDefinition): void {
  warn(verification, definition, {
    directive: 'notification_options',
    message: 'recoveries alone are never told',
    hint: 'name problems too',
  })
}

export function checkServices(verification: Verification): void {
  const checked = new Set<ResolvedDefinition>()
  for (const service of verification.objects.services) {
    const { definition } = service
    if (!checked.has(definition)) {
      checked.add(definition)
      checkDefinition(verification, service)
    }
    if (isWritten(definition, 'contacts') || isWritten(definition, 'contact_groups')) {
      checkTold(verification, service)
    }
    warnOfService(verification, service)
  }
}

/** What all services of a definition have in common. */
function checkDefinition(verification: Verification, service: NagiosService): void {
  const { definition, values } = service
  const isMissing = values.checkCommand === undefined || values.checkCommand === ''
  if (isMissing && !verification.incomplete.has(definition.written)) {
    const hint = 'write check_command, for passive services one that says so'
    refuse(verification, definition, { message: 'has no check_command', hint })
  }
  checkReference(verification, definition, {
    directive: 'check_period',
    name: values.checkPeriod,
    kind: 'timePeriods',
  })
  if (isWritten(definition, 'notification_period'))
    checkPeriodOfNotifications(verification, service)
  checkNumbers(verification, service)
  if (!(values.retryInterval > 0)) {
    const message = 'retry_interval must be more than 0'
    refuse(verification, definition, { directive: 'retry_interval', message })
  }
  if (values.checkCommand !== '') checkCommands(verification, service)
  if (values.notificationOptions === 'r') warnOfRecovery(verification, definition)
}

function warnOfService(verification: Verification, service: NagiosService): void {
  const { definition, values, hostName, description } = service
  const title = `service '${description}' on host '${hostName}'`
  const say = (message: string, directive: string): void =>
    note(verification.warnings, placeOf(definition, directive), { message: `${title} ${message}` })
  if (service.contacts.length === 0 && service.contactGroups.length === 0) {
    say('has no contacts', 'contacts')
  }
  if (values.checkPeriod === undefined) say('has no check_period', 'check_period')
  if (service.notificationPeriod === undefined) {
    say('has no notification_period', 'notification_period')
  }
  const interval = service.notificationInterval
  if (interval !== 0 && interval < values.checkInterval) {
    say('is told of more often than it is checked', 'notification_interval')
  }
}

function checkPeriodOfNotifications(verification: Verification, told: Monitored): void {
  checkReference(verification, told.definition, {
    directive: 'notification_period',
    name: told.notificationPeriod,
    kind: 'timePeriods',
  })
}

function checkNumbers(
  verification: Verification,
  { definition, values, ...told }: Monitored,
): void {
  const isMissing = !isWritten(definition, 'max_check_attempts')
  const isExcused = isMissing && verification.incomplete.has(definition.written)
  if (values.maxAttempts <= 0 && !isExcused) {
    const message = isMissing ? 'has no max_check_attempts' : 'max_check_attempts must be 1 or more'
    refuse(verification, definition, { directive: 'max_check_attempts', message })
  }
  checkNotNegative(verification, definition, ['check_interval', values.checkInterval])
  checkNotNegative(verification, definition, ['notification_interval', told.notificationInterval])
  const delay = values.firstNotificationDelay
  checkNotNegative(verification, definition, ['first_notification_delay', delay])
}

function checkNotNegative(
  verification: Verification,
  definition: ResolvedDefinition,
  [directive, value]: readonly [directive: string, value: number],
): void {
  if (value >= 0) return
  refuse(verification, definition, { directive, message: `${directive} must not be negative` })
}

function checkTold(
  verification: Verification,
  { definition, contacts, contactGroups }: Monitored,
): void {
  const { objects } = verification
  checkNamed(verification, contacts, {
    definition,
    directive: 'contacts',
    word: 'contact',
    known: objects.contacts,
  })
  checkNamed(verification, contactGroups, {
    definition,
    directive: 'contact_groups',
    word: 'contact group',
    known: objects.contactGroups,
  })
}

function checkCommands(verification: Verification, { definition, values }: Monitored): void {
  const { checkCommand: line, eventHandler } = values
  checkCommand(verification, definition, { directive: 'check_command', line })
  checkCommand(verification, definition, { directive: 'event_handler', line: eventHandler })
}
