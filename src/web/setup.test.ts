import { expect, test } from 'vitest'
import { createWebWorld, startWebApp } from '../../test/web-world.ts'
import { sessionInfo, setupState } from '../wire/api/actions.ts'
import { prepareSetup } from './auth/credentials.ts'

const PASSWORD = 'correct horse battery'

async function firstRun() {
  const world = createWebWorld()
  const web = await startWebApp(world)
  const token = (await prepareSetup(world.accounts, undefined)) ?? ''
  const setup = (given: string, username = 'ada', password = PASSWORD) =>
    web.app.inject({
      method: 'POST',
      url: '/api/v1/setup',
      payload: { token: given, username, password },
    })
  return { world, token, setup, ...web }
}

test('[WA7] the first-run token makes one administrator, who is signed in, and then is worth nothing', async () => {
  const { setup, token, call, app, world } = await firstRun()
  expect(setupState.parse((await call(undefined, 'GET', '/api/v1/setup')).body).needsSetup).toBe(
    true,
  )
  expect(JSON.stringify(await world.accounts.getSetupTokenHash())).not.toContain(token)
  const made = await setup(token)
  expect(made.statusCode).toBe(201)
  expect(sessionInfo.parse(made.json())).toMatchObject({ username: 'ada', role: 'admin' })
  const cookie = String(made.headers['set-cookie']).split(';')[0] ?? ''
  expect((await app.inject({ url: '/api/v1/session', headers: { cookie } })).statusCode).toBe(200)
  expect(setupState.parse((await call(undefined, 'GET', '/api/v1/setup')).body).needsSetup).toBe(
    false,
  )
  const replay = await setup(token, 'eve')
  expect(replay.json().error.code).toBe('setup_done')
  expect([...world.accounts.accounts.keys()]).toEqual(['ada'])
})

test('[WA7] of two at the same time one wins', async () => {
  const { setup, token, world } = await firstRun()
  const answers = await Promise.all([setup(token, 'ada'), setup(token, 'eve'), setup(token, 'bob')])
  expect(answers.map((answer) => answer.statusCode).sort((a, b) => a - b)).toEqual([201, 409, 409])
  expect(world.accounts.accounts.size).toBe(1)
})

test('[WA7] a wrong token, a short password or a bad name makes nobody', async () => {
  const { setup, token, world } = await firstRun()
  expect((await setup('')).json().error.code).toBe('wrong_setup_token')
  expect((await setup(`${token}x`)).json().error.code).toBe('wrong_setup_token')
  expect((await setup(token, 'ada', 'short')).json().error.details).toEqual([
    { path: 'body.password', message: expect.any(String) },
  ])
  expect((await setup(token, 'a\u0000b')).statusCode).toBe(400)
  expect(world.accounts.accounts.size).toBe(0)
})

test('[WA7] a restart before the first account shows a token again; after it none', async () => {
  const { world, token, setup } = await firstRun()
  expect(await prepareSetup(world.accounts, token)).toBe(token)
  const next = await prepareSetup(world.accounts, undefined)
  expect(next).not.toBe(token)
  expect((await setup(token)).json().error.code).toBe('wrong_setup_token')
  expect((await setup(next ?? '')).statusCode).toBe(201)
  expect(await prepareSetup(world.accounts, undefined)).toBeUndefined()
})
