import { itemsOf, placeOf, valueOf } from './definition.ts'
import { readInt } from './numbers.ts'
import type {
  NagiosRange,
  NagiosTimePeriod,
  ResolvedDefinition,
  WrittenDirective,
} from './objects.ts'
import { DAY_KINDS, dayKindOf, WEEKDAYS } from './period-days.ts'
import { refuse, titleOf, type Resolution } from './resolution.ts'

const DAY_SECONDS = 86_400

/** Registered periods, their hours read and put in Nagios's order. */
export function timePeriods(
  resolution: Resolution,
  named: readonly (readonly [string, ResolvedDefinition])[],
): ReadonlyMap<string, NagiosTimePeriod> {
  const periods = new Map<string, NagiosTimePeriod>()
  for (const [name, definition] of named) {
    if (!definition.written.isRegistered) continue
    const alias = valueOf(definition, 'alias')
    if (alias === undefined || alias === '') {
      refuse(resolution, definition, { message: 'has no alias', hint: 'write its alias' })
    }
    periods.set(name, {
      definition,
      name,
      alias: alias ?? name,
      ranges: rangesOf(resolution, definition),
      exclude: itemsOf(valueOf(definition, 'exclude')),
    })
  }
  for (const period of periods.values()) checkExclusions(resolution, periods, period)
  return periods
}

/** Dates and their like by kind, then the days of the week from Sunday on. */
function rangesOf(resolution: Resolution, definition: ResolvedDefinition): readonly NagiosRange[] {
  const byKind = new Map<string, NagiosRange[]>(DAY_KINDS.map((kind) => [kind, []]))
  const weekdays = new Map<string, NagiosRange>()
  for (const directive of definition.ranges) {
    const kind = dayKindOf(directive.name)
    const hours = hoursOf(directive.value)
    if (hours === undefined) {
      refuseHours(resolution, definition, directive)
      continue
    }
    if (kind === 'plain-weekday') {
      hours.sort((a, b) => a.from - b.from)
      weekdays.set(directive.name, [directive.name, hours.map(shownHours).join(',')])
    } else {
      byKind.get(kind)?.push([directive.name, hours.reverse().map(shownHours).join(',')])
    }
  }
  return [
    ...DAY_KINDS.flatMap((kind) => byKind.get(kind) ?? []),
    ...WEEKDAYS.flatMap((day) => {
      const range = weekdays.get(day)
      return range === undefined ? [] : [range]
    }),
  ]
}

interface Hours {
  /** Seconds of the day. */
  readonly from: number
  readonly to: number
}

/** `09:00-12:00,13:00-17:00`, separated by one comma or one space; `undefined` when it is not that, or goes beyond 24:00. */
function hoursOf(text: string): Hours[] | undefined {
  const hours: Hours[] = []
  for (const part of text.split(/[, ]/)) {
    const [first, second] = part.split('-')
    const from = secondsOf(first)
    const to = secondsOf(second)
    if (from === undefined || to === undefined) return undefined
    if (from < 0 || to < 0 || from > DAY_SECONDS || to > DAY_SECONDS) return undefined
    hours.push({ from, to })
  }
  return hours
}

function secondsOf(text: string | undefined): number | undefined {
  const [hours, minutes] = text?.split(':') ?? []
  if (hours === undefined || minutes === undefined) return undefined
  return readInt(hours) * 3600 + readInt(minutes) * 60
}

function shownHours({ from, to }: Hours): string {
  return `${shownTime(from)}-${shownTime(to)}`
}

function shownTime(seconds: number): string {
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor(seconds / 60) % 60
  return `${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`
}

function refuseHours(
  { problems }: Resolution,
  definition: ResolvedDefinition,
  { name, value, file, line, column }: WrittenDirective,
): void {
  const message = `${titleOf(definition)}: '${value.slice(0, 60)}' on '${name}' are no hours of a day`
  const hint = 'write such as 09:00-12:00,13:00-24:00, without a space behind the comma'
  problems.add({ file, line, column }, message, hint)
}

function checkExclusions(
  resolution: Resolution,
  periods: ReadonlyMap<string, NagiosTimePeriod>,
  { definition, exclude }: NagiosTimePeriod,
): void {
  for (const name of exclude) {
    if (periods.has(name)) continue
    const message = `excluded time period '${name}' is not defined`
    resolution.problems.add(placeOf(definition, 'exclude'), `${titleOf(definition)}: ${message}`)
  }
}
