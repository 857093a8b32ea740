import { z } from 'zod'
import { BUILTIN_OPTIONS } from '../domain/builtin-options.ts'
import { BUILTIN_NAMES, type BuiltinName } from '../domain/check.ts'
import { packageNames } from './yaml/field-schemas.ts'
import { KINDS } from './yaml/kinds.ts'
import { builtinCall } from './yaml/command-schemas.ts'

/** A part of a JSON Schema, as far as we look into it. */
export interface JsonSchema {
  readonly [key: string]: unknown
  readonly description?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly anyOf?: readonly JsonSchema[]
  readonly additionalProperties?: JsonSchema | boolean
  readonly $defs?: Readonly<Record<string, JsonSchema>>
}

/** Keys of the top that hold objects by name, with the kind of each. */
const section = (kind: keyof typeof KINDS) =>
  z.record(z.string(), KINDS[kind].schema.nullable()).nullable().optional()

const root = z
  .strictObject({
    hosts: section('hosts').describe('What is up or down, by name.'),
    services: section('services').describe('Services on hosts that are named, by name.'),
    apply: section('apply').describe('Rules: this service on every host where a condition holds.'),
    observe: section('observe').describe(
      'Rules: who observes the hosts where a condition holds, by any name.',
    ),
    commands: section('commands').describe('What checks run, by name.'),
    templates: z
      .strictObject({
        hosts: section('hostTemplates').describe('For hosts, by name.'),
        services: section('serviceTemplates').describe('For services, by name.'),
        contacts: section('contactTemplates').describe('For contacts, by name.'),
      })
      .optional()
      .describe('What hosts, services and contacts may inherit.'),
    hostGroups: section('hostGroups').describe('Groups of hosts, by name.'),
    serviceGroups: section('serviceGroups').describe('Groups of services, by name.'),
    timePeriods: section('timePeriods').describe('Sets of times, by name.'),
    contacts: section('contacts').describe('People, by name.'),
    contactGroups: section('contactGroups').describe('Groups of contacts, by name.'),
    hostDependencies: section('hostDependencies').describe('Hosts that need hosts, by any name.'),
    serviceDependencies: section('serviceDependencies').describe(
      'Services that need services, by any name.',
    ),
    hostEscalations: section('hostEscalations').describe(
      'Who else is told of hosts that stay down, by any name.',
    ),
    serviceEscalations: section('serviceEscalations').describe(
      'Who else is told of services that stay a problem, by any name.',
    ),
    clusters: section('clusters').describe('Groups of collectors, by name.'),
    packages: packageNames
      .optional()
      .describe('Packages of templates that ship with Parallax, such as linux-ssh.'),
    selfMonitoring: z
      .boolean()
      .optional()
      .describe(
        'Whether there are hosts for Parallax itself: `parallax-hub`, and `parallax-cluster-NAME` for each cluster. Default true for `parallax hub`, false for `parallax up`.',
      ),
    resources: section('resources').describe('Values by macro: USER1 is $USER1$.'),
    secrets: section('secrets').describe('Values by macro that are never shown.'),
  })
  .describe('What Parallax monitors.')

/** The JSON Schema (2020-12) of a configuration file, for editors. */
export function jsonSchema(): JsonSchema {
  const options = Object.fromEntries(
    BUILTIN_NAMES.map((name) => [`builtin-${name}`, builtinSchema(name)]),
  )
  const schema = z.toJSONSchema(root, {
    io: 'input',
    reused: 'ref',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema: made }) => {
      if (zodSchema !== builtinCall) return
      for (const key of Object.keys(made)) delete made[key as keyof typeof made]
      Object.assign(made, {
        description: builtinCall.description,
        anyOf: BUILTIN_NAMES.map((name) => ({ $ref: `#/$defs/builtin-${name}` })),
      })
    },
  }) as JsonSchema
  return { ...schema, title: 'Parallax configuration', $defs: { ...schema.$defs, ...options } }
}

/** Options of one built-in check. Each may be a text with macros, and what is looked at is the host unless said otherwise. */
export function builtinSchema(name: BuiltinName): JsonSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(BUILTIN_OPTIONS[name], {
    io: 'input',
    unrepresentable: 'any',
  }) as JsonSchema
  const properties = Object.entries(schema.properties ?? {}).map(([key, option]) => [
    key,
    { anyOf: [option, { type: 'string', pattern: String.raw`\$` }] },
  ])
  return {
    ...schema,
    properties: { builtin: { const: name }, ...(Object.fromEntries(properties) as object) },
    required: ['builtin', ...(schema.required ?? []).filter((key) => key !== 'host')],
  }
}
