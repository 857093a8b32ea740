import { expect, test } from 'vitest'
import { CommandFailed } from './exit.ts'
import { displayName, objectIdOf } from './object-name.ts'

test('what is shown can be given back, slashes in the name of a service too', () => {
  expect(displayName('web-01!disk /tmp')).toBe('web-01/disk /tmp')
  expect(objectIdOf('web-01/disk /tmp')).toBe('web-01!disk /tmp')
  expect(displayName(objectIdOf('web-01'))).toBe('web-01')
})

test('a name without a host is refused', () => {
  expect(() => objectIdOf('/http')).toThrow(CommandFailed)
})
