import type { Origin } from '../definitions.ts'
import type {
  NagiosResource,
  ResolvedDefinition,
  WrittenDirective,
  WrittenObject,
} from '../nagios/objects.ts'
import type { Place } from '../problem.ts'
import { CLUSTER_VARIABLE } from './targets.ts'
import { CONTACT_RULES, HOST_RULES, SERVICE_RULES, type AttributeRule } from './attribute-rules.ts'

/** Directives whose attribute is not in the rules. */
const OTHERS: Readonly<Record<string, string>> = {
  name: 'service_description',
  host: 'host_name',
  where: 'hostgroup_name',
  line: 'command_line',
  use: 'use',
  exclude: 'exclude',
  members: 'members',
  freshnessThreshold: 'freshness_threshold',
  cluster: CLUSTER_VARIABLE,
}

/** From attribute to directive. */
const DIRECTIVES: ReadonlyMap<string, string> = new Map([
  ...[HOST_RULES, SERVICE_RULES, CONTACT_RULES].flatMap(
    (rules: Readonly<Record<string, AttributeRule>>) =>
      Object.entries(rules).map(([directive, { key }]) => [key, directive] as const),
  ),
  ...Object.entries(OTHERS),
])

/** Where an object was written, and what it says there or inherits from a template. */
export function originOf({ written, slots, customVariables }: ResolvedDefinition): Origin {
  return originAmong(written, () => [
    ...slots,
    ...written.directives,
    customVariables.get(CLUSTER_VARIABLE),
  ])
}

/** Without what it inherits. */
export function originOfWritten(written: WrittenObject): Origin {
  return originAmong(written, () => written.directives)
}

function originAmong(
  { file, line }: WrittenObject,
  directives: () => readonly (WrittenDirective | undefined)[],
): Origin {
  return placing({ file, line, column: 1 }, (attribute) => {
    const name = DIRECTIVES.get(attribute)
    return name === undefined ? undefined : directives().find((one) => one?.name === name)
  })
}

export function originOfResource({ file, line, column }: NagiosResource): Origin {
  return placing({ file, line, column }, () => undefined)
}

export function originOfFile(file: string): Origin {
  return placing({ file, line: 1, column: 1 }, () => undefined)
}

function placing(
  self: Place,
  directiveOf: (attribute: string) => WrittenDirective | undefined,
): Origin {
  const place = (path: readonly PropertyKey[] = []): Place => {
    const attribute = path.find((part) => part !== 'service')
    const found = attribute === undefined ? undefined : directiveOf(String(attribute))
    if (found === undefined) return self
    return { file: found.file, line: found.line, column: found.column }
  }
  return { place, keyPlace: place }
}
