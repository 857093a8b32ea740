import { execFileSync } from 'node:child_process'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CheckCommand } from '../domain/check.ts'
import type { CheckId } from '../domain/check-id.ts'
import { fillRuntimeMacros } from '../domain/macros.ts'
import { compile, type CompileOptions } from './compile.ts'
import { renderProblem } from './problem.ts'

/** One service `h/s`, whose command and host are given as JSON, which is YAML. */
function compiled(
  parts: {
    readonly call: unknown
    readonly host?: object
    readonly top?: object
    readonly service?: object
  },
  options: CompileOptions = {},
) {
  const text = JSON.stringify({
    hosts: {
      h: {
        address: '192.0.2.1',
        ...parts.host,
        services: { s: { checkCommand: parts.call, ...parts.service } },
      },
    },
    ...parts.top,
  })
  const { fleet, problems } = compile([{ file: 'p.yaml', text }], options)
  const service = fleet.services.get('h!s' as CheckId)
  if (service === undefined) throw new Error(problems.map(renderProblem).join('\n'))
  return { service, command: service.check.command, problems: problems.map(renderProblem) }
}

function lineOf(command: CheckCommand): string {
  if (command.kind !== 'shell-line') throw new Error(`not a line: ${command.kind}`)
  return command.line
}

const show = `show() { printf '<%s>' "$@"; }`
const run = (line: string): string =>
  execFileSync('/bin/sh', ['-c', `${show}\n${line}`], { encoding: 'utf8' })

describe('[MA2] what is written is expanded', () => {
  test('of host, service, arguments, resources, variables, groups and other hosts', () => {
    const { command, problems } = compiled({
      call: 'c!$HOSTALIAS$!a\\!b',
      host: { alias: 'Web one', groups: ['g'], variables: { rack: 'A1', disks: ['/', '/var'] } },
      service: { variables: { tier: 'gold' }, displayName: 'Shown' },
      top: {
        hostGroups: { g: {} },
        resources: { USER1: '/plugins' },
        commands: {
          c: {
            arguments: [
              '$USER1$/check',
              '$HOSTNAME$ $HOSTADDRESS$ $SERVICEDESC$ $SERVICEDISPLAYNAME$',
              '$ARG1$',
              '$ARG2$',
              '[$ARG3$]',
              '$_HOSTRACK$ $_HOSTDISKS$ $_SERVICETIER$',
              '$HOSTGROUPNAMES$ $HOSTGROUPMEMBERS:g$ $HOSTADDRESS:h$',
              '$$5',
            ],
          },
        },
      },
    })
    expect(problems).toEqual([])
    expect(command).toMatchObject({
      program: '/plugins/check',
      arguments: [
        'h 192.0.2.1 s Shown',
        'Web one',
        'a!b',
        '[]',
        'A1 /,/var gold',
        'g h 192.0.2.1',
        '$5',
      ],
    })
  })
  test('arguments as a list are the same', () => {
    const commands = { c: { line: 'x $ARG1$ $ARG2$' } }
    const asText = compiled({ call: 'c!1!a b', top: { commands } })
    const asList = compiled({ call: { command: 'c', arguments: [1, 'a b'] }, top: { commands } })
    expect(asText.command).toEqual(asList.command)
  })
  test('what the program gives', () => {
    const { command } = compiled(
      { call: { line: 'x $PARALLAXURL$' } },
      { programMacros: { PARALLAXURL: 'http://127.0.0.1:1' } },
    )
    expect(lineOf(command)).toBe('x http://127.0.0.1:1')
  })
})

