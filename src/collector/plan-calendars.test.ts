import { expect, test } from 'vitest'
import { instant } from '../base/instant.ts'
import type { TimePeriod } from '../domain/time-period.ts'
import { createPlanCalendars } from './plan-calendars.ts'

const period = (name: string, hours: string, exclude: readonly string[] = []): TimePeriod => ({
  name,
  alias: '',
  ranges: [['monday', hours]],
  exclude,
  timezone: 'UTC',
})

test('[SC14] a period that is the same, with all that it excludes, keeps its calendar', () => {
  const calendarsOf = createPlanCalendars()
  const office = period('office', '09:00-17:00', ['lunch'])
  const lunch = period('lunch', '12:00-13:00')
  const night = period('night', '22:00-24:00')
  const first = calendarsOf([office, lunch, night])
  const same = calendarsOf([{ ...night }, { ...office }, { ...lunch }])
  expect(same.get('office')).toBe(first.get('office'))
  const other = calendarsOf([office, period('lunch', '12:00-14:00'), night])
  expect(other.get('office')).not.toBe(first.get('office'))
  expect(other.get('night')).toBe(first.get('night'))
  const halfPastOne = instant(Date.parse('2027-06-07T13:30:00Z'))
  expect(first.get('office')?.contains(halfPastOne)).toBe(true)
  expect(other.get('office')?.contains(halfPastOne)).toBe(false)
})
