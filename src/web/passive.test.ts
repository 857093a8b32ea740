import { expect, test } from 'vitest'
import { fleetOf } from '../../test/fleet-of.ts'
import { createWebWorld, NOON, startWebApp } from '../../test/web-world.ts'
import { apiError, passiveAnswer } from '../wire/api/actions.ts'

async function sender() {
  const world = createWebWorld()
  const { call } = await startWebApp(world)
  const token = await world.token('operator')
  const send = (results: unknown) => call(token, 'POST', '/api/v1/results', { results })
  return { world, send }
}

test('[WP1] when the results cannot be made durable none is accepted', async () => {
  const { world, send } = await sender()
  world.submitFails = true
  const answer = await send([{ host: 'host-0', code: 0, output: 'up' }])
  expect(answer.status).toBe(503)
  expect(apiError.parse(answer.body).error.code).toBe('not_accepted')
  expect(world.submitted).toEqual([])
})

test('[WP2] what is not configured is refused by its index, the others are taken', async () => {
  const { world, send } = await sender()
  const answer = await send([
    { host: 'host-0', code: 1, output: 'no answer' },
    { host: 'nobody', code: 0, output: '' },
    { host: 'host-0', service: 'service-0', code: 3, output: 'x' },
    { host: 'host-0', service: 'nothing', code: 0, output: '' },
    { host: 'host-1', service: null, code: 2, output: '' },
  ])
  expect(passiveAnswer.parse(answer.body)).toEqual({
    accepted: 2,
    refused: [
      { index: 1, reason: 'nobody is not configured' },
      { index: 3, reason: 'host-0/nothing is not configured' },
      { index: 4, reason: 'a host is 0 (up) or 1 (down)' },
    ],
  })
  expect(world.submitted.map((result) => result.checkId)).toEqual(['host-0', 'host-0!service-0'])
})

test('[WP3] a row of a wrong shape refuses the batch, and so do none and too many', async () => {
  const { world, send } = await sender()
  const good = { host: 'host-0', code: 0, output: 'up' }
  for (const bad of [
    [good, { ...good, code: 4 }],
    [good, { ...good, code: '0' }],
    [good, { ...good, code: 1.5 }],
    [good, { ...good, at: 'yesterday' }],
    [good, { ...good, at: '2026-03-01T12:00:00' }],
    [good, { ...good, output: 'x'.repeat(65_537) }],
    [good, { ...good, service: 7 }],
    [good, null],
    [],
    Array.from({ length: 10_001 }, () => good),
  ]) {
    expect((await send(bad)).status).toBe(400)
  }
  expect(world.submitted).toEqual([])
  expect((await send(Array.from({ length: 10_000 }, () => good))).body).toEqual({
    accepted: 10_000,
    refused: [],
  })
})

test('[WP4] observed when it says, or now; the output split as that of a plugin', async () => {
  const { world, send } = await sender()
  await send([
    {
      host: 'host-0',
      service: 'service-0',
      code: 2,
      output: 'DISK CRITICAL | /=91%;80;90\n/var 3 %\n/home 4 % | /var=3%',
      at: '2026-03-01T13:30:00+02:00',
    },
    { host: 'host-1', code: 0, output: 'up' },
  ])
  expect(world.submitted).toEqual([
    {
      checkId: 'host-0!service-0',
      startedAt: NOON - 1_800_000,
      finishedAt: NOON - 1_800_000,
      outcome: {
        kind: 'exited',
        code: 2,
        output: 'DISK CRITICAL',
        longOutput: '/var 3 %\n/home 4 % ',
        perfdata: '/=91%;80;90  /var=3%',
      },
    },
    {
      checkId: 'host-1',
      startedAt: NOON,
      finishedAt: NOON,
      outcome: { kind: 'exited', code: 0, output: 'up', longOutput: '', perfdata: '' },
    },
  ])
})

test('[WP5] what comes from the future is refused by its index; the skew of a clock is allowed', async () => {
  const { world, send } = await sender()
  const at = (ms: number) => new Date(NOON + ms).toISOString()
  const answer = await send([
    { host: 'host-0', code: 0, output: 'up', at: at(5_000) },
    { host: 'host-1', code: 0, output: 'up', at: at(5_001) },
  ])
  expect(passiveAnswer.parse(answer.body)).toEqual({
    accepted: 1,
    refused: [{ index: 1, reason: 'its time lies in the future' }],
  })
  expect(world.submitted.map((result) => result.checkId)).toEqual(['host-0'])
})

test('[CF26] an object that takes no passive checks refuses results from outside', async () => {
  const world = createWebWorld({
    fleet: fleetOf({ hosts: 1, servicesPerHost: 1, check: { refusesPassive: true } }),
  })
  const { call } = await startWebApp(world)
  const token = await world.token('operator')
  const results = [
    { host: 'host-0', code: 0, output: 'up' },
    { host: 'host-0', service: 'service-0', code: 0, output: 'fine' },
  ]
  const { body } = await call(token, 'POST', '/api/v1/results', { results })
  expect(passiveAnswer.parse(body)).toEqual({
    accepted: 0,
    refused: [
      { index: 0, reason: 'host-0 takes no results from outside (passiveChecksEnabled)' },
      { index: 1, reason: 'host-0/service-0 takes no results from outside (passiveChecksEnabled)' },
    ],
  })
  expect(world.submitted).toEqual([])
})