test('[MA3] unknown macros and missing variables are problems at their place', () => {
  const words = (line: string): string => compiled({ call: { line } }).problems.join('\n')
  expect(words('x $HOSTADRESS$')).toContain(
    "unknown macro '$HOSTADRESS$'\n  hint: did you mean 'HOSTADDRESS'?",
  )
  expect(words('x $_HOSTRACK$')).toContain("host 'h' has no variable 'RACK' for $_HOSTRACK$")
  expect(words('x $_SERVICEX$')).toContain("service 'h/s' has no variable 'X'")
  expect(words('x $HOSTADDRESS:other$')).toContain("there is no host 'other'")
  expect(words('x $HOSTSTATE:h$')).toBe('')
  expect(words('x $SERVICESTATE:h$')).toContain('write $SERVICESTATE:host:service$')
  expect(words('x $LONGDATETIME:h$')).toContain('of another object only its own macros are known')
  expect(words('x $ARG33$')).toContain("unknown macro '$ARG33$'")
  expect(words('x $_HOSTA$')).not.toContain('more like this')
  const { problems } = compile([
    {
      file: 'p.yaml',
      text: `hosts: { a: , b: , c: }\napply: { s: { where: { host: '*' }, service: { checkCommand: { line: '$_HOSTX$' } } } }`,
    },
  ])
  expect(problems.map(renderProblem).join()).toContain(
    "host 'a' has no variable 'X' for $_HOSTX$ (2 more like this)",
  )
})

test('[MA4] in a line, arguments, resources and variables are command text; resources are not expanded', () => {
  const { command, problems } = compiled({
    call: 'c!-w 1 -c "2 3"',
    host: { variables: { more: "-x '$HOSTNAME$'" } },
    top: {
      commands: { c: { line: 'show $ARG1$ $USER2$ $_HOSTMORE$' } },
      resources: { USER2: '$HOSTNAME$ | cat' },
    },
  })
  expect(problems).toEqual([])
  expect(lineOf(command)).toBe(`show -w 1 -c "2 3" $HOSTNAME$ | cat -x 'h'`)
  expect(
    compiled({ call: 'c!$ARG1$', top: { commands: { c: { line: 'x $ARG1$' } } } }).problems.join(),
  ).toContain('$ARG1$ leads back to itself')
})

test('[MA5] names and addresses are data for a real shell wherever they stand in a line', () => {
  const lines: readonly [string, (alias: string) => string][] = [
    ['show $HOSTALIAS$ end', (alias) => `<${alias}><end>`],
    ['show "$HOSTALIAS$"', (alias) => `<${alias}>`],
    [`show 'a $HOSTALIAS$ b'`, (alias) => `<a ${alias} b>`],
    ['show "$(show $HOSTALIAS$)"', (alias) => `<<${alias}>>`],
    ['show $ARG1$', (alias) => `<it's ${alias}>`],
  ]
  const text = fc.string({
    unit: fc.constantFrom(...`ab '"\`$\\(){};#&|<>*?~!\n-`.split('')),
    minLength: 1,
    maxLength: 12,
  })
  fc.assert(
    fc.property(text, fc.constantFrom(...lines), (alias, [line, expected]) => {
      const { command, problems } = compiled({
        call: { command: 'c', arguments: [`"it's $HOSTALIAS$"`] },
        host: { alias },
        top: { commands: { c: { line } } },
      })
      expect(problems).toEqual([])
      expect(run(lineOf(command))).toBe(expected(alias))
    }),
    { numRuns: 150 },
  )
})

test('[MA6] arguments and options take everything as data', () => {
  const { command } = compiled({
    call: { command: 'c', arguments: ['$(id) "x" $HOSTALIAS$'] },
    host: { alias: `it's; rm` },
    top: {
      commands: {
        c: { arguments: ['/bin/echo', '$ARG1$', 5], environment: { NAME: '$HOSTALIAS$' } },
      },
    },
  })
  expect(command).toMatchObject({
    arguments: [`$(id) "x" it's; rm`, '5'],
    environment: { NAME: `it's; rm` },
  })
})

