import { expect, test } from 'vitest'
import { createTestClock } from '../../../test/test-clock.ts'
import { createTestLog } from '../../../test/test-log.ts'
import { createMemoryAccounts } from '../../../test/web-accounts.ts'
import { createToken } from './credentials.ts'
import { createIdentities } from './identities.ts'

/** A store whose questions for tokens can be held back: a database that fell silent. */
async function place() {
  const clock = createTestClock()
  const log = createTestLog()
  const accounts = createMemoryAccounts()
  const wish = { name: 'sender', role: 'operator', createdBy: 'ada', expiresAt: null } as const
  const { token, stored } = await createToken(accounts, wish, clock.now())
  let silence: Promise<void> | undefined
  let asked = 0
  accounts.findToken = async (id) => {
    asked++
    await silence
    return accounts.tokens.get(id)
  }
  const identities = createIdentities({ accounts, clock, log })
  return {
    clock,
    log,
    accounts,
    identities,
    stored,
    ask: () => identities.ofToken(token),
    asked: () => asked,
    fallSilent: () => {
      const { promise, resolve } = Promise.withResolvers<void>()
      silence = promise
      return resolve
    },
  }
}

test('[WA11] a database that fell silent holds a known caller up for a second, and not at every request', async () => {
  const { ask, asked, clock, log, fallSilent } = await place()
  expect((await ask())?.role).toBe('operator')
  const speak = fallSilent()
  clock.pass(10_000)
  const answers = [ask(), ask(), ask()]
  clock.pass(1_000)
  expect((await Promise.all(answers)).map((caller) => caller?.role)).toEqual(
    Array(3).fill('operator'),
  )
  expect(asked()).toBe(2)
  expect((await ask())?.role).toBe('operator')
  expect(asked()).toBe(2)
  expect(log.warnings).toHaveLength(1)
  speak()
  clock.pass(10_000)
  expect((await ask())?.role).toBe('operator')
})

test('[WA11] what a silent database says late counts, and what was revoked meanwhile does not come back', async () => {
  const { ask, accounts, clock, identities, stored, fallSilent } = await place()
  await ask()
  const speak = fallSilent()
  clock.pass(10_000)
  const early = ask()
  clock.pass(1_000)
  expect(await early).toBeDefined()
  await accounts.deleteToken(stored.id)
  identities.forget(`token:${stored.id}`)
  const late = ask()
  speak()
  expect(await late).toBeUndefined()
  expect(await ask()).toBeUndefined()
})
