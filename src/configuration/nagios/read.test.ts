import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { problemsOf, warningsOf } from '../../../test/nagios-site.ts'
import { newNagiosCache, readNagios } from './read.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parallax-nagios-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function write(files: Readonly<Record<string, string | Buffer>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
}

const host = (name: string, more = ''): string =>
  `define host {\n host_name ${name}\n max_check_attempts 1\n contacts me\n${more}}\n`
const REST =
  'define command {\n command_name c\n command_line /bin/c\n}\n' +
  'define contact {\n contact_name me\n host_notification_commands c\n service_notification_commands c\n}\n' +
  'define service {\n host_name a\n service_description s\n check_command c\n max_check_attempts 1\n}\n'

const names = (files: readonly string[]): readonly string[] =>
  files.map((file) => file.slice(folder.length + 1))

describe('[NG1] a path', () => {
  test('is a folder: its *.cfg and those below, in the order of names', async () => {
    write({
      'b.cfg': REST,
      'a.cfg': host('a'),
      'c/d.cfg': host('d'),
      '.hidden.cfg': 'broken',
      '.git/x.cfg': 'broken',
      'notes.txt': 'broken',
      '.cfg': 'broken',
    })
    const reading = await readNagios(folder)
    expect(problemsOf(reading)).toEqual([])
    expect(names(reading.files)).toEqual(['a.cfg', 'b.cfg', 'c/d.cfg'])
    expect([...reading.objects.hosts.keys()]).toEqual(['a', 'd'])
  })

  test('is one file of objects', async () => {
    write({ 'all.cfg': host('a') + REST })
    const reading = await readNagios(join(folder, 'all.cfg'))
    expect(problemsOf(reading)).toEqual([])
    expect(reading.settings.intervalLengthSeconds).toBe(60)
  })

  test.each([
    ['nothing', 'there is no such file or folder'],
    ['.', 'the folder has no *.cfg files'],
  ])('is wrong: %s', async (path, expected) => {
    expect(problemsOf(await readNagios(join(folder, path))).join()).toContain(expected)
  })

  test('links that lead back to their own folder have an end', async () => {
    write({ 'a.cfg': host('a') + REST })
    symlinkSync(folder, join(folder, 'loop'))
    const found = problemsOf(await readNagios(folder)).join('\n')
    expect(found).toMatch(/nested more than 50 deep|its links lead nowhere/)
  })
})

const MAIN = `# main
cfg_file=objects/hosts.cfg
cfg_dir = conf.d/
resource_file=resource.cfg
log_file=/var/log/nagios.log
interval_length=10
use_regexp_matching=1
enable_flap_detection=1
low_host_flap_threshold=5.5
illegal_object_name_chars=\`~$
date_format=iso8601
admin_email=root@example.net
service_check_timeout_state=u
`

describe('a main file', () => {
  const files = {
    'nagios.cfg': MAIN,
    'objects/hosts.cfg': host('a'),
    'conf.d/rest.cfg': REST,
    'resource.cfg': '; comment\n# comment\n$USER1$=/usr/lib/nagios/plugins\n\n $USER32$ = a=b \n',
  }

  test('[NG5] names what is read, relative to its folder, in its order', async () => {
    write(files)
    const reading = await readNagios(join(folder, 'nagios.cfg'))
    expect(problemsOf(reading)).toEqual([])
    expect(names(reading.files)).toEqual([
      'nagios.cfg',
      'objects/hosts.cfg',
      'conf.d/rest.cfg',
      'resource.cfg',
    ])
  })

  test('[NG6] becomes settings', async () => {
    write(files)
    const { settings } = await readNagios(join(folder, 'nagios.cfg'))
    expect(settings).toMatchObject({
      intervalLengthSeconds: 10,
      useRegexpMatching: true,
      enableFlapDetection: true,
      lowHostFlapThreshold: 5.5,
      illegalObjectNameChars: '`~$',
      dateFormat: 'iso8601',
      adminEmail: 'root@example.net',
      serviceCheckTimeoutState: 'u',
      hostCheckTimeoutSeconds: 30,
    })
  })

  test('[NG7] resources come with their places', async () => {
    write(files)
    const { resources } = await readNagios(join(folder, 'nagios.cfg'))
    const file = join(folder, 'resource.cfg')
    expect([...resources.values()]).toEqual([
      { name: 'USER1', value: '/usr/lib/nagios/plugins', file, line: 3, column: 9 },
      { name: 'USER32', value: 'a=b', file, line: 5, column: 13 },
    ])
  })

  test.each([
    ['interval_length=abc', "nagios.cfg:14:17: 'interval_length' must be 1 or more"],
    ['low_service_flap_threshold=-5', 'must be between 0 and 100'],
    ['service_check_timeout=0', 'must be 1 or more'],
    ['admin_pager=', "'admin_pager' has no value"],
    ['whatever', "nagios.cfg:14:1: 'whatever' has no value"],
    ['cfg_file=missing.cfg', 'nagios.cfg:14:10: '],
    ['cfg_dir=missing', 'there is no such file or folder'],
    ['resource_file=missing', 'there is no such file or folder'],
    ['ocsp_command=zz!1', "nagios.cfg:14:14: unknown command 'zz'"],
    ['global_host_event_handler=zz', "unknown command 'zz'"],
  ])('[NG6] %s is a problem', async (line, expected) => {
    write({ ...files, 'nagios.cfg': `${MAIN}${line}\n` })
    expect(problemsOf(await readNagios(join(folder, 'nagios.cfg'))).join('\n')).toContain(expected)
  })

  test('[NG6] an unknown variable is warned of', async () => {
    write({ ...files, 'nagios.cfg': `${MAIN}intervall_length=3\nretain_state_information=1\n` })
    const reading = await readNagios(join(folder, 'nagios.cfg'))
    expect(problemsOf(reading)).toEqual([])
    expect(warningsOf(reading).filter((text) => text.includes('nagios.cfg'))).toEqual([
      `${join(folder, 'nagios.cfg')}:14:18: unknown variable 'intervall_length'; it is passed over\n  hint: did you mean 'interval_length'?`,
    ])
  })

  test('[NG7] what is no resource is warned of', async () => {
    write({ ...files, 'resource.cfg': '$USER1$=a\nUSER2=b\n$USER257$=c\n' })
    const reading = await readNagios(join(folder, 'nagios.cfg'))
    expect([...reading.resources.keys()]).toEqual(['USER1'])
    expect(warningsOf(reading).filter((text) => text.includes('is no resource'))).toHaveLength(2)
  })
})

