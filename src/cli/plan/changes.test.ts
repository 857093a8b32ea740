import { expect, test } from 'vitest'
import colors from 'picocolors'
import type { KindChange } from '../../wire/api/configuration.ts'
import { DONE, PLANNED, renderChanges, renderCounts } from './changes.ts'

const plainTerminal = { columns: 80, paint: colors.createColors(false) }

function object(
  name: string,
  change: 'created' | 'changed' | 'deleted',
  attributes: KindChange['objects'][number]['attributes'] = [],
) {
  return { name, change, attributes, source: 'a.yaml:1:1', managedBy: null }
}

function kind(name: string, objects: KindChange['objects'], more = 0): KindChange {
  const count = (change: string): number => objects.filter((one) => one.change === change).length
  return {
    kind: name,
    created: count('created') + more,
    changed: count('changed'),
    deleted: count('deleted'),
    objects,
  }
}

test('[CL1] one line for each object, and what differs behind it or below it', () => {
  const changes = [
    kind('host', [
      object('web-02', 'created'),
      object('web-01', 'changed', [{ name: 'checkInterval', before: '5m', after: '1m' }]),
      object('db-01', 'changed', [
        { name: 'address', before: '192.0.2.1', after: null },
        { name: 'notes', before: null, after: 'x'.repeat(100) },
      ]),
    ]),
    kind('service', [object('web-01!http', 'deleted')]),
    kind('hostGroups', [object('linux', 'created')]),
    kind('serviceDependencies', [
      object('a', 'changed', [{ name: 'delayMs', before: '5400000', after: '0' }]),
    ]),
  ]
  expect(renderChanges(changes, plainTerminal, false)).toEqual([
    '+ host web-02',
    '~ host web-01  checkInterval 5m -> 1m',
    '~ host db-01',
    '    address 192.0.2.1 -> none',
    `    notes none -> ${'x'.repeat(61)}…`,
    '',
    '- service web-01/http',
    '',
    '+ host group linux',
    '',
    '~ service dependency a  delay 1h30m -> 0s',
  ])
  expect(renderCounts(changes, 'Plan', PLANNED)).toEqual([
    'Plan: 2 to create, 3 to change, 1 to delete',
    '  hosts                 1 to create, 2 to change',
    '  services              1 to delete',
    '  host groups           1 to create',
    '  service dependencies  1 to change',
  ])
})

test('[CL1] a long list is cut with its number, and what is deleted is not hidden by what is new', () => {
  const many = Array.from({ length: 1000 }, (_, index) => object(`host-${index}`, 'created'))
  const long = kind('host', [...many, object('gone', 'deleted')], 200)
  const lines = renderChanges([long], plainTerminal, false)
  expect(lines).toHaveLength(21)
  expect(lines.slice(-2)).toEqual(['- host gone', '  and 1181 more hosts; --all shows them'])
  const whole = renderChanges([long], plainTerminal, true)
  expect(whole).toHaveLength(1002)
  expect(whole.at(-1)).toBe('  and 200 more hosts, of which the hub sends no names')
  expect(renderCounts([long], 'x', DONE)).toEqual(['x: 1200 created, 0 changed, 1 deleted'])
})

test('[CL10] names and values cannot drive the terminal', () => {
  const evil = object('a\u001B[2Jb\r', 'changed', [
    { name: 'notes', before: '\u0007', after: '\n+ host x' },
  ])
  const lines = renderChanges([kind('host', [evil])], plainTerminal, false)
  expect(lines.join('')).not.toMatch(/\p{Cc}/u)
  expect(lines).toHaveLength(1)
})

test('attributes go by the keys of a file, lengths of time and lists as people compare them', () => {
  const differing = object('a', 'changed', [
    { name: 'check.maxAttempts', before: '3', after: '5' },
    { name: 'statePolicy.maxAttempts', before: '3', after: '5' },
    { name: 'check.intervalMs', before: '300000', after: '90500' },
    { name: 'members', before: 'a, b, c', after: 'b, c, d' },
    { name: 'groups', before: '', after: 'x' },
    { name: 'parents', before: 'a, b…', after: 'a' },
    { name: 'notes', before: '', after: 'a, b' },
  ])
  expect(renderChanges([kind('host', [differing])], plainTerminal, false)).toEqual([
    '~ host a',
    '    maxCheckAttempts 3 -> 5',
    '    checkInterval 5m -> 1m30s500ms',
    '    members +d -a',
    '    groups +x',
    '    parents differ, a list too long to show',
    '    notes "" -> a, b',
  ])
})
