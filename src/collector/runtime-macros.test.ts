import { describe, expect, test } from 'vitest'
import { aCheck } from '../../test/checks.ts'
import { resultOf } from '../../test/result-of.ts'
import { instant } from '../base/instant.ts'
import { hostCheckId, serviceCheckId } from '../domain/check-id.ts'
import type { CheckCommand } from '../domain/check.ts'
import { compileTimePeriods } from '../domain/time-period/compiled-period.ts'
import { createLastResults } from './last-results.ts'
import { objectsAskedBy, runtimeMacros, type Known, type KnownObject } from './runtime-macros.ts'

/** A Tuesday. */
const NOON = instant(Date.parse('2027-06-01T12:00:00Z'))
const second = (count: number) => instant(NOON + count * 1000)

const asking = (line: string) => {
  const command: CheckCommand = {
    kind: 'shell-line',
    line,
    hasRuntimeMacros: true,
    environment: {},
  }
  return aCheck('s', { command })
}
const ID = serviceCheckId('h', 's')
const HOST = hostCheckId('h')
const DB = serviceCheckId('db', 'sql')

function knowing(objects: Readonly<Record<string, KnownObject>>): Known {
  const calendars = compileTimePeriods([
    {
      name: 'office',
      alias: 'office',
      ranges: [['monday - friday', '08:00-16:00']],
      exclude: [],
      timezone: 'Etc/UTC',
    },
  ])
  return { object: (id) => objects[id], calendars }
}

function known(code: KnownObject['code'], more: Partial<KnownObject> = {}): KnownObject {
  return { code, failures: 0, maxAttempts: 3, last: undefined, ...more }
}

/** What a collector remembers after these results of one object. */
function lastOf(id: typeof ID, ...results: ReturnType<typeof resultOf>[]) {
  const last = createLastResults()
  last.watch([asking(`x $HOSTOUTPUT:${id}$ $SERVICEOUTPUT:${id.replace('!', ':')}$`)])
  for (const result of results) last.note({ ...result, checkId: id })
  return last.of(id)
}

describe('[MA7] macros of the run', () => {
  const last = lastOf(
    ID,
    resultOf(1, 0, { finishedAt: second(-120) }),
    resultOf(2, 2, {
      dueAt: second(-91),
      startedAt: second(-90.5),
      finishedAt: second(-90),
      outcome: {
        kind: 'exited',
        code: 2,
        output: 'CRITICAL; $(reboot)',
        longOutput: 'two\nlines',
        perfdata: 'a=1',
      },
    }),
  )
  const values = runtimeMacros(
    asking('x'),
    knowing({ [ID]: known(2, { failures: 2, last }), [HOST]: known(0) }),
    NOON,
  )
  test('are those of the object and of its host', () => {
    expect(values).toMatchObject({
      SERVICESTATE: 'CRITICAL',
      SERVICESTATEID: '2',
      SERVICESTATETYPE: 'SOFT',
      SERVICEATTEMPT: '2',
      SERVICEOUTPUT: 'CRITICAL; $(reboot)',
      LONGSERVICEOUTPUT: 'two\nlines',
      SERVICEPERFDATA: 'a=1',
      SERVICECHECKTYPE: 'ACTIVE',
      SERVICELATENCY: '0.500',
      SERVICEEXECUTIONTIME: '0.500',
      SERVICEDURATION: '0d 0h 1m 30s',
      SERVICEDURATIONSEC: '90',
      LASTSERVICESTATE: 'OK',
      LASTSERVICESTATEID: '0',
      LASTSERVICECHECK: String(NOON / 1000 - 90),
      LASTSERVICESTATECHANGE: String(NOON / 1000 - 90),
      HOSTSTATE: 'UP',
      HOSTSTATEID: '0',
      HOSTSTATETYPE: 'HARD',
      HOSTATTEMPT: '1',
      TIMET: String(NOON / 1000),
    })
  })
  test('of what nobody has seen it is PENDING, and what is not known has no value', () => {
    const first = runtimeMacros(asking('x'), knowing({}), NOON)
    expect(first).toMatchObject({ SERVICESTATE: 'PENDING', HOSTSTATE: 'PENDING' })
    expect(first).not.toHaveProperty('SERVICEOUTPUT')
    expect(first).not.toHaveProperty('SERVICEDOWNTIME')
  })
  test('of a host: down from 2 on, as its plugins say it', () => {
    const of = (code: 0 | 1 | 2 | 3) =>
      runtimeMacros(asking('x'), knowing({ [HOST]: known(code, { failures: 3 }) }), NOON)
    expect([0, 1, 2, 3].map((code) => of(code as 0)['HOSTSTATE'])).toEqual([
      'UP',
      'UP',
      'DOWN',
      'DOWN',
    ])
    expect(of(2)).toMatchObject({ HOSTSTATETYPE: 'HARD', HOSTATTEMPT: '3', HOSTSTATEID: '1' })
  })
  test('say who sent a result', () => {
    const passive = lastOf(ID, resultOf(1, 1, { origin: 'passive' }))
    const sent = runtimeMacros(asking('x'), knowing({ [ID]: known(1, { last: passive }) }), NOON)
    expect(sent['SERVICECHECKTYPE']).toBe('PASSIVE')
  })
})

