import type { NagiosSettings, WrittenObject } from '../nagios/objects.ts'
import type { AttributeRule, Attributes, AttributeValue } from './attribute-rules.ts'

export interface OwnAttributes {
  readonly values: Attributes
  readonly use: readonly string[]
  readonly variables: Readonly<Record<string, string>>
}

/** What an object or a template itself says, in our words; a directive given twice counts as it stands last. */
export function ownAttributes(
  written: WrittenObject,
  rules: Readonly<Record<string, AttributeRule>>,
  settings: NagiosSettings,
): OwnAttributes {
  const values: Record<string, AttributeValue> = {}
  const variables: Record<string, string> = {}
  let use: readonly string[] = []
  for (const { name, value } of written.directives) {
    if (name.startsWith('_')) variables[name.slice(1)] = value
    if (name === 'use') use = value.split(',')
    const rule = rules[name]
    if (rule === undefined) continue
    const read = value === 'null' ? null : rule.read(value, settings)
    if (read !== undefined && !Number.isNaN(read)) values[rule.key] = read
  }
  return { values: withFreshness(values, written), use, variables }
}

/** The threshold counts only where freshness is checked. */
function withFreshness(
  values: Readonly<Record<string, AttributeValue>>,
  written: WrittenObject,
): Attributes {
  const said = (name: string): string | undefined =>
    written.directives.findLast((directive) => directive.name === name)?.value
  const seconds = Number.parseInt(said('freshness_threshold') ?? '', 10)
  if (said('check_freshness') !== '1' || !(seconds > 0)) return values
  return { ...values, freshnessThreshold: `${seconds}s` }
}
