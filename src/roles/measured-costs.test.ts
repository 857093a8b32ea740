import { expect, test } from 'vitest'
import { fleetOf } from '../../test/fleet-of.ts'
import { createFleetIndex } from '../results/fleet-index.ts'
import { instant } from '../base/instant.ts'
import type { CheckId } from '../domain/check-id.ts'
import { measuredCosts } from './measured-costs.ts'

test('the cost of a host is that of its checks that ran, and does not follow every millisecond', () => {
  const now = instant(1_700_000_000_000)
  const index = createFleetIndex(fleetOf({ hosts: 2, servicesPerHost: 2 }), now)
  expect(measuredCosts(index)).toEqual({})
  const [host] = [...index.all()].map(({ object }) => object.id.split('!')[0] ?? '')
  const run = (id: string, executionMs: number): void => {
    const entry = index.get(id as CheckId)
    if (entry === undefined) throw new Error(`there is no ${id}`)
    index.replace(entry, { ...entry.record, state: 'ok', executionMs }, now)
  }
  const services = [...index.all()].map(({ object }) => object.id).filter((id) => id.includes('!'))
  const [first, second] = services as unknown as [string, string]
  run(first, 6_000)
  run(second, 9_000)
  const before = measuredCosts(index)
  expect(Object.keys(before)).toEqual([host])
  run(second, 9_100)
  expect(measuredCosts(index)).toEqual(before)
  run(second, 60_000)
  expect(measuredCosts(index)[host ?? '']).toBeGreaterThan(before[host ?? ''] ?? 0)
})
