import { expect, test } from 'vitest'
import { chosenOf, type Candidate } from './choose.ts'

function row(id: string, hosts: number, more: Partial<Candidate> = {}): Candidate {
  const [cluster = ''] = id.split('.')
  return { id, cluster, hosts, health: 'live', standing: 'active', role: 'full', ...more }
}

test('[DR8] nobody is named: the one with the most hosts that another can take over', () => {
  const rows = [
    row('lone.c1', 900),
    row('east.c1', 10),
    row('east.c2', 30),
    row('east.c3', 50, { standing: 'cordoned' }),
    row('west.c1', 400),
    row('west.c2', 0, { role: 'executor' }),
  ]
  expect(chosenOf(rows, undefined).id).toBe('east.c2')
})

test('[DR8] one whose hosts would be left alone is refused, with the reason', () => {
  const rows = [row('east.c1', 10), row('east.c2', 30, { health: 'lost' }), row('west.c1', 5)]
  expect(() => chosenOf(rows, undefined)).toThrow('without its hosts being left alone')
  expect(() => chosenOf(rows, 'east.c1')).toThrow('the only working collector of east')
  expect(() => chosenOf(rows, 'east.c2')).toThrow('east.c2 is lost')
  expect(() => chosenOf(rows, 'east.c9')).toThrow('no collector east.c9')
})
