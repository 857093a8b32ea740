import { describe, expect, test } from 'vitest'
import { compile } from './compile.ts'
import { didYouMean, renderProblem } from './problem.ts'

function problemsOf(text: string, more: Readonly<Record<string, string>> = {}): string[] {
  const sources = Object.entries({ 'parallax.yaml': text, ...more }).map(([file, content]) => ({
    file,
    text: content,
  }))
  return compile(sources).problems.map(renderProblem)
}

/** The one problem of a configuration with a sound host in it. */
function problemOf(text: string): string {
  const found = problemsOf(text)
  expect(found).toHaveLength(1)
  return found[0] as string
}

test('[CF3, CF4, CF5, CF6, CF7, CF8] ten faults in one configuration are all named at their places', () => {
  const found = problemsOf(
    `hosts:
  web-01:
    address: 192.0.2.10
    adress: 192.0.2.11
    groups: [web, dmz]
    checkInterval: 30
  web!02: {}
  core-1: { parents: core-2 }
  core-2: { parents: core-1 }
services:
  http:
    host: web-1
    checkCommand: check_htp!80
  ssh:
    host: web-01
    checkCommand: { builtin: tcp, port: ssh }
  load:
    host: web-01
    use: generic
    maxCheckAttempts: three
    checkCommand: { line: '/bin/check $USER7$' }
hostGroups:
  web: {}
commands:
  check_http: { builtin: http }
timePeriods:
  work: { days: { moonday: 09:00-17:00 } }
`,
    { 'more/contacts.yaml': 'contacts:\n  ann:\n\temail: a@example.net\n' },
  )
  const places = found.map((line) => line.split(' ')[0])
  expect(places).toEqual([
    'more/contacts.yaml:3:1:',
    'parallax.yaml:4:5:',
    'parallax.yaml:5:19:',
    'parallax.yaml:6:20:',
    'parallax.yaml:7:3:',
    'parallax.yaml:8:22:',
    'parallax.yaml:12:11:',
    'parallax.yaml:13:19:',
    'parallax.yaml:16:41:',
    'parallax.yaml:19:10:',
    'parallax.yaml:20:23:',
    'parallax.yaml:21:27:',
    'parallax.yaml:27:19:',
  ])
  const text = found.join('\n')
  for (const words of [
    "unknown key 'adress'\n  hint: did you mean 'address'?",
    "unknown host group 'dmz'\n  hint: define it under hostGroups",
    'checkInterval: 30 has no unit\n  hint: write 30s, or 30m',
    "'web!02' is no name: a name must not hold '!'",
    'host leads back to itself: core-1 → core-2 → core-1',
    "unknown host 'web-1'\n  hint: did you mean 'web-01'?",
    "unknown command 'check_htp'\n  hint: did you mean 'check_http'?",
    'port: a whole number',
    "unknown service template 'generic'",
    'maxCheckAttempts: must be a number, but is a text',
    "unknown macro '$USER7$'\n  hint: define USER7 under resources",
    "'moonday' names no days",
  ]) {
    expect(text).toContain(words)
  }
})

describe('[CF2] names that come twice', () => {
  test('in two files: both places', () => {
    expect(problemsOf('hosts:\n  a: {}\n', { 'x.yaml': 'hosts:\n  b: {}\n  a: {}\n' })).toEqual([
      "x.yaml:3:3: host 'a' is defined twice, first at parallax.yaml:2:3\n  hint: rename or remove one of them",
    ])
  })
  test('in one map: both places', () => {
    expect(problemOf('hosts:\n  a: { address: x, address: y }\n')).toContain(
      "parallax.yaml:2:20: 'address' is written twice, first at parallax.yaml:2:8",
    )
    expect(problemOf('hosts:\n  a: {}\n  a: {}\n')).toContain(
      "parallax.yaml:3:3: 'a' is written twice, first at parallax.yaml:2:3",
    )
  })
})

describe('[CF3] one object', () => {
  test('keeps what is right in it: what refers to it is not unknown', () => {
    const found = problemsOf(
      'hosts:\n  a: { adress: x, parents: b }\n  b: 5\nservices:\n  s: { host: a, checkCommand: { lin: x } }\n',
    )
    expect(found.map((line) => line.split('\n')[0])).toEqual([
      "parallax.yaml:2:8: unknown key 'adress'",
      'parallax.yaml:3:3: must be keys with values, but is a number',
      'parallax.yaml:5:31: checkCommand: needs one of: builtin, command, line, arguments',
    ])
  })
  test('a fault deep in a rule leaves the rest of the rule', () => {
    const found = problemsOf(
      "hosts: { a: {} }\napply:\n  r:\n    where: { host: '*' }\n    service: { checkIntervall: 5s, use: nothing, checkCommand: passive }\n",
    )
    expect(found).toHaveLength(2)
    expect(found[0]).toContain(
      "5:16: service: unknown key 'checkIntervall'\n  hint: did you mean 'checkInterval'?",
    )
    expect(found[1]).toContain("5:41: unknown service template 'nothing'")
  })
})

