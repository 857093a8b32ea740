import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { isMap, isScalar, parseDocument, type Document, type YAMLMap } from 'yaml'

/** Makes docs/reference/templates.md from the packages: `node docs/reference/generate-templates.ts`. A test compares. */
export const TEMPLATES_PATH = join(import.meta.dirname, 'templates.md')

const FOLDER = join(import.meta.dirname, '..', '..', 'templates')

const INTRODUCTION = `# Packages of templates

<!-- Made by \`node docs/reference/generate-templates.ts\` from the files in templates/. -->

A package is a file of templates that ships with Parallax. \`packages: [name]\` in any configuration file reads it. A host that uses one of its host
templates gets the services of that template; custom variables of the host are its parameters. What the host says itself under the name of
such a service stands instead. Rules: [configuration](../spec/configuration.md), CF22 and CF24.

Secrets are given as macros: \`SNMP_COMMUNITY: $SNMP_READ$\`, with \`secrets: { SNMP_READ: { file: /etc/parallax/snmp-read } }\`.
`

export async function templatesPage(): Promise<string> {
  const sections = readdirSync(FOLDER)
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .flatMap((file) => sectionOf(file))
  const options = await resolveConfig(TEMPLATES_PATH)
  return format([INTRODUCTION, ...sections].join('\n'), { ...options, parser: 'markdown' })
}

function sectionOf(file: string): readonly string[] {
  const document = parseDocument(readFileSync(join(FOLDER, file), 'utf8'))
  const templates = document.getIn(['templates', 'hosts'])
  if (!isMap(templates)) return []
  const [description, example] = openingOf(document)
  return [
    `## ${file.replace(/\.yaml$/, '')}`,
    '',
    description,
    '',
    ...(example === '' ? [] : ['```yaml', example, '```', '']),
    ...templates.items.flatMap(({ key, value }) =>
      isScalar(key) && isMap(value) ? templateSection(String(key.value), value) : [],
    ),
  ]
}

/** The comment at the top: words, then an indented example. */
function openingOf(document: Document): readonly [description: string, example: string] {
  const lines = (document.commentBefore ?? '').split('\n')
  const isExample = (line: string): boolean => line.startsWith('   ')
  const example = lines.filter(isExample).map((line) => line.slice(3))
  const words = lines.filter((line) => !isExample(line)).map((line) => line.trim())
  return [words.join(' ').trim(), example.join('\n')]
}

function templateSection(name: string, template: YAMLMap): readonly string[] {
  const variables = template.get('variables')
  const services = template.get('services')
  const lines = [`### \`${name}\``, '']
  if (isMap(variables)) {
    lines.push('| parameter | default | meaning |', '| --- | --- | --- |')
    for (const { key, value } of variables.items) {
      if (!isScalar(key)) continue
      const comment = (key.commentBefore ?? firstComment(variables, key)).trim()
      const shown = JSON.stringify((value as { toJSON(): unknown }).toJSON())
      lines.push(`| \`${String(key.value)}\` | \`${shown}\` | ${comment} |`)
    }
    lines.push('')
  }
  if (isMap(services)) {
    lines.push('| service | what it means |', '| --- | --- |')
    for (const { key, value } of services.items) {
      if (!isScalar(key) || !isMap(value)) continue
      const each = textIn(value, 'forEach')
      const of = each === undefined ? '' : ` for each of \`${each}\``
      lines.push(`| ${String(key.value)}${of} | ${textIn(value, 'notes') ?? ''} |`)
    }
    lines.push('')
  }
  return lines
}

function textIn(map: YAMLMap, key: string): string | undefined {
  const value = map.get(key)
  return typeof value === 'string' ? value : undefined
}

/** A comment above the first key belongs to the map. */
function firstComment(map: YAMLMap, key: unknown): string {
  return map.items[0]?.key === key ? (map.commentBefore ?? '') : ''
}

if (process.argv[1] === import.meta.filename) writeFileSync(TEMPLATES_PATH, await templatesPage())
