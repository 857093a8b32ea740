import { expect, test } from 'vitest'
import type { ApplyJob } from '../../wire/api/configuration.ts'
import { activeText } from '../commands/apply.ts'

const job: ApplyJob = {
  id: 'j',
  kind: 'apply',
  state: 'active',
  revision: 'bbbb',
  before: 'aaaa',
  author: 'ann',
  message: '',
  startedAt: '2027-06-01T12:00:00.000Z',
  endedAt: '2027-06-01T12:00:01.000Z',
  reason: null,
  problems: [],
  changed: 1,
  collectors: [],
}
const changes = [{ kind: 'host', created: 1, changed: 0, deleted: 0, objects: [] }]

test('[CL4] the end of an apply says when no collector has it yet', () => {
  expect(activeText(job, changes)).toBe('Revision bbbb is active: 1 created, 0 changed, 0 deleted')
  expect(activeText({ ...job, reason: 'no collector is there' }, changes)).toBe(
    'Revision bbbb is active: 1 created, 0 changed, 0 deleted\n  no collector is there',
  )
})
