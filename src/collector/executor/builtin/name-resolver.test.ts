import type { LookupAddress, LookupOptions } from 'node:dns'
import { expect, test } from 'vitest'
import { createTestClock } from '../../../../test/test-clock.ts'
import { createNameResolver, type Lookup } from './name-resolver.ts'

function ask(
  lookup: Lookup,
  name: string,
  options: LookupOptions = {},
): Promise<string | LookupAddress[]> {
  return new Promise((resolve, reject) => {
    let hasReturned = false
    lookup(name, options, (error, found) => {
      expect(hasReturned).toBe(true)
      if (error === null) resolve(found)
      else reject(error)
    })
    hasReturned = true
  })
}

test('[BT6] the hosts file is heard, in the form that was asked for', async () => {
  const lookup = createNameResolver(createTestClock())
  expect(await ask(lookup, 'localhost', { family: 4 })).toBe('127.0.0.1')
  expect(await ask(lookup, 'localhost', { family: 4, all: true })).toEqual([
    { address: '127.0.0.1', family: 4 },
  ])
})

test('[BT6] a name without an address fails, each time anew, and none waits for ever', async () => {
  const lookup = createNameResolver(createTestClock())
  const many = Array.from({ length: 20 }, (_, n) => ask(lookup, `nobody-${n % 5}.invalid`))
  const settled = await Promise.allSettled(many)
  expect(settled.every(({ status }) => status === 'rejected')).toBe(true)
  await expect(ask(lookup, 'nobody-1.invalid')).rejects.toMatchObject({ syscall: 'getaddrinfo' })
})

test('[BT6] many who ask at once get one answer', async () => {
  const clock = createTestClock()
  const lookup = createNameResolver(clock)
  const found = await Promise.all(
    Array.from({ length: 100 }, () => ask(lookup, 'localhost', { family: 4 })),
  )
  expect(new Set(found)).toEqual(new Set(['127.0.0.1']))
  clock.pass(31_000)
  expect(await ask(lookup, 'localhost', { family: 4 })).toBe('127.0.0.1')
})
