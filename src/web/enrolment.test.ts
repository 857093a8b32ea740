import { expect, test } from 'vitest'
import { createWebWorld, startWebApp } from '../../test/web-world.ts'
import { apiError } from '../wire/api/actions.ts'

const CALLS = [
  ['GET', '/join-tokens', undefined, 'operator'],
  ['POST', '/join-tokens', { cluster: 'east' }, 'operator'],
  ['DELETE', '/join-tokens/0123456789abcdef', undefined, 'operator'],
  ['DELETE', '/enrolments/east.c1', undefined, 'operator'],
] as const

test('[TR26] only administrators let collectors in and shut them out', async () => {
  const world = createWebWorld()
  const { call } = await startWebApp(world)
  for (const [method, path, body, below] of CALLS) {
    const { status } = await call(await world.token(below), method, `/api/v1${path}`, body)
    expect([path, status]).toEqual([path, 403])
  }
})

test('[TR26] a hub whose collector is in its own process says that nobody can join', async () => {
  const world = createWebWorld()
  const { call } = await startWebApp(world)
  const admin = await world.token('admin')
  for (const [method, path, body] of [...CALLS, ['GET', '/enrolments', undefined] as const]) {
    const answer = await call(admin, method, `/api/v1${path}`, body)
    expect([path, answer.status]).toEqual([path, 409])
    expect(apiError.parse(answer.body).error.code).toBe('no_enrolment')
  }
})

test('a token lives from a minute to thirty days, for a name that can be one', async () => {
  const world = createWebWorld()
  const { call } = await startWebApp(world)
  const admin = await world.token('admin')
  for (const body of [
    { cluster: 'East Side' },
    { cluster: 'east', name: 'c.1' },
    { cluster: 'east', expiresInMs: 59_999 },
    { cluster: 'east', expiresInMs: 31 * 86_400_000 },
    {},
  ]) {
    const { status } = await call(admin, 'POST', '/api/v1/join-tokens', body)
    expect([body, status]).toEqual([body, 400])
  }
})
