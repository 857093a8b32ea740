import { expect, test } from 'vitest'
import { beatOf } from '../../test/beats.ts'
import { createTestClock } from '../../test/test-clock.ts'
import { isoOf } from '../base/instant.ts'
import { clusterRowsOf, collectorRowOf } from '../orchestrator/network.ts'
import { createRoster } from '../orchestrator/roster.ts'
import type { Beat } from '../wire/cluster.ts'
import { topLines, type TopShape } from './top-table.ts'

const keep = (text: string): string => text
const PLAIN = { bold: keep, dim: keep, red: keep, yellow: keep, green: keep, magenta: keep }

function world() {
  const clock = createTestClock()
  const roster = createRoster(clock)
  const startedAt = isoOf(clock.now())
  let beats = 0
  return {
    clock,
    hear: (id: string, more: Partial<Beat> = {}) =>
      roster.hear(beatOf(id, ++beats, more), `beat.${id}`),
    lines: (shape: Partial<TopShape> = {}, hubs: readonly string[] = ['hub-a']) => {
      const members = roster.members()
      const sizes = new Map(members.map(({ cluster }) => [cluster, { hosts: 120, services: 1 }]))
      const emptySince = () => clock.now()
      const view = {
        collectors: members.map((member) => collectorRowOf(member, 'r1')),
        clusters: clusterRowsOf({ clusters: new Map(), sizes, members, emptySince }),
        hubs: hubs.map((name, index) => ({
          name,
          isSelf: index === 0,
          isReachable: index === 0,
          program: '1',
          revision: 'r1',
          epoch: 1,
          database: 'ok',
          hosts: 120,
          services: 1,
          resultsPerSecond: 12.34,
          startedAt,
          verdicts: null,
          differsMs: 0,
        })),
      }
      const now = clock.now()
      const whole = { paint: PLAIN, now, columns: Infinity, rows: Infinity, trouble: '' }
      return topLines(view, { ...whole, ...shape })
    },
  }
}

test('[NW11] blind spots stand first, then lost, late and live collectors by name', () => {
  const { clock, hear, lines } = world()
  hear('west.c1')
  hear('east.c2')
  clock.pass(60_000)
  hear('east.c3')
  clock.pass(3_000)
  hear('east.c4', { standing: 'joining' })
  hear('east.c1', { load: { slots: 128, running: 12, waiting: 3, lateP99Ms: 1_240, loopLagMs: 1 } })
  const text = lines()
  expect(text.slice(0, 3)).toEqual([
    'hub hub-a, 12.3 results/s · 2 clusters · 2 of 5 collectors live · 14 of 148 slots · 3 waiting',
    'BLIND 58s: nobody checks the 120 hosts of west',
    '',
  ])
  expect(text.slice(4).map((line) => line.split(/ {2,}/).slice(0, 7).join('|'))).toEqual([
    'east.c2|lost 58s|-|-|-|-|-',
    'west.c1|lost 58s|-|-|-|-|-',
    'east.c3|late 0s|active|2|1/10|0|250 ms',
    'east.c1|live|active|2|12/128|3|1.2 s',
    'east.c4|live|joining|2|1/10|0|250 ms',
  ])
})

test('[NW11] of each hub the outbox and the clock are shown', () => {
  const { hear, lines } = world()
  const base = { bytes: 10, lost: 0, oldestAgeMs: 500, isConnected: true }
  hear('east.c1', {
    outboxes: [
      { ...base, hub: 'hub-a', waiting: 12 },
      {
        ...base,
        hub: 'hub-b',
        waiting: 4_300,
        oldestAgeMs: 750_000,
        isConnected: false,
        lost: 3,
      },
    ],
    clocks: [
      { hub: 'hub-a', offsetMs: 0.42, errorMs: 0.25, ageMs: 1 },
      { hub: 'hub-b', offsetMs: -3_600_000, errorMs: 12, ageMs: 1 },
    ],
    memoryBytes: 1_234_000_000,
  })
  const row = lines({}, ['hub-a', 'hub-b'])[3]?.split(/ {2,}/)
  expect(row?.slice(7)).toEqual([
    '1.2 GB',
    'hub-a +0.4 ms ±0.3 ms, hub-b -1h0m ±12 ms',
    'hub-a 12, hub-b 4300 for 12m, away, 3 lost',
  ])
  expect(lines({}, ['hub-a', 'hub-b'])[0]).toContain('2 hubs, 1 away')
})

test('[NW11] what does not fit on the terminal is cut and counted', () => {
  const { hear, lines } = world()
  for (let index = 10; index < 40; index++) hear(`east.c${index}`)
  const text = lines({ columns: 60, rows: 12 })
  expect(text).toHaveLength(12)
  expect(text[0]).toHaveLength(60)
  expect(text[11]).toBe('and 22 more collectors: `parallax get collectors`')
  expect(text[10]).toMatch(/^east\.c17/)
  expect(lines({ rows: 1 }).length).toBeLessThan(6)
})

test('[NW11] what keeps the view from being the present is said, without control characters', () => {
  const { lines } = world()
  const text = lines({ trouble: 'cannot reach\u001b[2J the hub' })
  expect(text[1]).toBe('! cannot reach the hub')
  expect(text.at(-1)).toContain('no collector has joined yet')
})
