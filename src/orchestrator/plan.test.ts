import { expect, test } from 'vitest'
import type { Check } from '../domain/check.ts'
import { hostCheckId, serviceCheckId } from '../domain/check-id.ts'
import type { Fleet, Host, Service } from '../domain/fleet.ts'
import { planOf } from './plan.ts'

test('a plan holds every check and every time period of the fleet, hosts first', () => {
  const hostCheck = { id: hostCheckId('a') } as Check
  const serviceCheck = { id: serviceCheckId('a', 's') } as Check
  const period = { name: 'p', alias: 'p', ranges: [], exclude: [], timezone: undefined }
  const fleet: Fleet = {
    hosts: new Map([['a', { check: hostCheck } as Host]]),
    services: new Map([[serviceCheck.id, { check: serviceCheck } as Service]]),
    hostGroups: new Map(),
    serviceGroups: new Map(),
    timePeriods: new Map([['p', period]]),
    contacts: new Map(),
    contactGroups: new Map(),
    hostDependencies: new Map(),
    serviceDependencies: new Map(),
    hostEscalations: new Map(),
    serviceEscalations: new Map(),
  }
  expect(planOf(fleet, 'r1')).toEqual({
    version: 1,
    revision: 'r1',
    checks: [hostCheck, serviceCheck],
    timePeriods: [period],
  })
})