describe('[NG5] includes', () => {
  test('are read at their place', async () => {
    write({
      'a.cfg': `include_file=${join(folder, 'x/1.inc')}\n${REST}include_dir=${join(folder, 'x/more')}\n`,
      'x/1.inc': host('a'),
      'x/more/2.cfg': host('b'),
    })
    const reading = await readNagios(join(folder, 'a.cfg'))
    expect(problemsOf(reading)).toEqual([])
    expect(names(reading.files)).toEqual(['a.cfg', 'x/1.inc', 'x/more/2.cfg'])
    expect(reading.written.map(({ type }) => type)).toEqual([
      'host',
      'command',
      'contact',
      'service',
      'host',
    ])
  })

  test('[NG46] that include each other have an end', async () => {
    write({ 'a.cfg': 'include_file=b.cfg\n', 'b.cfg': 'include_file=a.cfg\n' })
    expect(problemsOf(await readNagios(join(folder, 'a.cfg'))).join('\n')).toContain(
      'include each other more than 50 deep',
    )
  })
})

test('[NG8] what is no UTF-8 is read as Latin-1', async () => {
  write({ 'a.cfg': Buffer.from(`${host('a', ' alias Büro\n')}${REST}`, 'latin1') })
  const reading = await readNagios(folder)
  expect(reading.objects.hosts.get('a')?.alias).toBe('Büro')
  expect(warningsOf(reading).join()).toContain('a.cfg:1:1: the file is not UTF-8')
})

describe('[NG9] a cache', () => {
  const files = {
    'a.cfg': `${host('a')}${REST}`,
    'b.cfg': `define host {\n use t\n host_name b\n chek x\n}\n`,
    't.cfg': 'define host {\n name t\n max_check_attempts 3\n register 0\n}\n',
  }

  test('keeps what has not changed, and what is wrong in it', async () => {
    write(files)
    const cache = newNagiosCache()
    const first = await readNagios(folder, { cache })
    write({ 'a.cfg': `${host('a', ' alias changed\n')}${REST}` })
    const second = await readNagios(folder, { cache })
    expect(second.problems).toEqual(first.problems)
    expect(second.problems).toHaveLength(1)
    expect(second.objects.hosts.get('a')?.alias).toBe('changed')
    expect(second.written[4]).toBe(first.written[4])
    expect(second.written[0]).not.toBe(first.written[0])
    expect(second.objects.hosts.get('b')?.definition).toBe(first.objects.hosts.get('b')?.definition)
  })

  test('resolves again what hangs on a template that has changed', async () => {
    write(files)
    const cache = newNagiosCache()
    const first = await readNagios(folder, { cache })
    write({ 't.cfg': files['t.cfg'].replace('attempts 3', 'attempts 4') })
    const second = await readNagios(folder, { cache })
    expect(first.objects.hosts.get('b')?.values.maxAttempts).toBe(3)
    expect(second.objects.hosts.get('b')?.values.maxAttempts).toBe(4)
    write({ 't.cfg': '' })
    expect(problemsOf(await readNagios(folder, { cache })).join()).toContain(
      "unknown host template 't'",
    )
  })
})
