import { didYouMean } from '../problem.ts'
import { scan, scannedNumber, type ScanStep } from './scan.ts'

export const WEEKDAYS = [
  'sunday',
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
]
const MONTHS =
  'january february march april may june july august september october november december'.split(' ')

/** Kinds of days in the order in which Nagios keeps them; plain weekdays come last. */
export const DAY_KINDS = ['date', 'month-date', 'month-day', 'month-weekday', 'weekday'] as const
export type DayKind = (typeof DAY_KINDS)[number] | 'plain-weekday'

export type ReadRange =
  | {
      readonly kind: DayKind
      /** As Nagios writes it: `monday 1 may - friday -1 may / 2`. */
      readonly days: string
      /** As written. */
      readonly hours: string
    }
  | { readonly kind: 'fault'; readonly message: string; readonly hint: string | undefined }

interface Form {
  readonly steps: readonly ScanStep[]
  /** `undefined` when the words are no days. */
  read(found: readonly string[]): readonly [DayKind, string] | undefined
}

const BEFORE_HOURS: readonly ScanStep[] = [' ', 'hours']
const DATE: readonly ScanStep[] = ['year', '-', 'two', '-', 'two']
const TO: readonly ScanStep[] = [' ', '-', ' ']
const EVERY: readonly ScanStep[] = [' ', '/', ' ', 'day']
const NTH: readonly ScanStep[] = ['word', ' ', 'day']
const NTH_OF: readonly ScanStep[] = [...NTH, ' ', 'word']

/** In the order in which Nagios tries them: the first whose steps fit decides, even when its words are no days. */
const FORMS: readonly Form[] = [
  { steps: [...DATE, ...TO, ...DATE, ...EVERY, ...BEFORE_HOURS], read: dates },
  { steps: [...DATE, ...EVERY, ...BEFORE_HOURS], read: dates },
  { steps: [...DATE, ...TO, ...DATE, ...BEFORE_HOURS], read: dates },
  { steps: [...DATE, ...BEFORE_HOURS], read: dates },
  { steps: [...NTH_OF, ...TO, ...NTH_OF, ...EVERY, ...BEFORE_HOURS], read: monthWeekdays },
  { steps: [...NTH, ...TO, ...NTH, ...EVERY, ...BEFORE_HOURS], read: nthToNth },
  { steps: [...NTH, ...TO, 'day', ...EVERY, ...BEFORE_HOURS], read: nthToNumber },
  { steps: [...NTH_OF, ...TO, ...NTH_OF, ...BEFORE_HOURS], read: monthWeekdays },
  { steps: [...NTH, ...TO, 'day', ...BEFORE_HOURS], read: nthToNumber },
  { steps: [...NTH, ...TO, ...NTH, ...BEFORE_HOURS], read: nthToNth },
  { steps: [...NTH, 'blank', 'hours'], read: nthToNumber },
  { steps: [...NTH_OF, ...BEFORE_HOURS], read: monthWeekdays },
  { steps: ['word', ...BEFORE_HOURS], read: plainWeekday },
]

/** One line of a time period that is no other directive: days and hours. Hours are not looked into. */
export function rangeOf(text: string): ReadRange {
  for (const form of FORMS) {
    const found = scan(text, form.steps)
    if (found === undefined) continue
    const hours = found.at(-1) as string
    const read = form.read(found.slice(0, -1))
    if (read === undefined) break
    return { kind: read[0], days: read[1], hours }
  }
  return faultOf(text)
}

/** The kind of days that `rangeOf` has written. */
export function dayKindOf(days: string): DayKind {
  const range = rangeOf(`${days} 0`)
  return range.kind === 'fault' ? 'plain-weekday' : range.kind
}

function faultOf(text: string): ReadRange {
  const [word = ''] = text.split(/[ \t]/)
  const known = [...WEEKDAYS, ...MONTHS, 'day', 'timeperiod_name', 'alias', 'exclude']
  const small = word.toLowerCase()
  const hint =
    small !== word && known.includes(small)
      ? `write '${small}' in small letters`
      : known.includes(word)
        ? `write hours behind the day, such as '${word} 09:00-17:00'`
        : didYouMean(word, known)
  return { kind: 'fault', message: `'${text.trim().slice(0, 60)}' is no day with hours`, hint }
}

const two = (number: string): string => String(scannedNumber(number)).padStart(2, '0')
const every = (number: string | undefined): string =>
  number === undefined || scannedNumber(number) <= 1 ? '' : ` / ${scannedNumber(number)}`

function dates(found: readonly string[]): readonly [DayKind, string] {
  const date = (at: number): string =>
    `${scannedNumber(found[at] as string)}-${two(found[at + 1] as string)}-${two(found[at + 2] as string)}`
  const isRange = found.length >= 6
  const from = date(0)
  const to = isRange ? date(3) : from
  const days = from === to ? from : `${from} - ${to}`
  return ['date', days + every(isRange ? found[6] : found[3])]
}

function nth(word: string, number: string): string {
  return `${word} ${scannedNumber(number)}`
}

function spanned(from: string, to: string, step: string | undefined, shortTo = to): string {
  return from === to ? from : `${from} - ${shortTo}${every(step)}`
}

function monthWeekdays(found: readonly string[]): readonly [DayKind, string] | undefined {
  const [day = '', number = '', month = '', toDay = day, toNumber = number, toMonth = month, step] =
    found
  if (![day, toDay].every((word) => WEEKDAYS.includes(word))) return undefined
  if (![month, toMonth].every((word) => MONTHS.includes(word))) return undefined
  const from = `${nth(day, number)} ${month}`
  return ['month-weekday', spanned(from, `${nth(toDay, toNumber)} ${toMonth}`, step)]
}

function nthToNth(found: readonly string[]): readonly [DayKind, string] | undefined {
  const [word = '', number = '', toWord = word, toNumber = number, step] = found
  const kind = nthKind(word)
  if (kind === undefined || kind !== nthKind(toWord)) return undefined
  const [from, to] = [nth(word, number), nth(toWord, toNumber)]
  return [
    kind,
    spanned(from, to, step, kind === 'month-day' ? String(scannedNumber(toNumber)) : to),
  ]
}

function nthToNumber(found: readonly string[]): readonly [DayKind, string] | undefined {
  const [word = '', number = '', toNumber = number, step] = found
  return nthToNth(
    step === undefined ? [word, number, word, toNumber] : [word, number, word, toNumber, step],
  )
}

function nthKind(word: string): DayKind | undefined {
  if (WEEKDAYS.includes(word)) return 'weekday'
  if (MONTHS.includes(word)) return 'month-date'
  return word === 'day' ? 'month-day' : undefined
}

function plainWeekday(found: readonly string[]): readonly [DayKind, string] | undefined {
  const [word = ''] = found
  return WEEKDAYS.includes(word) ? ['plain-weekday', word] : undefined
}
