import { describe, expect, test } from 'vitest'
import { apiRow, batchOf, EMPTY_SNAPSHOT, minutesAgo, NOON_MS } from '../../../test/console-rows.ts'
import type { ObjectRow } from '../../wire/api/objects.ts'
import { LiveStore } from '../live/live-store.ts'
import { NO_FILTER, parseFilter, type Filter } from './filter.ts'
import { lanesOf, type Lanes } from './lanes.ts'

function lanes(
  rows: readonly ObjectRow[],
  filter: Filter = NO_FILTER,
  recoveries: ReadonlyMap<string, number> = new Map(),
): Lanes {
  const store = new LiveStore()
  store.load(structuredClone(EMPTY_SNAPSHOT))
  store.apply(batchOf(rows))
  return lanesOf({ columns: store.view.columns, recoveries, now: NOON_MS }, filter)
}

describe('lanes', () => {
  test('[UI3] each object is in the lane of its trouble, and what is well is in none', () => {
    const recovered = new Map([
      ['web!ssh', NOON_MS - 5 * 60_000],
      ['web!long-ago', NOON_MS - 20 * 60_000],
      ['web!http', NOON_MS - 60_000],
    ])
    const { ids, totals } = lanes(
      [
        apiRow('web'),
        apiRow('web!http', { state: 'critical' }),
        apiRow('web!ssh'),
        apiRow('web!long-ago'),
        apiRow('web!calm'),
        apiRow('web!dns', { isStale: true }),
        apiRow('web!new', { state: 'pending', lastCheckAt: null, lastChangeAt: null }),
      ],
      NO_FILTER,
      recovered,
    )
    expect(ids).toEqual({
      problems: ['web!http'],
      recovered: ['web!ssh'],
      symptoms: [],
      stale: ['web!dns'],
      pending: ['web!new'],
    })
    expect(totals).toEqual({ problems: 1, recovered: 1, symptoms: 0, stale: 1, pending: 1 })
  })

  test('[UI3] a problem that goes stale stays a problem', () => {
    expect(lanes([apiRow('web!http', { state: 'critical', isStale: true })]).ids.problems).toEqual([
      'web!http',
    ])
  })

  test('[UI3] services of a host that is down are its symptoms; a soft down explains nothing yet', () => {
    const down = lanes([
      apiRow('web', { state: 'down' }),
      apiRow('web!http', { state: 'critical' }),
      apiRow('web!ssh', { state: 'unknown' }),
      apiRow('db!load', { state: 'warning' }),
    ])
    expect(down.ids.problems).toEqual(['web', 'db!load'])
    expect(down.ids.symptoms).toEqual(['web!http', 'web!ssh'])
    expect(down.symptomsOf).toEqual(new Map([['web', 2]]))

    const soft = lanes([
      apiRow('web', { state: 'down', type: 'soft' }),
      apiRow('web!http', { state: 'critical' }),
    ])
    expect(soft.ids.problems).toEqual(['web', 'web!http'])
  })

  test('[UI4] worst first, then the newest, then by name', () => {
    const { ids } = lanes([
      apiRow('a!warning', { state: 'warning', lastChangeAt: minutesAgo(1) }),
      apiRow('b!old', { state: 'critical', lastChangeAt: minutesAgo(90) }),
      apiRow('d!twin', { state: 'critical', lastChangeAt: minutesAgo(5) }),
      apiRow('c!twin', { state: 'critical', lastChangeAt: minutesAgo(5) }),
      apiRow('e!unknown', { state: 'unknown', lastChangeAt: minutesAgo(1) }),
      apiRow('f', { state: 'unreachable', lastChangeAt: minutesAgo(1) }),
      apiRow('g', { state: 'down', lastChangeAt: minutesAgo(900) }),
    ])
    expect(ids.problems).toEqual(['g', 'c!twin', 'd!twin', 'b!old', 'a!warning', 'e!unknown', 'f'])
  })

  test('[UI7] a filter thins the lanes and leaves their totals', () => {
    const rows = [
      apiRow('web-1!http', { state: 'critical', output: 'Connection REFUSED' }),
      apiRow('web-2!http', { state: 'warning', groups: ['shop'] }),
      apiRow('db!disk /', { state: 'critical', isStale: true }),
    ]
    const found = (
      text: string,
      states: Parameters<typeof parseFilter>[1] = [],
    ): readonly string[] => lanes(rows, parseFilter(text, states)).ids.problems
    expect(found('refused')).toEqual(['web-1!http'])
    expect(found('WEB http')).toEqual(['web-1!http', 'web-2!http'])
    expect(found('host:web -service:http')).toEqual([])
    expect(found('-group:shop host:web')).toEqual(['web-1!http'])
    expect(found('service:"disk /"')).toEqual(['db!disk /'])
    expect(found('', ['critical'])).toEqual(['web-1!http'])
    expect(found('', ['stale', 'warning'])).toEqual(['db!disk /', 'web-2!http'])
    expect(lanes(rows, parseFilter('nothing like it', [])).totals.problems).toBe(3)
  })
})
