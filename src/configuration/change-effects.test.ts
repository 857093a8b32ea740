import { describe, expect, test } from 'vitest'
import { attributeChanges } from './attribute-changes.ts'
import { effectsOf } from './change-effects.ts'
import { compile } from './compile.ts'
import { differenceOf, kindChangesOf, withDeltas } from './fleet-difference.ts'
import { digestsOf, mapsOf } from './revision.ts'
import type { Fleet } from '../domain/fleet.ts'

const base = `
secrets: { TOKEN: hunter2 }
timePeriods: { work: { days: { monday: 08:00-16:00 } } }
contacts: { ann: , bob: }
commands:
  look: { line: 'check --token $TOKEN$ $ARG1$' }
hosts:
  a: { checkCommand: look!a, contacts: ann }
  b: { checkCommand: passive }
services:
  s: { host: [a, b], checkCommand: look!s, checkInterval: 60s, checkPeriod: work }
`

function fleetOf(text: string): Fleet {
  const { fleet, problems } = compile([{ file: 'p.yaml', text }])
  expect(problems).toEqual([])
  return fleet
}

function changeOf(...edits: (readonly [string, string])[]) {
  const text = edits.reduce((now, [from, to]) => {
    expect(now).toContain(from)
    return now.replace(from, to)
  }, base)
  const [before, after] = [fleetOf(base), fleetOf(text)]
  return { before, after, difference: differenceOf(digestsOf(before), digestsOf(after)) }
}

const nobody = (): null => null

describe('[CC14] effects in words', () => {
  test.each([
    ['nothing', [], []],
    [
      'a host and its service',
      [
        ['services:\n', '  c:\nservices:\n'],
        ['[a, b]', '[a, b, c]'],
      ],
      ['+1 host', '+1 service'],
    ],
    ['services that go', [['[a, b]', '[a]']], ['-1 service']],
    [
      'no more checks',
      [['checkCommand: look!s', 'checkCommand: passive']],
      ['2 objects are checked no more'],
    ],
    [
      'checks from now on',
      [['checkCommand: passive', 'checkCommand: look!b']],
      ['1 object is checked from now on'],
    ],
    ['another pace', [['60s', '61s']], ['2 checks change their intervals']],
    ['another command', [['look!a', 'look!x']], ['1 check changes its command']],
    ['another period', [[', checkPeriod: work', '']], ['2 checks change their time periods']],
    ['the hours of a period', [['16:00', '17:00']], ['2 checks of time periods that change']],
    ['an address', [['a: {', 'a: { address: 10.0.0.9,']], ['1 host with another address']],
    ['other people', [['contacts: ann', 'contacts: bob']], ['2 objects with other contacts']],
  ] as const)('%s', (_, edits, effects) => {
    const lines = [...effectsOf(changeOf(...edits))]
    expect(lines.filter((line) => line !== undefined)).toEqual(effects)
  })
})

test('[CC12] a plan names what differs, attribute by attribute', () => {
  const change = changeOf(['60s', '90s'], ['contacts: ann', 'contacts: bob'])
  const changes = [...kindChangesOf(change.difference, change, () => 'file')]
  expect(changes.map(({ kind, changed }) => [kind, changed])).toEqual([
    ['host', 1],
    ['service', 2],
  ])
  expect(changes[0]?.objects).toEqual([
    {
      name: 'a',
      change: 'changed',
      attributes: [{ name: 'contacts', before: 'ann', after: 'bob' }],
      source: 'p.yaml:8',
      managedBy: 'file',
    },
  ])
  expect(changes[1]?.objects[0]?.attributes).toContainEqual({
    name: 'check.intervalMs',
    before: '60000',
    after: '90000',
  })
})

test('[CC12] lists end after 1000 names, counts do not', () => {
  const before = { hosts: new Map() } as unknown as Fleet
  const many = Array.from({ length: 1500 }, (_, n) => [`h${n}`, { source: `f:${n}` }] as const)
  const after = { hosts: new Map(many) } as unknown as Fleet
  const difference = differenceOf(digestsOf(before), digestsOf(after))
  const [hosts] = kindChangesOf(difference, { before, after }, nobody)
  expect(hosts).toMatchObject({ kind: 'host', created: 1500 })
  expect(hosts?.objects).toHaveLength(1000)
})

describe('[CC13] secrets', () => {
  test('are masked in commands that change', () => {
    const change = changeOf(['look!a', 'look!x'])
    const changes = [...kindChangesOf(change.difference, change, nobody)]
    expect(changes[0]?.objects[0]?.attributes).toEqual([
      { name: 'command', before: 'check --token *** a', after: 'check --token *** x' },
    ])
  })
  test('that change are a difference that shows nothing', () => {
    const change = changeOf(['hunter2', 'hunter3'])
    const changes = [...kindChangesOf(change.difference, change, nobody)]
    expect(changes[0]?.objects[0]?.attributes).toEqual([
      { name: 'command', before: 'check --token *** a', after: 'check --token *** a' },
    ])
    expect(JSON.stringify(changes)).not.toContain('hunter')
  })
  test('are masked in commands within lists and in handlers', () => {
    const of = (secret: string): object => ({
      eventHandler: {
        isEnabled: true,
        command: { kind: 'arguments', arguments: [secret] },
        shown: 'fix ***',
      },
      aboutHosts: {
        commands: [{ command: { kind: 'shell-line', line: secret }, shown: 'mail ***' }],
      },
      unshown: [{ command: { line: secret } }],
    })
    const changes = attributeChanges(of('one'), of('two'))
    expect(changes).toEqual([
      { name: 'eventHandler.command', before: 'fix ***', after: 'fix ***' },
      { name: 'aboutHosts.commands', before: 'mail ***', after: 'mail ***' },
      { name: 'unshown', before: '***', after: '***' },
    ])
  })
})

test('[CC9] the next fleet holds the very objects that do not change, in the order of the files', () => {
  const { before, after, difference } = changeOf(
    ['hosts:\n', 'hosts:\n  z: { checkCommand: passive }\n'],
    ['  b: { checkCommand: passive }\n', ''],
    ['[a, b]', '[z, a]'],
  )
  const deltas = mapsOf(after).map(([kind, objects]) => {
    const { created = [], changed = [], deleted = [] } = difference.get(kind) ?? {}
    const upserted = new Map([...created, ...changed].map((id) => [id, objects.get(id) as object]))
    const order = created.length + deleted.length > 0 ? [...objects.keys()] : undefined
    return { kind, upserted, deleted, order }
  })
  const next = withDeltas(before, deltas)
  expect([...next.hosts.keys()]).toEqual(['z', 'a'])
  expect(next.hosts.get('a')).toBe(before.hosts.get('a'))
  expect([...next.services.keys()]).toEqual(['z!s', 'a!s'])
  expect(digestsOf(next)).toEqual(digestsOf(after))
})
