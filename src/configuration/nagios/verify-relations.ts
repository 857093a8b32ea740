import type { NagiosEscalation, NagiosDependency } from './objects.ts'
import { refuse } from './resolution.ts'
import { checkNamed, checkReference, type Verification } from './verification.ts'

export function checkRelations(verification: Verification): void {
  const { objects } = verification
  const checked = new Set<unknown>()
  const once = <R extends NagiosDependency | NagiosEscalation>(
    relations: readonly R[],
    check: (verification: Verification, relation: R) => void,
  ): void => {
    for (const relation of relations) {
      if (checked.has(relation.definition)) continue
      checked.add(relation.definition)
      check(verification, relation)
    }
  }
  once(objects.hostDependencies, checkDependency)
  once(objects.serviceDependencies, checkDependency)
  for (const { definition, hostName, dependentHostName } of objects.hostDependencies) {
    for (const host of [hostName, dependentHostName]) {
      if (objects.hosts.has(host)) continue
      refuse(verification, definition, { message: `host '${host}' is not registered` })
    }
  }
  for (const escalation of objects.hostEscalations) checkEscalated(verification, escalation)
  for (const escalation of objects.serviceEscalations) checkEscalated(verification, escalation)
  once(objects.hostEscalations, checkPeriod)
  once(objects.serviceEscalations, checkPeriod)
}

function checkDependency(
  verification: Verification,
  { definition, period }: NagiosDependency,
): void {
  checkReference(verification, definition, {
    directive: 'dependency_period',
    name: period,
    kind: 'timePeriods',
  })
}

function checkPeriod(verification: Verification, { definition, period }: NagiosEscalation): void {
  checkReference(verification, definition, {
    directive: 'escalation_period',
    name: period,
    kind: 'timePeriods',
  })
}

function checkEscalated(
  verification: Verification,
  { definition, contacts, contactGroups }: NagiosEscalation,
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