describe('[CF5] durations', () => {
  test.each([
    ['1', '1 has no unit'],
    ['"1"', 'is not a duration'],
    ['1.5m', 'is not a duration'],
    ['30m1h', 'is not a duration'],
    ['0s', 'must be longer than nothing'],
    ['500ms', 'must be one second at least'],
    ['32d', 'must be 31 days at most'],
    ['[1m]', 'must be a text, but is a list'],
  ])('%s', (written, words) => {
    expect(problemsOf(`hosts: { a: { checkInterval: ${written} } }`).join()).toContain(words)
  })
})

describe('[CF6] unknown references', () => {
  test.each([
    ['hosts: { a: { use: x } }', "unknown host template 'x'"],
    ['hosts: { a: { contacts: [x] } }', "unknown contact 'x'"],
    ['hosts: { a: { contactGroups: x } }', "unknown contact group 'x'"],
    ['hosts: { a: { checkPeriod: x } }', "unknown time period 'x'"],
    ['hosts: { a: { parents: x } }', "unknown host 'x'"],
    ['hosts: { a: { checkCommand: { command: x } } }', "unknown command 'x'"],
    ['hosts: { a: {} }\nhostGroups: { g: { members: x } }', "unknown host 'x'"],
    ['hosts: { a: {} }\nhostGroups: { g: { memberGroups: [x] } }', "unknown host group 'x'"],
    ['hosts: { a: {} }\nserviceGroups: { g: { members: a/x } }', "unknown service 'a/x'"],
    ['hosts: { a: {} }\ncontactGroups: { g: { members: x } }', "unknown contact 'x'"],
    ['hosts: { a: {} }\ncontacts: { c: { groups: x } }', "unknown contact group 'x'"],
    ['hosts: { a: {} }\ntimePeriods: { p: { exclude: x } }', "unknown time period 'x'"],
    [
      'hosts: { a: {} }\ntimePeriods: { p: { timezone: Mars/Base } }',
      "unknown time zone 'Mars/Base'",
    ],
    ["hosts: { a: {} }\ntimePeriods: { p: { days: { monday: ['9-17'] } } }", "'9-17' are no hours"],
    [
      'hosts: { a: {} }\napply: { r: { where: { not: { group: x } }, service: { checkCommand: passive } } }',
      "unknown host group 'x'",
    ],
  ])('%s', (text, words) => {
    expect(problemOf(text)).toContain(words)
  })
})

describe('[CF7] cycles', () => {
  test.each([
    [
      'templates: { hosts: { x: { use: y }, y: { use: x } } }',
      'host template leads back to itself: x → y → x',
    ],
    ['templates: { services: { x: { use: x } } }', 'service template leads back to itself: x → x'],
    [
      'hostGroups: { x: { memberGroups: y }, y: { memberGroups: x } }',
      'host group leads back to itself: x → y → x',
    ],
    [
      'timePeriods: { x: { exclude: y }, y: { exclude: z }, z: { exclude: y } }',
      'time period leads back to itself: y → z → y',
    ],
  ])('%s', (text, words) => {
    expect(problemOf(`hosts: { a: {} }\n${text}`)).toContain(words)
  })
})

test('[CF8] names', () => {
  for (const name of ['a b;c', 'a$b', '-a', "' a'", 'a/b', `"a\\tb"`, 'x'.repeat(256)]) {
    expect(problemsOf(`hosts:\n  ok: {}\n  ${name}: {}`).join(), name).toContain('is no name')
  }
  for (const service of ['disk /: #1', 'Disk (C:)', 'used=50%, free', "it's & that"]) {
    const text = `hosts: { ok: { services: { ${JSON.stringify(service)}: { checkCommand: passive } } } }`
    expect(problemsOf(text), service).toEqual([])
  }
  for (const service of ['a!b', 'a;b', 'a$b', 'a*b']) {
    const text = `hosts: { ok: { services: { ${JSON.stringify(service)}: { checkCommand: passive } } } }`
    expect(problemsOf(text).join(), service).toContain('is no name')
  }
})

