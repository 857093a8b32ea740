import { describe, expect, test } from 'vitest'
import { problemsOf, readSite } from '../../../test/nagios-site.ts'
import { readNagiosTexts } from './read.ts'

const many = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join('')
const define = (type: string, lines: string): string => `define ${type} {\n ${lines}\n}\n`
const hosts = (count: number): string =>
  many(count, (n) => define('host', `use tpl\n host_name x${n}`))

/** A test that runs into its limit of time is a failure; what is checked here is that the bound is told. */
describe('[NG46] bounds', () => {
  test('services of many groups on many hosts', () => {
    const services = many(1000, (n) =>
      define('service', `use stpl\n host_name *\n service_description s${n}`),
    )
    const reading = readSite(hosts(2000) + services)
    expect(problemsOf(reading).join()).toContain('expand to more than 4000000 members here')
  })

  test('every host depends on every other', () => {
    const reading = readSite(
      hosts(3000) +
        define(
          'hostdependency',
          'host_name *\n dependent_host_name *\n notification_failure_criteria d',
        ),
    )
    expect(problemsOf(reading).join()).toContain('expand to more than 4000000 members here')
  })

  test('ways that lead back are told of up to a number', () => {
    const reading = readSite(
      hosts(300) +
        define(
          'hostdependency',
          'host_name *\n dependent_host_name *\n notification_failure_criteria d',
        ),
    )
    expect(problemsOf(reading).filter((text) => text.includes('lead back')).length).toBe(20)
  })

  test('templates that use each other without end', () => {
    const chain = many(2000, (n) =>
      define('host', `name t${n}\n register 0\n${n === 0 ? '' : ` use t${n - 1}`}`),
    )
    // Nagios begins with the last one, and so the whole chain is open at once.
    expect(problemsOf(readSite(chain)).join()).toContain('use each other more than 500 deep')
  })

  test('groups within groups without end', () => {
    const chain = many(2000, (n) =>
      define('hostgroup', `hostgroup_name g${n}\n${n === 0 ? '' : ` hostgroup_members g${n - 1}`}`),
    )
    expect(problemsOf(readSite(chain)).join()).toContain('nested more than 500 deep')
  })

  test('lists that `+` doubles', () => {
    const chain = many(60, (n) =>
      define(
        'host',
        `name t${n}\n register 0\n contacts +me${n === 0 ? '' : `\n use t${n - 1},t${n - 1}`}`,
      ),
    )
    expect(problemsOf(readSite(chain)).join()).toContain("'+' makes a list longer than")
  })

  test('custom variables that thousands inherit', () => {
    const template = define('host', `name t\n register 0\n ${many(9000, (n) => ` _v${n} x\n`)}`)
    const heirs = many(1000, (n) => define('host', `use t,tpl\n host_name x${n}\n _own 1`))
    expect(problemsOf(readSite(template + heirs)).join()).toContain('templates hand down more than')
  })

  test('a line, a definition and a file of faults', () => {
    expect(
      problemsOf(readSite(`define host {\n host_name ${'x'.repeat(2_000_000)}\n`)).join(),
    ).toContain('the line is too long')
    expect(
      problemsOf(readSite(define('host', `host_name x\n${' alias a\n'.repeat(20_000)}`))).join(),
    ).toContain('more than 10000 directives')
    const { problems } = readNagiosTexts([{ file: 'a.cfg', text: 'x\n'.repeat(1_000_000) }])
    expect(problems.length).toBeLessThanOrEqual(1001)
  })

  test('many unknown names do not look for near ones for ever', () => {
    const text =
      hosts(3000) +
      many(3000, (n) => define('host', `use tpl\n host_name y${n}\n parents unknown-host-${n}`))
    const problems = problemsOf(readSite(text))
    expect(problems.length).toBeGreaterThan(1000)
  })

  test('blanks within a value', () => {
    const value = `a${' '.repeat(500_000)}b,c`
    expect(
      problemsOf(readSite(define('host', `use tpl\n host_name q\n contacts ${value}`))),
    ).toHaveLength(2)
  })
})