describe('[MA7] what only a run knows', () => {
  test('stays, and a dollar beside it survives the filling', () => {
    const { command, service } = compiled({
      call: { line: `show $SERVICESTATE$ '$$5' $HOSTALIAS$ $USER3$` },
      host: { alias: 'a$b' },
      top: { resources: { USER3: 'p$SERVICESTATE$q' } },
    })
    if (command.kind !== 'shell-line') throw new Error('not a line')
    expect(command.hasRuntimeMacros).toBe(true)
    const filled = lineOf(fillRuntimeMacros(command, { SERVICESTATE: 'OK $x' }))
    expect(filled).toBe(`show 'OK $x' '$5' 'a$b' p$SERVICESTATE$q`)
    expect(service.shownCommand).toBe(`show $SERVICESTATE$ '$5' 'a$b' p$SERVICESTATE$q`)
  })
  test('in arguments as well', () => {
    const { command } = compiled({
      call: { arguments: ['/bin/echo', '$TIMET$', 'a$$b', '$HOSTALIAS$'] },
      host: { alias: '$$' },
    })
    expect(fillRuntimeMacros(command, { TIMET: '1' })).toMatchObject({
      program: '/bin/echo',
      arguments: ['1', 'a$b', '$$'],
    })
  })
  test('cannot be an option of a built-in check', () => {
    expect(compiled({ call: { builtin: 'tcp', port: '$HOSTATTEMPT$' } }).problems.join()).toContain(
      'what only a run knows cannot stand here',
    )
  })
})

test('[MA9] a line with a here-document must not hold macros', () => {
  expect(compiled({ call: { line: 'cat <<END\n$HOSTNAME$\nEND' } }).problems.join()).toContain(
    'cannot be quoted in a line with a here-document',
  )
  expect(compiled({ call: { line: 'cat <<END\nplain\nEND' } }).problems).toEqual([])
  expect(compiled({ call: { line: 'echo $((1<<2)) $HOSTNAME$' } }).problems).toEqual([])
})

describe('[MA10] secrets', () => {
  const top = {
    secrets: { USER3: 's3cr$et', TOKEN: { env: 'TOKEN' } },
    resources: { USER1: '/plugins', KEY: { file: 'key' } },
  }
  const options: CompileOptions = {
    environment: { TOKEN: 'from-env' },
    readSecret: (path, namedIn) => ({ text: `${namedIn}:${path}` }),
  }
  test('are masked wherever a command, a note or an address is shown', () => {
    const { service, command, problems } = compiled(
      {
        call: { command: 'c', arguments: ['$USER3$'] },
        host: { variables: { PASS: '$TOKEN$' } },
        service: { notes: 'log in with $TOKEN$', notesUrl: 'https://x/?t=$USER3$' },
        top: { ...top, commands: { c: { line: '$USER1$/c -p $ARG1$ -t $_HOSTPASS$ -k $KEY$' } } },
      },
      options,
    )
    expect(problems).toEqual([])
    expect(lineOf(command)).toBe('/plugins/c -p s3cr$et -t from-env -k p.yaml:key')
    const { check: _, ...shown } = service
    expect(shown.shownCommand).toBe('/plugins/c -p *** -t *** -k ***')
    expect(JSON.stringify(shown)).not.toMatch(/s3cr|from-env|p\.yaml:key/)
  })
  test('in options and arguments, too', () => {
    const builtin = compiled(
      { call: { builtin: 'http', url: 'http://x/', password: '$USER3$' }, top },
      options,
    )
    expect(builtin.command).toMatchObject({ options: { password: 's3cr$et' } })
    expect(builtin.service.shownCommand).toBe('http url=http://x/ password=***')
    expect(
      compiled({ call: { arguments: ['x', '-p$TOKEN$'] }, top }, options).service.shownCommand,
    ).toBe('x -p***')
  })
  test('that cannot be read are problems without their value', () => {
    const found = compiled(
      { call: 'passive', top },
      { readSecret: () => ({ fault: 'cannot be read' }) },
    ).problems
    expect(found).toHaveLength(2)
    expect(found.join()).toContain("the environment has no variable 'TOKEN'")
    expect(found.join()).toContain('cannot be read')
  })
})

test('[MA11] addresses are followed only when they are addresses, with encoded values', () => {
  const service = compiled({
    call: 'passive',
    host: { alias: 'a b&c' },
    service: { notesUrl: 'https://wiki/$HOSTALIAS$', actionUrl: '/do?h=$HOSTNAME$' },
  }).service
  expect(service).toMatchObject({ notesUrl: 'https://wiki/a%20b%26c', actionUrl: '/do?h=h' })
  for (const url of ['javascript:alert(1)', '//evil', 'ftp://x', 'wiki']) {
    expect(
      compiled({ call: 'passive', service: { notesUrl: url } }).problems.join(),
      url,
    ).toContain('is no address to follow')
  }
})
