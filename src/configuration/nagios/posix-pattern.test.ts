import { describe, expect, test } from 'vitest'
import { commandsOf, problemsOf, readSite, soundSite } from '../../../test/nagios-site.ts'
import { posixPattern } from './posix-pattern.ts'

describe('[NG24] patterns', () => {
  test.each([
    ['h*', 'x', true],
    ['h+', 'x', false],
    ['^h[12]$', 'h1', true],
    ['^h[12]$', 'h12', false],
    ['a||b', 'anything', true],
    ['(web|db)-[0-9]{2,}', 'my-db-17', true],
    ['(web|db)-[0-9]{2,}', 'my-db-1', false],
    ['x{3}', 'xx', false],
    ['a{,2}b', 'b', true],
    ['h\\.1', 'hx1', false],
    ['[]a]', ']', true],
    ['[^]a]', 'a', false],
    ['[[:upper:][:digit:]_-]', '-', true],
    ['[[:upper:]]', 'ä', false],
    ['\\<h1\\>', 'a h1 b', true],
    ['\\bh1', 'ah1', false],
    ['\\w\\W\\s\\S', 'a x', false],
    ['h)', 'h)', true],
    ['()h', 'h', true],
    ['.', '🦆', true],
    ['^.$', '🦆', true],
  ])('%s in %s: %s', (pattern, text, expected) => {
    const read = posixPattern(pattern)
    expect(read.kind === 'pattern' && read.matches(text)).toBe(expected)
  })

  test.each([
    ['*', "'*' stands behind nothing; write `.*` for all"],
    ['h1|*', "'*' stands behind nothing; write `.*` for all"],
    ['(h', "a '(' without ')'"],
    ['[h', "a '[' without ']'"],
    ['h\\', "a '\\' at the end"],
    ['(h)\\1', "'\\1' is not supported"],
    ['[z-a]', "'z-a' is no range"],
    ['h{', "'{' begins no {n}"],
    ['h{3,2}', "'{3,2}' counts down"],
    ['h{999}', "'{999}' repeats more than 255 times"],
    ['[[:foo:]]', "unknown class 'foo'"],
    ['((h{99}){99}){99}', 'the pattern is too large'],
    ['(((){99}){99}){99}', 'the pattern is too large'],
    ['('.repeat(60), 'more than 50 nested groups'],
    ['x'.repeat(1001), 'a pattern has at most 1000 characters'],
  ])('%s is a fault', (pattern, message) => {
    expect(posixPattern(pattern)).toEqual({ kind: 'fault', message })
  })

  test('[NG46] no pattern takes for ever', () => {
    const read = posixPattern('(a*)*(a|a)*b')
    expect(read.kind === 'pattern' && read.matches('a'.repeat(1000))).toBe(false)
  })
})

describe('[NG24] names as patterns', () => {
  const service = (hosts: string): string =>
    `define service {\n use stpl\n host_name ${hosts}\n service_description s\n}\n`
  const regexp = { useRegexpMatching: true }

  test.each([
    ['h.*', ['h1/s', 'h2/s']],
    ['h?1', ['h1/s']],
    ['!h1', ['h2/s']],
    ['h2', ['h2/s']],
  ])('%s', (hosts, expected) => {
    const text = hosts.startsWith('!') ? service(`h1,h2,${hosts}`) : service(hosts)
    expect(Object.keys(commandsOf(soundSite(text, regexp)))).toEqual(expected)
  })

  test('without the setting they are names', () => {
    expect(problemsOf(readSite(service('h.*'))).join()).toContain("unknown host 'h.*'")
  })

  test('with use_true_regexp_matching all are', () => {
    const both = { useRegexpMatching: true, useTrueRegexpMatching: true }
    expect(Object.keys(commandsOf(soundSite(service('h'), both)))).toEqual(['h1/s', 'h2/s'])
  })

  test.each([
    ['x+y', "no host fits 'x+y'"],
    ['*', "the pattern '*' is wrong: '*' stands behind nothing"],
    ['h.*,!h1', "no host fits '!h1'"],
  ])('%s is a problem', (hosts, expected) => {
    expect(problemsOf(readSite(service(hosts), regexp)).join('\n')).toContain(expected)
  })

  test('services and groups are looked for too', () => {
    const { objects } = soundSite(
      'define hostgroup {\n hostgroup_name web\n members h1\n}\ndefine service {\n use stpl\n hostgroup_name we?b\n service_description s1\n}\n' +
        'define serviceescalation {\n host_name h1\n service_description s+\n contacts me\n}\n',
      regexp,
    )
    expect(objects.serviceEscalations).toMatchObject([{ hostName: 'h1', description: 's1' }])
  })
})
