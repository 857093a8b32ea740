import { describe, expect, test } from 'vitest'
import { apiRow, batchOf, EMPTY_SNAPSHOT, minutesAgo, NOON_MS } from '../../../test/console-rows.ts'
import type { ChangeRow } from '../../wire/api/objects.ts'
import {
  SNAPSHOT_FLAGS,
  SNAPSHOT_STATES,
  SNAPSHOT_VERDICTS,
  snapshotRow,
  type Snapshot,
} from '../../wire/api/snapshot.ts'
import { FLAGS, STATES, VERDICTS } from './columns.ts'
import { LiveStore } from './live-store.ts'

const snapshot: Snapshot = {
  ...EMPTY_SNAPSHOT,
  hosts: ['web', 'db'],
  services: ['http'],
  groups: ['all', 'shop'],
  groupSets: [[], [0, 1]],
  observerSets: ['east,north,west'],
  columns: {
    host: [0, 0, 1],
    service: [-1, 0, -1],
    displayName: [null, 'The shop', null],
    state: [5, 3, 0],
    flags: [0, 1 | 2 | 8, 4],
    attempt: [1, 2, 1],
    maxAttempts: [3, 5, 3],
    lastCheckAge: [1_000, 2_000, null],
    lastChangeAge: [60_000, 30_000, null],
    groupSet: [0, 1, 0],
    output: ['PING OK', 'HTTP 503', ''],
    verdict: [-1, 1, -1],
    observers: [-1, 0, -1],
    marks: ['', 'oft', ''],
  },
}

describe('the live store', () => {
  test('[UI14] a snapshot is read as the hub means it', () => {
    expect(STATES).toEqual(SNAPSHOT_STATES)
    expect(FLAGS).toEqual(SNAPSHOT_FLAGS)
    expect(VERDICTS).toEqual(SNAPSHOT_VERDICTS)
    const store = new LiveStore()
    store.load(structuredClone(snapshot))
    for (let index = 0; index < 3; index++) {
      const { groupIndexes, ...expected } = snapshotRow(snapshot, index)
      const groups = groupIndexes.map((group) => snapshot.groups[group])
      expect(store.row(expected.id)).toEqual({ ...expected, groups })
    }
    expect(Math.abs(store.now() - NOON_MS)).toBeLessThan(1_000)
  })

  test('[UI15] an update is heard by its own row and once by the lists', () => {
    const store = new LiveStore()
    store.load(structuredClone(snapshot))
    const heard: string[] = []
    store.subscribeRow('web!http', () => heard.push('web!http'))
    store.subscribeRow('web', () => heard.push('web'))
    store.subscribe(() => heard.push('list'))
    const before = [store.row('web'), store.row('web!http'), store.view]

    store.apply(batchOf([apiRow('web!http', { output: 'HTTP OK' })]))

    expect(heard).toEqual(['web!http', 'list'])
    expect(store.row('web')).toBe(before[0])
    expect(store.row('web!http')).not.toBe(before[1])
    expect(store.row('web!http')?.output).toBe('HTTP OK')
    expect(store.view).not.toBe(before[2])
  })

  test('[UI15] objects come and go with the configuration, and a place is used again', () => {
    const store = new LiveStore()
    store.load(structuredClone(snapshot))
    store.apply(batchOf([], ['web!http']))
    expect(store.row('web!http')).toBeUndefined()
    store.apply(batchOf([apiRow('db!load')]))
    expect(store.row('db!load')?.host).toBe('db')
    expect(store.view.columns.id).toEqual(['web', 'db!load', 'db'])
  })

  test('[UI3] only turns from a problem to well are recoveries, the newest of each object', () => {
    const store = new LiveStore()
    store.setHubClock(NOON_MS)
    const turn = (id: string, minutes: number, from: ChangeRow['from'], to: ChangeRow['to']) => ({
      id,
      at: minutesAgo(minutes),
      from,
      to,
      type: 'hard' as const,
      attempt: 1,
      output: '',
    })
    store.hear([
      turn('a!x', 5, 'critical', 'ok'),
      turn('a!x', 2, 'warning', 'ok'),
      turn('a!x', 9, 'unknown', 'ok'),
      turn('b', 3, 'down', 'up'),
      turn('c!new', 1, 'pending', 'ok'),
      turn('d!worse', 1, 'ok', 'critical'),
      turn('e!old', 40, 'critical', 'ok'),
    ])
    expect([...store.view.recoveries].map(([id, at]) => [id, (NOON_MS - at) / 60_000])).toEqual([
      ['a!x', 2],
      ['b', 3],
    ])
  })
})
