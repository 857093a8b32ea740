import { expect, test } from 'vitest'
import { apiRow, batchOf } from '../../../test/console-rows.ts'
import { LiveStore } from '../live/live-store.ts'
import { servicesOf } from '../live/overview.ts'
import { parseFilter } from '../now/filter.ts'
import { inventoryOf } from './inventory.ts'

const store = new LiveStore()
store.apply(
  batchOf([
    apiRow('web-10!http'),
    apiRow('web-2!disk 10'),
    apiRow('web-2!disk 9'),
    apiRow('web-2'),
    apiRow('web-10'),
  ]),
)

test('[UI9] every host with its services under it, numbers in their order', () => {
  const { ids, total } = inventoryOf(store.view.columns, parseFilter('', []))
  expect(ids).toEqual(['web-2', 'web-2!disk 9', 'web-2!disk 10', 'web-10', 'web-10!http'])
  expect(total).toBe(5)
  expect(inventoryOf(store.view.columns, parseFilter('disk', []))).toEqual({
    ids: ['web-2!disk 9', 'web-2!disk 10'],
    total: 5,
  })
})

test('[UI9] a host lists its own services', () => {
  expect(servicesOf(store.view.columns, 'web-2')).toEqual(['web-2!disk 9', 'web-2!disk 10'])
})
