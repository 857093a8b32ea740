import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { BUILTIN_OPTIONS, withDefaultHost } from './builtin-options.ts'
import { BUILTIN_NAMES, type BuiltinName } from './check.ts'

const MINIMAL: Readonly<Record<BuiltinName, Readonly<Record<string, unknown>>>> = {
  ping: { host: 'a' },
  tcp: { host: 'a', port: '22', warning: '500ms', expect: 'x', all: 'true' },
  http: { url: 'https://example.org/a?b', certificateWarning: '30', headers: 'X: y' },
  tls: { host: 'a' },
  dns: { name: 'a', expect: ['b', 'c'] },
  cpu: { warning: 80, critical: '~:90' },
  load: { warning: 5 },
  memory: {},
  disk: { paths: '/', warning: '2GiB' },
  process: { name: 'a' },
  clock: { servers: 'a' },
  parallax: { latenessWarning: '1m' },
}

describe.each(BUILTIN_NAMES)('%s', (name) => {
  const schema = BUILTIN_OPTIONS[name]

  test('[BT2] what was validated once stays as it is', () => {
    const once = schema.parse(MINIMAL[name])
    expect(schema.parse(once)).toEqual(once)
  })

  test('[BT2] unknown names are refused', () => {
    const result = schema.safeParse({ ...MINIMAL[name], nonsense: 1 })
    expect(result.error?.issues[0]).toMatchObject({ code: 'unrecognized_keys', keys: ['nonsense'] })
  })

  test('[BT2] every value fits what a check carries', () => {
    for (const value of Object.values(schema.parse(MINIMAL[name]))) {
      const isList = Array.isArray(value) && value.every((item) => typeof item === 'string')
      expect(isList || ['string', 'number', 'boolean'].includes(typeof value)).toBe(true)
    }
  })

  test('[BT2] editors can be told of it', () => {
    expect(z.toJSONSchema(schema, { io: 'input' })).toMatchObject({ type: 'object' })
  })
})

test.each<readonly [BuiltinName, Readonly<Record<string, unknown>>, string]>([
  ['tcp', { host: 'a', port: 70_000 }, 'a whole number, up to 65535'],
  ['tcp', { host: 'a', port: 1, warning: '5x' }, 'seconds, such as 0.5, 500ms or 2s'],
  ['http', {}, 'needs url or host'],
  ['http', { host: 'a', path: 'health' }, 'a path that begins with / and holds no spaces'],
  ['http', { host: 'a', path: '/a b' }, 'a path that begins with / and holds no spaces'],
  ['http', { host: 'a', headers: ['X: y\r\nEvil: z'] }, 'Name: value'],
  ['http', { host: 'a', regex: '(' }, 'no regular expression'],
  ['ping', { host: 'a', warning: '100' }, 'ms and loss, such as 100,20%'],
  ['disk', { warning: '10' }, 'a share or size with its unit, such as 10%, 500MB, 2GiB'],
  ['cpu', { warning: '20:10' }, 'a threshold range, such as 10, 10:, ~:10'],
])('[BT2] %s %j: %s', (name, options, hint) => {
  const issues = JSON.stringify(BUILTIN_OPTIONS[name].safeParse(options).error?.issues)
  expect(issues).toContain(hint)
})

test('network checks look at their host unless they say otherwise', () => {
  expect(withDefaultHost('tcp', { port: 1 })).toEqual({ host: '$HOSTADDRESS$', port: 1 })
  expect(withDefaultHost('tcp', { host: 'b', port: 1 })).toEqual({ host: 'b', port: 1 })
  expect(withDefaultHost('http', { url: 'http://b/' })).toEqual({ url: 'http://b/' })
  expect(withDefaultHost('load', {})).toEqual({})
})

test('the reference names every option of every check, and no other', () => {
  const file = join(import.meta.dirname, '../../docs/reference/builtin-checks.md')
  const sections = readFileSync(file, 'utf8').split(/^## /m).slice(1)
  const written = sections.map((section) => {
    const rows = [...section.matchAll(/^\| (`[^|]*?`) *\|/gm)].map((row) => row[1] ?? '')
    return [section.split('\n')[0], rows.flatMap((row) => row.match(/\w+/g) ?? []).sort()]
  })
  const known = BUILTIN_NAMES.map((name) => {
    const { properties = {} } = z.toJSONSchema(BUILTIN_OPTIONS[name], { io: 'input' })
    return [name, Object.keys(properties).sort()]
  })
  expect(Object.fromEntries(written)).toEqual(Object.fromEntries(known))
})
