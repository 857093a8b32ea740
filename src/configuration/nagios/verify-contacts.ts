import type { NagiosContact } from './objects.ts'
import { refuse, warn } from './resolution.ts'
import { checkCommand, checkReference, type Verification } from './verification.ts'

export function checkContacts(verification: Verification): void {
  for (const contact of verification.objects.contacts.values()) {
    checkPolicy(verification, contact, 'host')
    checkPolicy(verification, contact, 'service')
  }
}

function checkPolicy(
  verification: Verification,
  contact: NagiosContact,
  about: 'host' | 'service',
): void {
  const { definition } = contact
  const { commands, options, period } = about === 'host' ? contact.hosts : contact.services
  const directive = `${about}_notification_commands`
  if (commands.length === 0) {
    refuse(verification, definition, { directive, message: `has no ${directive}` })
  }
  for (const line of commands) checkCommand(verification, definition, { directive, line })
  const periodDirective = `${about}_notification_period`
  if (period === undefined) {
    warn(verification, definition, { message: `has no ${periodDirective}` })
  } else {
    checkReference(verification, definition, {
      directive: periodDirective,
      name: period,
      kind: 'timePeriods',
    })
  }
  if (options !== 'r') return
  warn(verification, definition, {
    directive: `${about}_notification_options`,
    message: `recoveries of ${about}s alone are never told`,
    hint: 'name problems too',
  })
}