describe('[CF9] whatever is in a file', () => {
  test('anchors within anchors are bounded', () => {
    const levels = Array.from({ length: 12 }, (_, level) =>
      level === 0
        ? 'x0: &x0 [a, a, a, a, a, a, a, a, a, a]'
        : `x${level}: &x${level} [${Array(10)
            .fill(`*x${level - 1}`)
            .join(', ')}]`,
    )
    const found = problemsOf(`hosts:\n  a:\n    groups: *x11\n---\n${levels.join('\n')}\n`)
    expect(found.length).toBeGreaterThan(0)
    const inside = problemsOf(`${levels.join('\n')}\nhosts: { a: { groups: *x11 } }\n`)
    expect(inside.join('\n')).toContain('aliases stand for more than 100000 values')
  })
  test('an alias that holds itself, and deep nesting', () => {
    expect(problemsOf('hosts: { a: &a { groups: [*a] } }').length).toBeGreaterThan(0)
    expect(
      problemsOf(`hosts: { a: { variables: { x: ${'['.repeat(200)}${']'.repeat(200)} } } }`).join(),
    ).toContain('nested deeper than 64')
    expect(problemsOf('['.repeat(20_000)).length).toBeGreaterThan(0)
  })
  test('aliases are fine where they are', () => {
    expect(problemsOf('hosts:\n  a: &a { address: 192.0.2.1 }\n  b: *a\n')).toEqual([])
  })
  test('tags, merge keys and empty files are problems', () => {
    expect(problemsOf('hosts: { a: { alias: !secret x } }').join()).toContain(
      'quote a text that begins with !',
    )
    expect(problemOf('hosts:\n  a: &a { address: x }\n  b: { <<: *a }\n')).toContain(
      "'<<' is not understood",
    )
    expect(problemOf('# nothing\n')).toContain('no host is defined')
    expect(problemsOf('- a\n- b\n').join()).toContain('the file must hold keys with values')
    expect(problemsOf('hosts: [a]').join()).toContain("'hosts' must hold keys with values")
  })
  test('keys that objects of JavaScript have are only keys', () => {
    expect(
      problemsOf('hosts: { __proto__: { address: x }, a: { __proto__: { x: 1 } } }').join('\n'),
    ).toContain("'__proto__' cannot be a key")
    expect(problemsOf('hosts: { constructor: {}, toString: { parents: constructor } }')).toEqual([])
  })
})

test('[CF16] a service says how it is checked', () => {
  expect(problemOf('hosts: { a: { services: { s: {} } } }')).toContain(
    "service 's' has no checkCommand",
  )
  expect(problemOf('hosts: { a: {} }\nservices: { s: { checkCommand: passive } }')).toContain(
    "service 's' is on no host",
  )
})

test('[CF17] options of a command that nobody uses are judged, too, and once', () => {
  const text = 'hosts: { a: {} }\ncommands:\n  c: { builtin: tcp, port: 70000, pory: 1 }\n'
  const found = problemsOf(text)
  expect(found).toHaveLength(2)
  expect(found.join('\n')).toMatch(
    /3:28: port: .*65535[\s\S]*3:41: unknown option 'pory' of tcp\n {2}hint: did you mean 'port'\?/,
  )
  expect(problemsOf(`${text}services: { s: { host: a, checkCommand: c } }`)).toHaveLength(2)
  expect(problemsOf('hosts: { a: { checkCommand: { builtin: tcp } } }').join()).toContain(
    "tcp needs 'port'",
  )
})

test('[CF4] hints name the nearest word, or none', () => {
  expect(didYouMean('checkComand', ['checkCommand', 'checkPeriod'])).toBe(
    "did you mean 'checkCommand'?",
  )
  expect(didYouMean('zzz', ['checkCommand'])).toBeUndefined()
})

test('[CF3] a thousand problems are enough', () => {
  const hosts = Array.from({ length: 1500 }, (_, index) => `  h${index}: { x: 1 }`)
  const found = problemsOf(`hosts:\n${hosts.join('\n')}\n`)
  expect(found).toHaveLength(1001)
  expect(found.at(-1)).toContain('and 500 more')
})

describe('[CF3] who comes from Nagios or Icinga is told the name here', () => {
  const host = 'hosts: { h: { address: 127.0.0.1 } }\n'
  test.each([
    ['services: { s: { host_name: h, checkCommand: passive } }', 'host_name', 'host'],
    ['services: { s: { host: h, checkCommand: passive, vars: {} } }', 'vars', 'variables'],
    [
      'services: { s: { host: h, checkCommand: passive, servicegroups: x } }',
      'servicegroups',
      'groups',
    ],
    [
      'apply: { a: { where: { host: h, hostgroup_name: x }, service: { checkCommand: passive } } }',
      'hostgroup_name',
      'group',
    ],
    [
      'services: { s: { host: h, checkCommand: passive, check_interval: 5m } }',
      'check_interval',
      'checkInterval',
    ],
  ])('%s', (text, key, right) => {
    expect(problemsOf(host + text).join('\n')).toContain(
      `unknown key '${key}'\n  hint: did you mean '${right}'?`,
    )
  })

  test('a command that is only a text', () => {
    expect(problemOf(`${host}commands: { c: /bin/true }`)).toContain(
      'cannot be a text\n  hint: write keys below it, such as `line: ...`',
    )
  })

  test('the name of a command line', () => {
    expect(problemOf(`${host}commands: { c: { command_line: /bin/true } }`)).toContain(
      "did you mean 'line'?",
    )
  })
})
