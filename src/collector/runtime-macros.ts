import { instant, type Instant } from '../base/instant.ts'
import { hostCheckId, serviceCheckId, type CheckId } from '../domain/check-id.ts'
import type { Check, CheckCommand } from '../domain/check.ts'
import { piecesOf } from '../domain/macros.ts'
import type { ReturnCode } from '../domain/state-names.ts'
import type { LastResult } from './last-results.ts'
import type { PeriodCalendar } from './scheduler/period-windows.ts'

/** What a collector knows of an object: its standing in the scheduler and the result it saw last. */
export interface KnownObject {
  readonly code: ReturnCode | undefined
  readonly failures: number
  readonly maxAttempts: number
  readonly last: LastResult | undefined
}

/** What a collector knows of everything. */
export interface Known {
  readonly object: (id: CheckId) => KnownObject | undefined
  readonly calendars: ReadonlyMap<string, PeriodCalendar>
}

type Values = Record<string, string>

const SERVICE_WORDS = ['OK', 'WARNING', 'CRITICAL', 'UNKNOWN'] as const

/**
 * The values of the macros that only a run knows, by name without dollars, in Nagios' spelling and formats (dates as `date_format=us`
 * in the machine's zone), of another object as `HOSTSTATE:name`. An object without a result is PENDING. What only the hub knows (downtime, flapping) is not among them.
 */
export function runtimeMacros(
  check: Check,
  { object, calendars }: Known,
  now: Instant,
): Readonly<Record<string, string>> {
  const values: Values = timeMacros(now)
  addObject(values, 'HOST', object(hostCheckId(check.hostName)), now)
  if (check.serviceName !== undefined) addObject(values, 'SERVICE', object(check.id), now)
  for (const { name, of } of onDemandMacros(check.command)) {
    const value = name.endsWith('VALIDTIME')
      ? validTime(calendars, name, of, now)
      : ofOther(object, name, of, now)
    if (value !== undefined) values[`${name}:${of}`] = value
  }
  return values
}

/** The other objects whose states a command asks for. */
export function objectsAskedBy(command: CheckCommand): readonly CheckId[] {
  return onDemandMacros(command)
    .filter(({ name }) => !name.endsWith('VALIDTIME'))
    .map(({ name, of }) => idOfOther(kindOf(name), of))
}

function ofOther(
  object: Known['object'],
  name: string,
  of: string,
  now: Instant,
): string | undefined {
  const other: Values = {}
  const kind = kindOf(name)
  addObject(other, kind, object(idOfOther(kind, of)), now)
  return other[name]
}

/** `$ISVALIDTIME:period$` is 1 or 0, `$NEXTVALIDTIME:period$` seconds since 1970; a second part is the time to ask about, in seconds. */
function validTime(
  calendars: Known['calendars'],
  name: string,
  of: string,
  now: Instant,
): string | undefined {
  const [period = '', time] = of.split(':')
  const calendar = calendars.get(period)
  if (calendar === undefined) return undefined
  const at = time !== undefined && /^\d{1,11}$/.test(time) ? instant(Number(time) * 1000) : now
  const isIn = calendar.contains(at)
  if (name === 'ISVALIDTIME') return isIn ? '1' : '0'
  const next = isIn ? at : calendar.nextTransition(at)
  return next === undefined ? '0' : epochSeconds(next)
}

function kindOf(name: string): 'HOST' | 'SERVICE' {
  return /^(LAST|LONG)?SERVICE/.test(name) ? 'SERVICE' : 'HOST'
}

/** `name`, or `host:service`. */
function idOfOther(kind: 'HOST' | 'SERVICE', of: string): CheckId {
  const cut = of.indexOf(':')
  return kind === 'HOST' || cut < 0
    ? hostCheckId(of)
    : serviceCheckId(of.slice(0, cut), of.slice(cut + 1))
}

interface OnDemandMacro {
  readonly name: string
  readonly of: string
}

function onDemandMacros(command: CheckCommand): readonly OnDemandMacro[] {
  const texts =
    command.kind === 'shell-line'
      ? [command.line]
      : command.kind === 'arguments'
        ? [command.program, ...command.arguments]
        : []
  return texts
    .flatMap(piecesOf)
    .flatMap((piece) =>
      piece.kind === 'macro' && piece.of !== undefined ? [{ name: piece.name, of: piece.of }] : [],
    )
}

