import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { EXAMPLES_PATH, PAGE_PATH, referencePage } from '../docs/reference/generate.ts'
import { compile } from '../src/configuration/compile.ts'
import { jsonSchema } from '../src/configuration/json-schema.ts'
import { loadConfiguration, STARTER_PATH } from '../src/configuration/load.ts'
import { renderProblem } from '../src/configuration/problem.ts'

const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(jsonSchema())

function faultsOf(text: string): string[] {
  return parseAllDocuments(text).flatMap((document) => {
    if (validate(document.toJS())) return []
    return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ''}`)
  })
}

test('docs/reference/configuration.md is up to date: run `node docs/reference/generate.ts`', async () => {
  expect(readFileSync(PAGE_PATH, 'utf8')).toBe(await referencePage())
})

describe('[CF18] the JSON Schema', () => {
  test('fits the starter configuration', () => {
    expect(faultsOf(readFileSync(STARTER_PATH, 'utf8'))).toEqual([])
  })
  test('fits the examples of the README', () => {
    const readme = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8')
    const examples = [...readme.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) =>
      (match[1] as string).replaceAll(/^ {3}/gm, ''),
    )
    expect(examples.length).toBeGreaterThan(0)
    expect(examples.flatMap(faultsOf)).toEqual([])
  })
  test('fits the examples of the reference, and they compile as one configuration', async () => {
    const text = readFileSync(EXAMPLES_PATH, 'utf8')
    expect(faultsOf(text)).toEqual([])
    const folder = mkdtempSync(join(tmpdir(), 'parallax-examples-'))
    writeFileSync(join(folder, 'examples.yaml'), text)
    writeFileSync(join(folder, 'snmp-community'), 'public one\n')
    const environment = { CALL_TOKEN: 'a-token' }
    const { fleet, problems } = await loadConfiguration(folder, { environment })
    rmSync(folder, { recursive: true })
    expect(problems.map(renderProblem)).toEqual([])
    for (const [kind, objects] of Object.entries(fleet) as [string, ReadonlyMap<string, object>][])
      expect(objects.size, kind).toBeGreaterThan(0)
    expect([...fleet.services.keys()].filter((id) => id.startsWith('web-01!')).sort()).toEqual(
      ['backup', 'database', 'disk', 'load', 'ntp', 'site shop.example.org']
        .concat(['site www.example.org', 'ssh'])
        .map((name) => `web-01!${name}`),
    )
    const shown = JSON.stringify(
      [[...fleet.services.values()], [...fleet.contacts.values()]]
        .flat()
        .map((one) =>
          'shownCommand' in one
            ? one.shownCommand
            : one.aboutServices.commands.map((command) => command.shown),
        ),
    )
    expect(shown).toContain('***')
    expect(shown).not.toMatch(/public one|a-token/)
  })
  test('fits the templates, and they compile beside a host', () => {
    const folder = join(import.meta.dirname, '..', 'templates')
    const sources = readdirSync(folder).map((file) => ({
      file,
      text: readFileSync(join(folder, file), 'utf8'),
    }))
    expect(sources.length).toBeGreaterThan(0)
    expect(sources.flatMap(({ text }) => faultsOf(text))).toEqual([])
    const host = `hosts:
  web-01:
    use: server
    groups: [+, web-servers]
    variables: { TCP_PORTS: [22, 5432], CERTIFICATE: www.example.org }
    services: { load: { checkCommand: check_load!5!10 } }
`
    const { fleet, problems } = compile([...sources, { file: 'hosts.yaml', text: host }])
    expect(problems).toEqual([])
    expect([...fleet.services.keys()].sort()).toEqual([
      'web-01!certificate',
      'web-01!http',
      'web-01!load',
      'web-01!tcp 22',
      'web-01!tcp 5432',
    ])
  })
  test('lets macros stand for numbers, and groups be empty', () => {
    expect(faultsOf('hostGroups: { g: }\ncommands: { c: { builtin: tcp, port: $ARG1$ } }')).toEqual(
      [],
    )
  })
  test.each([
    'hosts: { a: { adress: x } }',
    'hosts: { a: { checkInterval: 30 } }',
    'hosts: { a: { checkCommand: { builtin: tcpp } } }',
    'hosts: { a: { checkCommand: { builtin: tcp, prt: 1 } } }',
    'host: {}',
    'apply: { r: { where: { grup: x }, service: {} } }',
  ])('refuses %s', (text) => {
    expect(faultsOf(text)).not.toEqual([])
  })
  test('describes every key', () => {
    const whole = jsonSchema()
    const undescribed: string[] = []
    const look = (schema: unknown, path: string): void => {
      if (typeof schema !== 'object' || schema === null) return
      for (const [key, value] of Object.entries(schema)) {
        if (key === 'properties' && !path.includes('builtin-')) {
          for (const [name, property] of Object.entries(value as Record<string, object>)) {
            const target = '$ref' in property ? String(property.$ref) : ''
            const isDescribed =
              'description' in property || descriptionAt(whole, target) !== undefined
            if (!isDescribed) undescribed.push(`${path}.${name}`)
          }
        }
        look(value, `${path}.${key}`)
      }
    }
    look(whole, '')
    expect(undescribed).toEqual([])
  })
})

function descriptionAt(
  whole: ReturnType<typeof jsonSchema>,
  reference: string,
): string | undefined {
  const name = reference.replace('#/$defs/', '')
  const target = whole.$defs?.[name]
  const further = target?.['$ref']
  return (
    target?.description ?? (typeof further === 'string' ? descriptionAt(whole, further) : undefined)
  )
}
