import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ODD_TEXTS } from '../../../test/odd-texts.ts'
import { compileDefinitions } from '../compile.ts'
import type { Definition, Definitions } from '../definitions.ts'
import { STARTER_PATH } from '../load.ts'
import { nameFault } from '../names.ts'
import { Problems, renderProblem } from '../problem.ts'
import { revisionOf } from '../revision.ts'
import { KINDS, type KindName } from './kinds.ts'
import { readDefinitions } from './read-definitions.ts'
import { objectYaml, writeYaml } from './write-yaml.ts'

function read(text: string): Definitions {
  const problems = new Problems()
  const definitions = readDefinitions([{ file: 'parallax.yaml', text }], problems)
  expect(problems.sorted().map(renderProblem), text).toEqual([])
  return definitions
}

/** What was written, without the places. */
function plain(definitions: Definitions): unknown {
  const values = (all: Iterable<Definition<unknown>>): unknown =>
    Object.fromEntries([...all].map(({ name, value }) => [name, value]))
  return {
    ...Object.fromEntries(
      (Object.keys(KINDS) as KindName[]).map((kind) => [kind, values(definitions[kind].values())]),
    ),
    hostServices: Object.fromEntries(
      [...definitions.hostServices].flatMap(([host, services]) =>
        services.length === 0 ? [] : [[host, values(services)]],
      ),
    ),
  }
}

const NOWHERE = { file: 'here', line: 1, column: 1 }
const origin = { place: () => NOWHERE, keyPlace: () => NOWHERE }

/** None is longer than an address may be. */
const text = fc
  .oneof(
    fc.constantFrom(...ODD_TEXTS),
    fc.string({ unit: 'grapheme', maxLength: 30 }),
    fc.string({
      unit: fc.constantFrom(...' \n:#-?!&*|>\'"%@,[]{}~\\0aé'.split('')),
      maxLength: 20,
    }),
  )
  .filter((one) => one.length <= 255)
const name = text.filter((one) => one !== '<<' && nameFault(one, 'host') === undefined)
const names = fc.oneof(name, fc.array(name, { maxLength: 4 }))
const value = fc.oneof(text, fc.integer(), fc.boolean())
const variables = fc.dictionary(
  fc.constantFrom('A', 'B_1', '007', 'null', '1e3', 'true', '_x'),
  fc.oneof(value, fc.array(value, { maxLength: 3 })),
  { noNullPrototype: true },
)
const line = text.filter((one) => one !== '')
const call = fc.oneof(
  line,
  fc.record({ line }),
  fc.record({ arguments: fc.array(line, { minLength: 1, maxLength: 4 }) }),
  fc.record({ command: name, arguments: fc.array(text, { maxLength: 4 }) }),
)
const attributes = {
  use: names,
  checkCommand: fc.oneof(call, fc.constant(null)),
  notes: fc.oneof(text, fc.constant(null)),
  groups: fc.array(name, { maxLength: 3 }).map((list) => ['+', ...list]),
  checkInterval: fc.constantFrom('1m', '90s', '1h30m', null),
  importance: fc.nat({ max: 9 }),
  variables,
}
const service = fc.record(attributes, { requiredKeys: [], noNullPrototype: true })
const host = fc.record({ ...attributes, alias: text }, { requiredKeys: [], noNullPrototype: true })

const objects = <V>(one: fc.Arbitrary<V>) =>
  fc
    .dictionary(name, one, { maxKeys: 4, noNullPrototype: true })
    .map(
      (all) =>
        new Map(
          Object.entries(all).map(([key, given]) => [key, { name: key, value: given, origin }]),
        ),
    )

const definitions = fc
  .record({
    hosts: objects(host),
    services: objects(fc.tuple(names, service).map(([on, rest]) => ({ host: on, ...rest }))),
    hostTemplates: objects(
      fc
        .tuple(host, fc.dictionary(name, service, { maxKeys: 2, noNullPrototype: true }))
        .map(([own, services]) => ({ ...own, services })),
    ),
    serviceTemplates: objects(service),
    commands: objects(fc.record({ line })),
    contacts: objects(
      fc.record({ email: text, addresses: fc.array(text, { maxLength: 6 }), variables }),
    ),
    hostGroups: objects(fc.record({ alias: text, members: names })),
    of: fc.array(fc.dictionary(name, service, { minKeys: 1, maxKeys: 3, noNullPrototype: true })),
  })
  .map(({ of, ...kinds }): Definitions => {
    const hostServices = new Map(
      [...kinds.hosts.keys()].flatMap((key, index) => {
        const services = Object.entries(of[index] ?? {})
        return services.length === 0
          ? []
          : [[key, services.map(([one, given]) => ({ name: one, value: given, origin }))] as const]
      }),
    )
    return { ...read(''), ...kinds, hostServices }
  })

describe('[CF27] definitions as YAML text', () => {
  test('read again they are the same, whatever names and texts they hold', () => {
    fc.assert(
      fc.property(definitions, (written) => {
        expect(plain(read(writeYaml(written)))).toEqual(plain(written))
      }),
      { numRuns: 300 },
    )
  })

  const templates = join(import.meta.dirname, '../../../templates')
  const shipped = readdirSync(templates)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => join(templates, file))
  test.each([STARTER_PATH, ...shipped])('%s gives the same revision', (file) => {
    const written = read(`${readFileSync(file, 'utf8')}\n---\n`)
    const again = read(writeYaml(written))
    expect(plain(again)).toEqual(plain(written))
    const [before, after] = [compileDefinitions(written).fleet, compileDefinitions(again).fleet]
    expect(revisionOf(after)).toBe(revisionOf(before))
  })

  test('what depends on little comes first, sections apart, services under their hosts', () => {
    const written = read(`
hosts: { b: { use: t, services: { ssh: { checkCommand: port!22 } } }, a: }
apply: { s: { where: { host: '*' }, service: { checkCommand: passive } } }
templates: { services: { u: {} }, hosts: { t: { checkInterval: 1m } } }
commands: { port: { builtin: tcp, port: $ARG1$ } }
`)
    expect(writeYaml(written, { header: 'From a test.\n\nTwo' })).toBe(`# From a test.
#
# Two

commands:
  port: { builtin: tcp, port: $ARG1$ }

templates:
  hosts:
    t: { checkInterval: 1m }
  services:
    u: {}

hosts:
  b:
    use: t
    services:
      ssh: { checkCommand: port!22 }
  a: {}

apply:
  s:
    where: { host: '*' }
    service: { checkCommand: passive }
`)
    expect(plain(read(writeYaml(read(''))))).toEqual(plain(read('')))
  })

  test('secrets are masked on request; where they are read from is none', () => {
    const written = read(
      'secrets: { USER1: hunter2, USER2: 7, USER3: { env: TOKEN } }\nresources: { USER4: /usr/lib }\n',
    )
    expect(writeYaml(written, { maskSecrets: true })).toBe(
      "resources:\n  USER4: /usr/lib\n\nsecrets:\n  USER1: '***'\n  USER2: '***'\n  USER3: { env: TOKEN }\n",
    )
    expect(plain(read(writeYaml(written)))).toEqual(plain(written))
  })

  test('one object stands under the keys that lead to it', () => {
    const template = { alias: 'null', groups: ['+', 'a'], variables: { A: 1 } }
    expect(objectYaml('hostTemplates', '007', template)).toBe(`templates:
  hosts:
    '007':
      alias: 'null'
      groups: [+, a]
      variables: { A: 1 }
`)
    expect(objectYaml('secrets', 'USER1', 'x')).toBe('secrets:\n  USER1: x\n')
  })
})