function addObject(
  values: Values,
  kind: 'HOST' | 'SERVICE',
  object: KnownObject | undefined,
  now: Instant,
): void {
  const failures = object?.failures ?? 0
  const maxAttempts = object?.maxAttempts ?? 1
  values[`${kind}STATE`] = wordOf(kind, object?.code)
  values[`${kind}STATEID`] = idOf(kind, object?.code)
  values[`${kind}STATETYPE`] = failures > 0 && failures < maxAttempts ? 'SOFT' : 'HARD'
  values[`${kind}ATTEMPT`] = String(Math.max(1, Math.min(failures, maxAttempts)))
  const last = object?.last
  if (last === undefined) return
  const { result, previousCode, changedAt } = last
  const { outcome } = result
  values[`${kind}OUTPUT`] = outcome.output
  values[`LONG${kind}OUTPUT`] = outcome.kind === 'exited' ? outcome.longOutput : ''
  values[`${kind}PERFDATA`] = outcome.kind === 'exited' ? outcome.perfdata : ''
  values[`${kind}CHECKTYPE`] = result.origin === 'passive' ? 'PASSIVE' : 'ACTIVE'
  values[`${kind}LATENCY`] = seconds(result.startedAt - result.dueAt)
  values[`${kind}EXECUTIONTIME`] = seconds(result.finishedAt - result.startedAt)
  values[`LAST${kind}STATE`] = wordOf(kind, previousCode)
  values[`LAST${kind}STATEID`] = idOf(kind, previousCode)
  values[`LAST${kind}CHECK`] = epochSeconds(result.finishedAt)
  values[`LAST${kind}STATECHANGE`] = epochSeconds(changedAt)
  const durationSeconds = Math.max(0, Math.floor((now - changedAt) / 1000))
  values[`${kind}DURATIONSEC`] = String(durationSeconds)
  values[`${kind}DURATION`] = duration(durationSeconds)
}

function wordOf(kind: 'HOST' | 'SERVICE', code: ReturnCode | undefined): string {
  if (code === undefined) return 'PENDING'
  return kind === 'SERVICE' ? SERVICE_WORDS[code] : code < 2 ? 'UP' : 'DOWN'
}

function idOf(kind: 'HOST' | 'SERVICE', code: ReturnCode | undefined): string {
  if (code === undefined) return ''
  return kind === 'SERVICE' ? String(code) : code < 2 ? '0' : '1'
}

function seconds(ms: number): string {
  return (Math.max(0, ms) / 1000).toFixed(3)
}

function epochSeconds(at: Instant): string {
  return String(Math.floor(at / 1000))
}

/** As Nagios writes it: `1d 2h 3m 4s`. */
function duration(total: number): string {
  const days = Math.floor(total / 86_400)
  const hours = Math.floor((total % 86_400) / 3_600)
  const minutes = Math.floor((total % 3_600) / 60)
  return `${days}d ${hours}h ${minutes}m ${total % 60}s`
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')
let zoneNames: Intl.DateTimeFormat | undefined

function timeMacros(now: Instant): Values {
  const local = new Date(now)
  const two = (value: number): string => String(value).padStart(2, '0')
  const [day, month] = [local.getDate(), local.getMonth()]
  const year = local.getFullYear()
  const time = `${two(local.getHours())}:${two(local.getMinutes())}:${two(local.getSeconds())}`
  const date = `${two(month + 1)}-${two(day)}-${year}`
  return {
    LONGDATETIME: `${DAYS[local.getDay()]} ${MONTHS[month]} ${day} ${time} ${zoneName(local)} ${year}`,
    SHORTDATETIME: `${date} ${time}`,
    DATE: date,
    TIME: time,
    TIMET: epochSeconds(now),
  }
}

function zoneName(local: Date): string {
  zoneNames ??= new Intl.DateTimeFormat('en-US', { timeZoneName: 'short' })
  return zoneNames.formatToParts(local).find((part) => part.type === 'timeZoneName')?.value ?? ''
}