describe('[MA12] macros that ask another object', () => {
  const line =
    'x $HOSTSTATE:db$ $SERVICESTATE:db:sql$ $SERVICEOUTPUT:db:sql$ $LASTSERVICESTATE:db:sql$ $HOSTSTATE:gone$ $LONGHOSTOUTPUT:db$'
  const lastOfDb = lastOf(DB, resultOf(1, 0), resultOf(2, 1))
  const values = runtimeMacros(
    asking(line),
    knowing({ db: known(2), [DB]: known(1, { failures: 1, last: lastOfDb }) }),
    NOON,
  )
  test('are under the names that they have in the command', () => {
    expect(values).toMatchObject({
      'HOSTSTATE:db': 'DOWN',
      'SERVICESTATE:db:sql': 'WARNING',
      'SERVICEOUTPUT:db:sql': 'code 1',
      'LASTSERVICESTATE:db:sql': 'OK',
      'HOSTSTATE:gone': 'PENDING',
    })
    expect(values).not.toHaveProperty('LONGHOSTOUTPUT:db')
  })
  test('in programs and arguments, too', () => {
    const command: CheckCommand = {
      kind: 'arguments',
      program: '/bin/$HOSTSTATE:db$',
      arguments: ['-s', '$SERVICESTATEID:db:sql$'],
      hasRuntimeMacros: true,
      environment: {},
    }
    expect(objectsAskedBy(command)).toEqual(['db', 'db!sql'])
    expect(
      runtimeMacros(aCheck('s', { command }), knowing({ [DB]: known(3) }), NOON),
    ).toMatchObject({ 'HOSTSTATE:db': 'PENDING', 'SERVICESTATEID:db:sql': '3' })
  })
  test('results of the objects that are asked are remembered, and of no other', () => {
    const last = createLastResults()
    last.watch([asking('x $SERVICEOUTPUT:db:sql$'), aCheck('plain')])
    const noted = (id: typeof ID) => {
      last.note({ ...resultOf(1), checkId: id })
      return last.of(id) !== undefined
    }
    expect([ID, HOST, DB].map(noted)).toEqual([true, true, true])
    expect([serviceCheckId('h', 'plain'), hostCheckId('db')].map(noted)).toEqual([false, false])
    last.watch([])
    expect(last.of(DB)).toBeUndefined()
  })
})

describe('[MA16] macros that ask a time period', () => {
  const ask = (of: string, now = NOON) => {
    const check = asking(`x $ISVALIDTIME:${of}$ $NEXTVALIDTIME:${of}$`)
    const values = runtimeMacros(check, knowing({}), now)
    return [values[`ISVALIDTIME:${of}`], values[`NEXTVALIDTIME:${of}`]]
  }
  const at = (time: string) => instant(Date.parse(time))
  const seconds = (time: string) => String(at(time) / 1000)

  test('whether it is in, and when it will be', () => {
    expect(ask('office')).toEqual(['1', seconds('2027-06-01T12:00:00Z')])
    expect(ask('office', at('2027-06-01T16:00:00Z'))).toEqual([
      '0',
      seconds('2027-06-02T08:00:00Z'),
    ])
    expect(ask('office', at('2027-06-04T20:00:00Z'))).toEqual([
      '0',
      seconds('2027-06-07T08:00:00Z'),
    ])
  })
  test('of another time, in seconds since 1970', () => {
    expect(ask(`office:${seconds('2027-06-05T10:00:00Z')}`)).toEqual([
      '0',
      seconds('2027-06-07T08:00:00Z'),
    ])
    expect(ask('office:soon')).toEqual(['1', seconds('2027-06-01T12:00:00Z')])
  })
  test('one that is not there has no value', () => {
    expect(ask('nothing')).toEqual([undefined, undefined])
  })
})
