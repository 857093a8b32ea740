import { expect, test } from 'vitest'
import { networkNameOf } from './describe-network.ts'

test.each([
  ['collector/east.c1', undefined, { kind: 'collector', name: 'east.c1' }],
  ['collector', 'east.c1', { kind: 'collector', name: 'east.c1' }],
  ['collectors', 'east.c1', { kind: 'collector', name: 'east.c1' }],
  ['clusters/east', undefined, { kind: 'cluster', name: 'east' }],
  ['hub', 'hub-a', { kind: 'hub', name: 'hub-a' }],
  ['observers/east', undefined, { kind: 'observer', name: 'east' }],
  ['web-01', undefined, undefined],
  ['web-01/http', undefined, undefined],
  ['web-01', 'http', undefined],
  ['collector', undefined, undefined],
  ['collector/', undefined, undefined],
  ['collector!load', undefined, undefined],
] as const)('[NW10] %s %s', (first, second, name) => {
  expect(networkNameOf(first, second)).toEqual(name)
})
