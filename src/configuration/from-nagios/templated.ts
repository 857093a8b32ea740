import type { Definitions } from '../definitions.ts'
import type { NagiosReading } from '../nagios/objects.ts'
import { addCommands } from './command-forms.ts'
import { Forms } from './forms.ts'
import { addRelationForms } from './relation-forms.ts'
import { dropUnknownReferences } from './unknown-references.ts'
import { addServiceForms } from './service-forms.ts'

/**
 * What people wrote for Nagios, in our words: templates stay templates, groups stay groups, a service of a group becomes an apply rule.
 * Where our inheritance gives something else than Nagios found, the object itself says what Nagios found; so this compiles to the same
 * fleet as `definitions.ts` (a test compares the revisions).
 */
export function templatedDefinitions(reading: NagiosReading): Definitions {
  const forms = new Forms(reading)
  forms.addTemplates()
  forms.addContacts()
  forms.addHosts()
  addServiceForms(reading, forms)
  addRelationForms(reading, forms.into)
  addCommands(reading, forms)
  dropUnknownReferences(forms.into)
  return forms.into
}
