import type { PassiveResults, ResultBatch } from '../subjects.ts'
import {
  amount,
  count,
  fields,
  instantIn,
  list,
  name,
  refuse,
  text,
  TEXT_MAX,
  wholeInstantIn,
  type Fields,
} from './fields.ts'

/** More than a collector sends at once. */
const RESULTS_MAX = 20_000
const RANGES_MAX = 20_000

/** @throws Unreadable */
export function readResultBatch(value: unknown): ResultBatch {
  const batch = fields(value, 'a batch of results')
  count(batch['version'], 1, 'version')
  const collector = name(batch['collector'], 'collector')
  for (const one of list(batch['results'], RESULTS_MAX, 'results')) readResult(one, collector)
  if (batch['clock'] !== undefined) readClock(fields(batch['clock'], 'clock'))
  if (batch['lost'] !== undefined)
    for (const one of list(batch['lost'], RANGES_MAX, 'lost')) readLost(fields(one, 'lost'))
  return value as ResultBatch
}

/** @throws Unreadable */
export function readPassiveResults(value: unknown): PassiveResults {
  const message = fields(value, 'passive results')
  count(message['version'], 1, 'version')
  for (const one of list(message['results'], RESULTS_MAX, 'results')) {
    const result = fields(one, 'a result')
    readCheckId(result['checkId'])
    readOutcome(result)
  }
  return value as PassiveResults
}

/** Numbers of a boot: both ends are in it. @throws Unreadable */
export function readRange(value: unknown): void {
  const range = list(value, 2, 'range')
  if (range.length < 2) refuse('range has one end')
  const from = count(range[0], 1, 'range')
  count(range[1], from, 'range')
}

/** @throws Unreadable */
export function readCheckId(value: unknown): void {
  const id = name(value, 'checkId')
  const cut = id.indexOf('!')
  if (cut < 0) return
  const isWhole = cut > 0 && cut < id.length - 1 && !id.includes('!', cut + 1)
  if (!isWhole) refuse('checkId is none')
}

function readResult(value: unknown, collector: string): void {
  const result = fields(value, 'a result')
  if (result['collector'] !== collector) refuse('a result is of another collector than its batch')
  name(result['boot'], 'boot')
  count(result['seq'], 1, 'seq')
  readCheckId(result['checkId'])
  const { origin } = result
  const isKnown =
    origin === 'scheduled' || origin === 'requested' || origin === 'passive' || origin === 'probe'
  if (!isKnown) refuse('origin is unknown')
  instantIn(result['dueAt'], 'dueAt')
  readOutcome(result)
}

/** With the times of the run beside it. @throws Unreadable */
export function readOutcome(result: Fields): void {
  wholeInstantIn(result['startedAt'], 'startedAt')
  wholeInstantIn(result['finishedAt'], 'finishedAt')
  const outcome = fields(result['outcome'], 'outcome')
  text(outcome['output'], TEXT_MAX, 'output')
  switch (outcome['kind']) {
    case 'exited': {
      const code = outcome['code']
      if (code !== 0 && code !== 1 && code !== 2 && code !== 3) refuse('code is none of 0 to 3')
      text(outcome['longOutput'], TEXT_MAX, 'longOutput')
      text(outcome['perfdata'], TEXT_MAX, 'perfdata')
      return
    }
    case 'timed-out':
      amount(outcome['afterMs'], 0, 'afterMs')
      return
    case 'not-started': {
      const reason = outcome['reason']
      const isKnown =
        reason === 'no-such-command' || reason === 'not-executable' || reason === 'executor-failed'
      if (!isKnown) refuse('reason is unknown')
      return
    }
    default:
      refuse('outcome is of an unknown kind')
  }
}

function readClock(clock: Fields): void {
  amount(clock['offsetMs'], -Number.MAX_SAFE_INTEGER, 'offsetMs')
  amount(clock['errorMs'], 0, 'errorMs')
  amount(clock['ageMs'], 0, 'ageMs')
}

function readLost(lost: Fields): void {
  name(lost['boot'], 'boot')
  readRange(lost['range'])
}
