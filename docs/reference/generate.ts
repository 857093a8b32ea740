import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { jsonSchema, type JsonSchema } from '../../src/configuration/json-schema.ts'
import { macroTables } from './macro-tables.ts'

/** Makes docs/reference/configuration.md from the schema: `node docs/reference/generate.ts`. A test compares. */
export const PAGE_PATH = join(import.meta.dirname, 'configuration.md')

/** One document for each section; the comment at its begin is the title. A test compiles all of them as one set. */
export const EXAMPLES_PATH = join(import.meta.dirname, 'examples.yaml')

const root = jsonSchema()
const examples = new Map(
  readFileSync(EXAMPLES_PATH, 'utf8')
    .split('\n---\n')
    .map((text) => {
      const [title = '', ...lines] = text.trimEnd().split('\n')
      return [title.replace('# ', ''), lines.join('\n')] as const
    }),
)

const INTRODUCTION = `# Configuration

<!-- Made by \`node docs/reference/generate.ts\` from the schemas in src/configuration/yaml/. -->

One file (\`parallax.yaml\`) or a folder: every \`*.yaml\` and \`*.yml\` in it and below, all of equal rank. Each holds any of the keys below; objects
stand under their kind by name. \`parallax validate\` names every problem with its place. Editors check and complete while you type when the
first line is \`# yaml-language-server: $schema=http://127.0.0.1:8470/schema/v1.json\` (a running hub serves the schema).

Rules in detail: [configuration](../spec/configuration.md), [time periods](../spec/time-periods.md). Options of built-in checks:
[builtin-checks.md](builtin-checks.md).

*Durations* have units: \`30s\`, \`5m\`, \`1h30m\`, \`500ms\`. Where *text or list* is accepted, one name may stand without brackets.

## Macros

${macroTables()}
`

export async function referencePage(): Promise<string> {
  const sections = Object.entries(root.properties ?? {}).flatMap(([key, schema]) =>
    sectionOf(key, schema),
  )
  const options = await resolveConfig(PAGE_PATH)
  return format([INTRODUCTION, ...sections].join('\n'), { ...options, parser: 'markdown' })
}

const SAME: Readonly<Record<string, string>> = {
  'templates.hosts':
    'The keys of [hosts](#hosts). What stands under its `services` has the keys of [services](#services) without `host` and `hosts`, and `forEach` as in [apply](#apply).',
  'templates.services': 'The keys of [services](#services) without `host`, `hosts` and `name`.',
  'templates.contacts': 'The keys of [contacts](#contacts).',
}

/** Sections without an example are refused. */
function exampleOf(key: string): string[] {
  const example = examples.get(key)
  if (example === undefined) throw new Error(`examples.yaml has no document '# ${key}'`)
  return ['```yaml', example, '```', '']
}

function sectionOf(key: string, given: JsonSchema): string[] {
  const schema = unwrapped(given)
  if (schema.properties !== undefined) {
    return Object.entries(schema.properties).flatMap(([inner, one]) =>
      sectionOf(`${key}.${inner}`, one),
    )
  }
  const example = exampleOf(key)
  const title = [`## ${key}`, '']
  if (typeof schema.additionalProperties !== 'object')
    return [...title, `${given.description ?? ''} (${typeText(schema)})`, '', ...example]
  const object = unwrapped(schema.additionalProperties)
  const same = SAME[key]
  const lines = [...title, `${object.description ?? ''} ${same ?? ''}`, '', ...example]
  return same === undefined ? [...lines, ...tablesOf(object, `\`${key}\``)] : lines
}

/** A table of the keys of an object, or of each form that it may have, and of the objects below it. */
function tablesOf(object: JsonSchema, path: string): string[] {
  const forms = (object.anyOf ?? []).map(resolved)
  if (forms.length > 0) {
    return [
      ...forms.map((form) => `- ${phrase(form)}`),
      '',
      ...forms.flatMap((form) => (isBuiltin(form) ? [] : keyTable(form))),
    ]
  }
  const table = keyTable(object)
  const nested = Object.entries(object.properties ?? {}).flatMap(([key, given]) => {
    const value = unwrapped(given)
    if ((key === 'where' || key === 'tunnel') && value.properties !== undefined)
      return [`### \`${key}\``, '', value.description ?? '', '', ...keyTable(value)]
    if (key !== 'checkCommand' || path !== '`hosts`') return []
    return ['### `checkCommand`', '', ...tablesOf(value, `${path}.\`${key}\``)]
  })
  return [...table, ...nested]
}

function keyTable(object: JsonSchema): string[] {
  const rows = Object.entries(object.properties ?? {}).map(([key, given]) => {
    const isRequired = object.required?.includes(key) === true
    const text = (given.description ?? resolved(given).description ?? '').replaceAll('|', '\\|')
    return `| \`${key}\`${isRequired ? ' (needed)' : ''} | ${typeText(given)} | ${text} |`
  })
  return rows.length === 0 ? [] : ['| key | value | meaning |', '| --- | --- | --- |', ...rows, '']
}

function phrase(form: JsonSchema): string {
  const keys = Object.keys(form.properties ?? {})
  const shape = isBuiltin(form)
    ? '`builtin: name` and its options'
    : keys.length > 0
      ? `\`${keys.join('`, `')}\``
      : typeText(form)
  return form.description === undefined ? shape : `${shape}: ${form.description}`
}

function isBuiltin(form: JsonSchema): boolean {
  return (form.anyOf ?? []).some((one) => String(one['$ref']).includes('builtin-'))
}

/** Follows `$ref`, keeping a description that stands beside it. */
function resolved(schema: JsonSchema): JsonSchema {
  const reference = schema['$ref']
  if (typeof reference !== 'string') return schema
  const name = decodeURIComponent(reference.replace('#/$defs/', ''))
  const target = resolved(root.$defs?.[name] ?? {})
  return schema.description === undefined ? target : { ...target, description: schema.description }
}

/** Without the "or nothing" that a key may hold. */
function unwrapped(given: JsonSchema): JsonSchema {
  const schema = resolved(given)
  const branches = schema.anyOf?.map(resolved).filter((branch) => branch['type'] !== 'null')
  const [only] = branches ?? []
  return branches?.length === 1 && only !== undefined && schema.anyOf?.length === 2
    ? unwrapped(only)
    : schema
}

function typeText(given: JsonSchema): string {
  const schema = unwrapped(given)
  if (typeof schema['title'] === 'string') return schema['title']
  if (Array.isArray(schema['enum'])) return schema['enum'].join(', ')
  if (schema.anyOf !== undefined) {
    if (isBuiltin(schema)) return 'keys'
    return [...new Set(schema.anyOf.map(typeText))].join(' or ')
  }
  switch (schema['type']) {
    case 'string':
      return 'text'
    case 'integer':
      return 'whole number'
    case 'boolean':
      return 'true or false'
    case 'array':
      return 'list'
    case 'object':
      return 'keys'
    default:
      return typeof schema['type'] === 'string' ? schema['type'] : 'value'
  }
}

if (process.argv[1] === import.meta.filename) {
  const before = readFileSync(PAGE_PATH, { encoding: 'utf8', flag: 'a+' })
  const page = await referencePage()
  if (page !== before) writeFileSync(PAGE_PATH, page)
}
